//! Slides opened as callers open them. Small ones are made here; real ones lie outside the
//! repository, and tests that want them skip with one line where they are absent.

mod decoded;
mod dicom;
mod dicom_file;
mod dicom_named;
mod hostile;
mod native;
mod picture;
mod real;
mod refusals;
mod tiff_file;

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use coverslip_slide::{DecoderCommand, Slide, SlideError};

type TestResult = Result<(), Box<dyn Error>>;

/// A decoder that cannot be started: opening must not need one.
fn no_decoder() -> DecoderCommand {
    DecoderCommand {
        program: PathBuf::from("/nonexistent/decoder"),
        arguments: Vec::new(),
    }
}

/// The example of that name, which `cargo test` builds beside the tests.
fn decoder() -> DecoderCommand {
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.ancestors().nth(2).expect("target/<profile>/deps/test");
    let program = target.join("examples/decode_child");
    assert!(
        program.exists(),
        "run `cargo build --examples` first: {} is missing",
        program.display()
    );
    DecoderCommand {
        program,
        arguments: Vec::new(),
    }
}

/// A command line of the shell in place of a decoder.
fn shell(line: &str) -> DecoderCommand {
    DecoderCommand {
        program: PathBuf::from("/bin/sh"),
        arguments: ["-c", line].map(OsString::from).to_vec(),
    }
}

/// Writes `bytes` to a file and opens it without a decoder.
fn open_bytes(bytes: &[u8]) -> Result<Slide, SlideError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    coverslip_slide::open(file.path(), &no_decoder())
}

#[expect(clippy::panic, reason = "a test that opened what it must not fails")]
fn refusal(opened: Result<Slide, SlideError>) -> SlideError {
    match opened {
        Ok(slide) => panic!("was opened as {}", slide.facts().format),
        Err(error) => error,
    }
}
