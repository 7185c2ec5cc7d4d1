//! The routes of this service, asked without a socket, over painted slides whose every pixel is
//! known and over real ones.

mod associated;
mod deep_zoom;
mod first_read;
mod heatmaps;
mod iiif;
mod iiif_validator;
mod lab;
mod overview;
mod painted;
mod png_pixels;
mod quality;
mod real_slide;
mod similar;
mod so_far;
mod web_app;
