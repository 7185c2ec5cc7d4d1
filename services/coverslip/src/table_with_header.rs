//! Tables that people keep in spreadsheets, as CSV.

use anyhow::{Context, Result};
use csv::{Reader, ReaderBuilder, Trim};

/// A table whose first line names its columns.
pub(crate) struct TableWithHeader<'a> {
    pub(crate) header: Vec<String>,
    /// At the first row below the header.
    pub(crate) rows: Reader<&'a [u8]>,
}

impl<'a> TableWithHeader<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self> {
        let mut rows = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
        let header = rows.headers().context("the first line is no header")?;
        // Spreadsheets begin a file with a byte order mark.
        let header = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').to_owned())
            .collect();
        Ok(Self { header, rows })
    }
}
