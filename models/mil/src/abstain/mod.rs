//! When a task does not answer: slides it was not shown to work on, and answers it cannot tell
//! apart.

mod admission;
mod decide;
mod distribution;
mod moments;
mod packed;
mod shrunken_variance;
mod small_bags;

pub use admission::{Admission, MppRange};
pub use decide::SlideFacts;
pub use distribution::{BagMean, Distribution, fit_distribution};

pub(crate) use decide::{Checks, abstention};
