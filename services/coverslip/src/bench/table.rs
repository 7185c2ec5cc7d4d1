//! The figures as a table for people.

use std::fmt;

/// One line: our figure against the peer's, measured in the same run.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) work: String,
    pub(crate) ours: String,
    pub(crate) peer: String,
    pub(crate) result: Comparison,
}

#[derive(Debug)]
pub(crate) enum Comparison {
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
    pub(crate) fn holds(&self) -> bool {
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

/// A Markdown table.
pub(crate) fn markdown(figures: &[Figure]) -> String {
    let mut table =
        String::from("| work | ours | peer | ratio | promised | |\n|---|---|---|---|---|---|\n");
    for Figure {
        work,
        ours,
        peer,
        result,
    } in figures
    {
        table.push_str(&format!("| {work} | {ours} | {peer} | {result} |\n"));
    }
    table
}
