//! Predictions from a CSV file, one slide a line.

mod answers;
mod cells;
mod columns;
mod read;
mod truth;

pub use read::{GroupColumns, TableConfig, from_csv};
