//! How good a task is.

mod auc;
mod balanced_accuracy;
mod kappa;

pub use auc::auc;
pub use balanced_accuracy::balanced_accuracy;
pub use kappa::quadratic_weighted_kappa;
