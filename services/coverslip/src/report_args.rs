//! What reports are printed with.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use report::Fonts;

#[derive(Clone, Debug, Args)]
pub(crate) struct ReportArgs {
    /// A TrueType or OpenType file with the characters that PDF reports need beside Latin, Greek and
    /// Cyrillic ones, such as those of Chinese names; once for each font.
    #[arg(
        long,
        env = "COVERSLIP_REPORT_FONT",
        value_name = "FILE",
        value_delimiter = ','
    )]
    report_font: Vec<PathBuf>,
}

impl ReportArgs {
    pub(crate) fn fonts(&self) -> Result<Fonts> {
        let read = self.report_font.iter().map(|path| {
            let bytes = std::fs::read(path);
            let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
            Ok((path.display().to_string(), bytes))
        });
        Ok(Fonts::with(read.collect::<Result<_>>()?)?)
    }
}
