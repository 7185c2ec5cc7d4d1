//! What cannot be a slide is refused with its cause and exit code 2, and leaves nothing behind.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use harness::{files_below, real, run};

/// Analyses `file` into a fresh data folder; the error must hold every one of `words`.
fn refuse(file: &Path, words: &[&str]) -> Result<()> {
    let data = tempfile::tempdir()?;
    let finished = run([
        "analyze".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.path().as_os_str(),
        "--json".as_ref(),
    ])?;
    ensure!(
        finished.code == Some(2),
        "exit code 2 expected: {finished:?}"
    );
    let slide = &finished.json()?["slides"][0];
    let error = slide["error"].as_str().unwrap_or_default();
    for word in words {
        ensure!(
            error.contains(word),
            "the error does not say `{word}`: {error}"
        );
    }
    let left = files_below(&data.path().join("objects"));
    ensure!(left.is_empty(), "objects are left behind: {left:?}");
    Ok(())
}

#[test]
fn a_missing_file() -> Result<()> {
    refuse(Path::new("/nowhere/slide.svs"), &["there is no file"])
}

#[test]
fn an_empty_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("empty.svs");
    fs::write(&file, b"")?;
    refuse(&file, &["empty"])
}

#[test]
fn a_directory() -> Result<()> {
    let folder = tempfile::tempdir()?;
    refuse(folder.path(), &["directory"])
}

#[test]
fn a_text_file_renamed_svs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("notes.svs");
    fs::write(&file, "patient was seen on Monday\n".repeat(100))?;
    refuse(&file, &["not a whole-slide image"])
}

#[test]
fn a_plain_picture() -> Result<()> {
    let Some(file) = real("wsi/not-a-slide_kidney.tif") else {
        return Ok(());
    };
    refuse(&file, &["not a whole-slide image"])
}

#[test]
fn a_truncated_slide_at_any_length() -> Result<()> {
    let Some(file) = real("wsi/CMU-1-Small-Region.svs") else {
        return Ok(());
    };
    let whole = fs::read(file)?;
    let folder = tempfile::tempdir()?;
    let cut = folder.path().join("cut.svs");
    for n_bytes in [whole.len() / 3, whole.len() / 2, whole.len() - 1000] {
        fs::write(&cut, &whole[..n_bytes])?;
        refuse(&cut, &["truncated"])?;
    }
    Ok(())
}
