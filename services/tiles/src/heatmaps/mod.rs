//! Heatmaps over a slide, coloured when they are asked for.

mod colormap;
mod colouring;
mod draw;
