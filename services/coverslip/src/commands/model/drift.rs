use anyhow::Result;
use cases::{DriftReport, DriftWeek, WeeklyRate, drift_of, look_at_drift};
use chrono::Utc;
use clap::Args;
use flow::Sha256Digest;

use crate::catalog_args::KnownCatalog;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    catalog: KnownCatalog,
    model: Sha256Digest,
    /// Look now, and open alerts; else it is told what the last look found.
    #[arg(long)]
    look: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Drift {
    pub(super) async fn run(self) -> Result<()> {
        let catalog = self.catalog.open().await?;
        if self.look {
            look_at_drift(&catalog, self.model, Utc::now()).await?;
        }
        let known = drift_of(&catalog, self.model).await?;
        if self.json {
            return print::json(&known);
        }
        match &known.reference {
            None => print::line(
                "no reference is stored: rates have no limits, and nothing is said of distances",
            )?,
            Some(reference) => print::line(&format!(
                "reference {}: {} slides, {} to {}",
                reference.number,
                reference.n_slides,
                reference.selection.from,
                reference.selection.to
            ))?,
        }
        match &known.found {
            None => print::line("nobody has looked yet: give --look"),
            Some(report) => table(report),
        }
    }
}

fn table(report: &DriftReport) -> Result<()> {
    let width = report.scanners.iter().map(|one| one.scanner.len()).max();
    let width = width.unwrap_or_default().max("scanner".len());
    print::line(&format!(
        "{:<width$}  week      slides  abstained       overridden      score PSI  distance      p",
        "scanner"
    ))?;
    for scanner in &report.scanners {
        for week in &scanner.weeks {
            print::line(&format!("{:<width$}  {}", scanner.scanner, line(week)))?;
        }
    }
    print::line(
        "* left its limits. Slides of the reference are left out; of few slides a PSI says little.",
    )
}

fn line(week: &DriftWeek) -> String {
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let distance = week.distance.as_ref();
    format!(
        "{}{} {:>6}  {:<14}  {:<14}  {:>9}  {:>8}  {:>6}",
        week.week,
        if week.is_over { " " } else { "…" },
        week.n_slides,
        rate(&week.abstentions),
        rate(&week.overrides),
        number(week.score_stability),
        number(distance.map(|distance| distance.mmd2)),
        distance.map_or("-".to_owned(), |distance| format!(
            "{:.4}",
            distance.p_value
        )),
    )
}

fn rate(rate: &WeeklyRate) -> String {
    let Some(share) = rate.rate else {
        return "-".to_owned();
    };
    let left = rate.chart.is_some_and(|point| !point.is_within);
    let mark = if left { " *" } else { "" };
    let counted = rate.counted;
    format!(
        "{:.0}% ({}/{}){mark}",
        share * 100.0,
        counted.part,
        counted.whole
    )
}
