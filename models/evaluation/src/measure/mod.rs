//! The figures themselves, each a pure function of the answers.

mod auc;
mod balanced_accuracy;
mod brier;
mod calibration_error;
mod estimate;
mod kappa;
mod operating_point;
mod quantity;
mod undefined;

pub use auc::auc;
pub use balanced_accuracy::balanced_accuracy;
pub use brier::brier;
pub use estimate::Estimate;
pub use kappa::quadratic_weighted_kappa;
pub use quantity::Measure;
pub use undefined::Undefined;

pub(crate) use estimate::estimates;
pub(crate) use quantity::{Quantity, Reading, quantities};
