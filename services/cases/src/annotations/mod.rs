//! What people draw on slides, as GeoJSON in pixels of level 0, which is how QuPath exchanges it.

mod feature;
mod geometry;
mod measured;
mod routes;

pub(crate) use feature::Feature;
pub(crate) use geometry::Geometry;
pub(crate) use measured::Measured;
pub(crate) use routes::routes;
