//! Class-conditional split conformal prediction: which answers cannot be ruled out.

mod fit;
mod quantile;
mod set;

pub use fit::{CalibrationSlide, fit_conformal};
pub use quantile::ClassQuantile;
pub use set::{Conformal, Contiguity};
