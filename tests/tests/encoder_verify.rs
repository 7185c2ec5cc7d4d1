//! `coverslip encoder verify`: the encoder that ships is whole on this machine, a damaged one is
//! named.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use harness::run;

#[test]
fn the_encoder_that_ships_is_whole() -> Result<()> {
    let finished = run(["encoder", "verify"])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    for part in ["licence  MIT OR Apache-2.0", "sha256", "from plain f32"] {
        ensure!(finished.stdout.contains(part), "{part}: {finished:?}");
    }
    Ok(())
}

#[test]
fn a_changed_byte_is_found() -> Result<()> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/shipped/encoder");
    let folder = tempfile::tempdir()?;
    for name in ["encoder.json", "model.safetensors"] {
        fs::copy(shipped.join(name), folder.path().join(name))?;
    }
    let path = folder.path().display().to_string();
    let whole = run(["encoder", "verify", &path])?;
    ensure!(whole.code == Some(0), "{whole:?}");
    let weights = folder.path().join("model.safetensors");
    let mut bytes = fs::read(&weights)?;
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    fs::write(&weights, bytes)?;
    let damaged = run(["encoder", "verify", &path])?;
    ensure!(
        damaged.code == Some(1) && damaged.stderr.contains("sha256"),
        "{damaged:?}"
    );
    Ok(())
}
