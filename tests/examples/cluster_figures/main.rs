//! What Coverslip costs on S3 and gains from a second worker, measured on real servers.
//!
//! `make bench` runs it with the release binary, and adds its table to `BENCHMARKS.md`.

#![expect(clippy::print_stdout, reason = "it is a command line")]

mod cost;
mod serving;
mod storing;
mod two_workers;

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::Result;

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) work: String,
    pub(crate) measured: String,
    pub(crate) promise: Option<Promise>,
}

pub(crate) struct Promise {
    pub(crate) text: &'static str,
    pub(crate) is_kept: bool,
}

/// Side of the slide that is stored: `--side PIXELS`, 100,000 if not given; painting that one takes
/// minutes. Appends to the file of `--write FILE`.
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let value_of = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1)
    };
    let side = value_of("--side").map_or(Ok(100_000), |side| side.parse())?;
    let mut table = String::new();
    let mut tell = |line: &str| {
        println!("{line}");
        table.push_str(line);
        table.push('\n');
    };
    tell("| work on a cluster's parts | measured | promised | |");
    tell("|---|---|---|---|");
    tell(&serving::from_s3()?.line());
    tell(&storing::first_tile()?.line());
    tell(&storing::analysis()?.line());
    tell(&two_workers::throughput()?.line());
    tell(&storing::large_slide(side)?.line());
    if let Some(path) = value_of("--write") {
        let mut file = OpenOptions::new().append(true).open(path)?;
        writeln!(file, "\n{table}")?;
    }
    Ok(())
}

impl Figure {
    fn line(&self) -> String {
        let Self { work, measured, .. } = self;
        let (promised, verdict) = match &self.promise {
            None => ("", ""),
            Some(promise) if promise.is_kept => (promise.text, "reached"),
            Some(promise) => (promise.text, "**not reached**"),
        };
        format!("| {work} | {measured} | {promised} | {verdict} |")
    }
}
