//! Builds the pyramid of a slide: levels the file has are copied, the others halved.

mod copy;
mod halve;
mod halve_pixels;
mod halve_planes;
mod level_plan;
mod progress;
mod pyramid;
mod stored_frames;

pub use pyramid::{BuiltLevel, BuiltPyramid, PyramidPlan, build};
