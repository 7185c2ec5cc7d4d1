use std::path::Path;

use anyhow::{Result, ensure};

use crate::run;

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
