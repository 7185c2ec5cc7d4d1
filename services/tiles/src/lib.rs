//! Serves tiles, thumbnails and heatmaps, and the viewer itself.

mod deep_zoom;
mod entity_tag;
mod heatmaps;
mod iiif;
mod palette_png;
mod reply;
