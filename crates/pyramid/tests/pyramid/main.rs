//! Pyramids of whole slides: built from the file, stored, and read back.

mod build;
mod read;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flow::{Mpp, Sha256Digest, SlideId};
use phantom::{PhantomSpec, PyramidStep, write_slide};
use pyramid::{BuiltPyramid, PyramidPlan};
use slide::{DecoderCommand, Slide};
use tempfile::TempDir;

type TestResult = Result<(), Box<dyn Error>>;

fn id() -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(b"slide"))
}

fn open(path: &Path) -> Result<Slide, slide::SlideError> {
    let no_decoder = DecoderCommand {
        program: PathBuf::from("/nonexistent/decoder"),
        arguments: Vec::new(),
    };
    slide::open(path, &no_decoder)
}

/// A painted slide of 1,300 pixels: the last column and row of tiles hang over the edge.
fn phantom(directory: &TempDir, step: PyramidStep) -> Result<Slide, Box<dyn Error>> {
    let spec = PhantomSpec {
        pyramid: step,
        ..PhantomSpec::benign(1300, 5)
    };
    let path = directory.path().join("phantom.tiff");
    write_slide(&spec, &path, &|_| {})?;
    Ok(open(&path)?)
}

/// Builds in `directory` and checks that progress was told to the end.
fn build(slide: &Slide, directory: &Path) -> Result<BuiltPyramid, Box<dyn Error>> {
    let plan = PyramidPlan {
        slide: id(),
        uids: flow::SlideUids::derived(&id()),
        mpp: slide.facts().mpp.unwrap_or(Mpp::new(0.5)?),
        jpeg_quality: 85,
        deidentified_by: Vec::new(),
    };
    let (done, total) = (AtomicU64::new(0), AtomicU64::new(0));
    let built = pyramid::build(slide, &plan, directory, &|progress| {
        done.store(progress.done, Ordering::Relaxed);
        total.store(progress.total, Ordering::Relaxed);
    })?;
    let n_frames: u64 = built.levels.iter().map(|level| level.n_frames).sum();
    assert_eq!(done.into_inner(), n_frames);
    assert_eq!(total.into_inner(), n_frames);
    Ok(built)
}
