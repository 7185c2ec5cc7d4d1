//! `coverslip bags`: out as another tool's files and in again, and what is refused.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::{Finished, phantom, run};

fn bags(arguments: &[&str], path: Option<&Path>, data: &Path) -> Result<Finished> {
    let mut line: Vec<&std::ffi::OsStr> = vec!["bags".as_ref()];
    line.extend(arguments.iter().map(std::ffi::OsStr::new));
    line.extend(path.map(Path::as_os_str));
    line.extend(["--data".as_ref(), data.as_os_str()]);
    run(line)
}

#[test]
fn out_and_in_again_under_another_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = folder.path().join("case.tiff");
    let painted = ["--size", "3000", "--tumour", "0.1", "--seed", "11"];
    phantom(&slide, &painted)?;
    let data = folder.path().join("data");
    let analyzed = run([
        "analyze".as_ref(),
        slide.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ])?;
    ensure!(analyzed.code == Some(0), "{analyzed:?}");

    for format in ["trident", "clam", "stamp"] {
        let out = folder.path().join(format);
        let text = out.to_str().context("a path in UTF-8")?;
        let exported = bags(&["export", "--format", format, "--out", text], None, &data)?;
        ensure!(exported.code == Some(0), "{exported:?}");
        let name = format!("{format}-again");
        // CLAM's files do not say what the encoder was shown.
        let import = ["import", "--encoder", &name, "--mpp", "0.5"];
        let first = bags(&import, Some(&out), &data)?;
        ensure!(first.code == Some(0), "{first:?}");
        ensure!(first.stdout.contains("stored"), "{first:?}");
        let second = bags(&import, Some(&out), &data)?;
        ensure!(second.stdout.contains("already there"), "{second:?}");
    }

    let file = folder.path().join("trident/case.h5");
    let unaided = bags(&["import"], Some(&file), &data)?;
    ensure!(
        unaided.code == Some(0),
        "the file names its encoder: {unaided:?}"
    );
    let renamed = folder.path().join("nobody.h5");
    std::fs::copy(file, &renamed)?;
    let stranger = bags(&["import"], Some(&renamed), &data)?;
    ensure!(stranger.code == Some(2), "{stranger:?}");
    ensure!(stranger.stdout.contains("`nobody`"), "{stranger:?}");
    Ok(())
}

#[test]
fn what_is_no_bag_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let empty = bags(&["import"], Some(folder.path()), &data)?;
    ensure!(empty.code == Some(1), "{empty:?}");
    ensure!(empty.stderr.contains("no .h5"), "{empty:?}");
    Ok(())
}
