//! What people draw on slides, as GeoJSON in pixels of level 0, which is how QuPath exchanges it.

mod feature;
mod geometry;
mod routes;

pub(crate) use routes::routes;
