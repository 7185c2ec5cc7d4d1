use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::run;

/// A real slide of the test data, for example `wsi/CMU-1-Small-Region.svs`.
///
/// `None`, with a line that says so, where the data is absent: the test then has nothing to do.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test says that it was skipped"
)]
pub fn real_slide(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("COVERSLIP_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if path.exists() {
        return path.canonicalize().ok();
    }
    eprintln!("skipped: the test data has no {name} (COVERSLIP_TEST_DATA says where it lies)");
    None
}

/// Paints a phantom with the real binary; `arguments` follow the output path.
pub fn phantom(out: &Path, arguments: &[&str]) -> Result<()> {
    let mut line = vec!["phantom".as_ref(), out.as_os_str()];
    line.extend(
        arguments
            .iter()
            .map(|argument| std::ffi::OsStr::new(*argument)),
    );
    let finished = run(line)?;
    ensure!(
        finished.code == Some(0),
        "coverslip phantom failed: {}",
        finished.stderr
    );
    Ok(())
}
