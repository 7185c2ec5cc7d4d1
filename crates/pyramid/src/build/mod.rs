//! Builds the pyramid of a slide: levels the file has are copied, the others halved.

// WAIT mod copy;
mod halve;
mod halve_pixels;
mod halve_planes;
// WAIT mod level_plan;
mod progress;
// WAIT mod pyramid;
mod stored_frames;

// WAIT pub use pyramid::{BuiltLevel, BuiltPyramid, PyramidPlan, build};
