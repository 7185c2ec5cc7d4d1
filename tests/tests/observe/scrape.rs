//! Metrics as Prometheus reads them.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use harness::Server;

/// All metrics of a process at one time.
pub(crate) struct Scrape {
    pub(crate) text: String,
}

/// One line: what is measured, of what, and how much.
pub(crate) struct Sample<'a> {
    pub(crate) name: &'a str,
    /// As they stand between the braces.
    pub(crate) labels: &'a str,
    pub(crate) value: f64,
}

impl Scrape {
    pub(crate) fn of(server: &Server) -> Result<Self> {
        let text = server.get("/metrics")?.error_for_status()?.text()?;
        Ok(Self { text })
    }

    pub(crate) fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        let lines = self.text.lines();
        lines.filter(|line| !line.starts_with('#')).filter_map(read)
    }

    /// The sum over all samples of that name whose labels hold all of these.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.samples()
            .filter(|sample| sample.name == name)
            .filter(|sample| labels.iter().all(|label| sample.labels.contains(label)))
            .map(|sample| sample.value)
            .sum()
    }

    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.samples()
            .map(|sample| sample.name.to_owned())
            .collect()
    }

    /// Names of what is described: those of histograms have no endings here.
    pub(crate) fn described(&self) -> BTreeSet<&str> {
        let helps = self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("# HELP "));
        helps.filter_map(|help| help.split(' ').next()).collect()
    }
}

fn read(line: &str) -> Option<Sample<'_>> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let value = value.parse().context("a number").ok()?;
    Some(Sample {
        name,
        labels,
        value,
    })
}
