use std::collections::BTreeMap;

use anyhow::Result;
use card::{name, with_interval};
use cases::{Subgroup, SubgroupReport, look_at_subgroups, subgroups_of};
use chrono::Utc;
use clap::Args;
use evaluation::{Estimate, Measure};
use flow::Sha256Digest;

use crate::catalog_args::KnownCatalog;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Subgroups {
    #[command(flatten)]
    catalog: KnownCatalog,
    model: Sha256Digest,
    /// Measure now, and open alerts; else it is told what the last look found.
    #[arg(long)]
    look: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The figures that are printed; JSON has all.
const PRINTED: [Measure; 4] = [
    Measure::Sensitivity,
    Measure::Specificity,
    Measure::Auc,
    Measure::ExpectedCalibrationError,
];

impl Subgroups {
    pub(super) async fn run(self) -> Result<()> {
        let catalog = self.catalog.open().await?;
        if self.look {
            look_at_subgroups(&catalog, self.model, Utc::now()).await?;
        }
        let known = subgroups_of(&catalog, self.model).await?;
        if self.json {
            return print::json(&known);
        }
        match &known.found {
            None => print::line("nobody has looked yet: give --look"),
            Some(report) => told(report),
        }
    }
}

fn told(report: &SubgroupReport) -> Result<()> {
    print::line(&report.caution)?;
    print::line(&format!(
        "{} slides scored, {} judged and signed, {} of these without an answer",
        report.n_scored, report.n_signed, report.n_abstained
    ))?;
    print::line("all slides")?;
    figures(&report.figures)?;
    for column in &report.columns {
        for group in &column.groups {
            print::line(&format!(
                "{}: {}{}",
                column.column,
                group.value,
                size(group)
            ))?;
            figures(&group.figures)?;
        }
    }
    for gap in &report.gaps {
        print::line(&format!(
            "GAP  {}: {}: {} {:.3}, of all slides {:.3}",
            gap.column,
            gap.value,
            name(gap.measure),
            gap.of_group,
            gap.of_all
        ))?;
    }
    Ok(())
}

fn figures(figures: &BTreeMap<Measure, Estimate>) -> Result<()> {
    for measure in PRINTED {
        if let Some(estimate) = figures.get(&measure) {
            print::line(&format!("  {}: {}", name(measure), with_interval(estimate)))?;
        }
    }
    Ok(())
}

fn size(group: &Subgroup) -> String {
    match group.n_slides {
        Some(n_slides) => format!(", {n_slides} slides"),
        None => ", too few slides to say".to_owned(),
    }
}
