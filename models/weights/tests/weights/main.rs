//! Reads what PyTorch and safetensors wrote (`reference/make_reference.py`), and what nobody should.

mod agreement;
mod containers;
mod fitting;
mod handmade;
mod hostile;
mod mutated;

use std::error::Error;
use std::path::{Path, PathBuf};

use weights::{StateDict, WeightsError};

type Tested = Result<(), Box<dyn Error>>;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn read_bytes(bytes: &[u8]) -> Result<StateDict, WeightsError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    weights::read(file.path())
}

/// What a person is told of a file that must not be read.
fn refusal(read: Result<StateDict, WeightsError>) -> String {
    read.expect_err("must not be read").to_string()
}
