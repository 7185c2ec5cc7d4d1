//! `coverslip bench`: the figures we promise, measured.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::bench::{self, Suite, Table};
use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What to measure; everything if not given.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Suite>,
    /// Keeps painted slides for the next run.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Slides of real scanners; what is not there is not measured.
    #[arg(long, env = "COVERSLIP_TEST_DATA", default_value = "../shared/data")]
    real_slides: PathBuf,
    /// Write the report here as well.
    #[arg(long)]
    write: Option<PathBuf>,
}

impl Bench {
    pub(crate) fn run(self) -> Result<Outcome> {
        let suites = if self.only.is_empty() {
            Suite::value_variants()
        } else {
            &self.only
        };
        let heading = bench::heading();
        print::line(&heading)?;
        let mut table = Table::begin()?;
        for suite in suites {
            bench::run(*suite, &self.folder, &self.real_slides, &mut table)?;
        }
        if let Some(path) = self.write {
            std::fs::write(&path, format!("{heading}\n{}\n", table.markdown()))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(Outcome::Done)
    }
}
