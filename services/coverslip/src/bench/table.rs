//! The figures as a table for people.

use std::fmt;

use anyhow::Result;

use crate::print;

/// One line: our figure against the peer's, measured in the same run.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) work: String,
    pub(super) ours: String,
    pub(super) peer: String,
    pub(super) result: Comparison,
}

#[derive(Debug)]
pub(super) enum Comparison {
    /// Times better than the peer, and how many times we promise.
    Ratio { ratio: f64, promised: f64 },
    /// Bytes used, and how many at most we promise.
    Memory {
        peak_bytes: u64,
        promised_bytes: u64,
    },
    /// Not measured here, and why.
    Skipped { reason: String },
}

impl Comparison {
    fn holds(&self) -> bool {
        match self {
            Self::Ratio { ratio, promised } => ratio >= promised,
            Self::Memory {
                peak_bytes,
                promised_bytes,
            } => peak_bytes <= promised_bytes,
            Self::Skipped { .. } => true,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds() {
            "reached"
        } else {
            "**not reached**"
        };
        match self {
            Self::Ratio { ratio, promised } => write!(f, "{ratio:.2}x | {promised}x | {verdict}"),
            Self::Memory {
                peak_bytes,
                promised_bytes,
            } => write!(
                f,
                "{} MB | {} MB at most | {verdict}",
                peak_bytes / 1_000_000,
                promised_bytes / 1_000_000
            ),
            Self::Skipped { reason } => write!(f, "| | not measured: {reason}"),
        }
    }
}

/// A Markdown table, shown line by line as it grows.
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    pub(crate) fn begin() -> Result<Self> {
        let mut table = Self { lines: Vec::new() };
        table.show("| work | ours | peer | ratio | promised | |".to_owned())?;
        table.show("|---|---|---|---|---|---|".to_owned())?;
        Ok(table)
    }

    pub(super) fn add(&mut self, figure: Figure) -> Result<()> {
        let Figure {
            work,
            ours,
            peer,
            result,
        } = figure;
        self.show(format!("| {work} | {ours} | {peer} | {result} |"))
    }

    pub(crate) fn markdown(&self) -> String {
        self.lines.join("\n")
    }

    fn show(&mut self, line: String) -> Result<()> {
        print::line(&line)?;
        self.lines.push(line);
        Ok(())
    }
}
