//! The encoder against the libraries whose models it runs, and what it refuses.

mod device;
mod formula;
mod import;
mod numbers;
mod originals;
mod parity;
mod precision;
mod published;
mod tokenizer;

use std::error::Error;
use std::path::{Path, PathBuf};

type Tested = Result<(), Box<dyn Error>>;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}
