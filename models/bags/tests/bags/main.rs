//! Reads what h5py and PyTorch wrote as TRIDENT, CLAM and STAMP do (`reference/make_reference.py`),
//! what is damaged, and what we wrote ourselves.

mod mutated;
mod reading;
mod written;

use std::error::Error;
use std::path::{Path, PathBuf};

type Tested = Result<(), Box<dyn Error>>;

const ROWS: usize = 4;
const COLUMNS: usize = 5;
const DIMENSION: usize = 8;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The reference's embeddings.
fn embeddings() -> Vec<f32> {
    let n_values = ROWS * COLUMNS * DIMENSION;
    (0..n_values).map(|at| at as f32 / 64.0 - 1.0).collect()
}

/// The reference's places, row by row.
fn places(step: f64, left: f64) -> Vec<[f64; 2]> {
    let place = |at: usize| {
        let (row, column) = (at / COLUMNS, at % COLUMNS);
        [column as f64 * step + left, row as f64 * step]
    };
    (0..ROWS * COLUMNS).map(place).collect()
}
