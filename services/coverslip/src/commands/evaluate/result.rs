use card::{Fact, Subject};
use chrono::{DateTime, Utc};
use evaluation::{Estimate, Measure, Report};
use flow::{RegulatoryStatus, Sha256Digest, TaskRef};
use serde::Serialize;

use super::DescribedTask;

/// Contents of `evaluation.json`.
#[derive(Serialize)]
pub(super) struct Evaluated {
    regulatory_status: RegulatoryStatus,
    made: DateTime<Utc>,
    /// sha256 of the table the figures follow from.
    predictions: Sha256Digest,
    task: Option<TaskRef>,
    #[serde(flatten)]
    pub(super) report: Report,
    #[serde(skip)]
    described: Option<DescribedTask>,
}

impl Evaluated {
    pub(super) fn new(
        report: Report,
        described: Option<DescribedTask>,
        predictions: Sha256Digest,
    ) -> Self {
        Self {
            regulatory_status: RegulatoryStatus::ResearchUseOnly,
            made: Utc::now(),
            predictions,
            task: described.as_ref().map(DescribedTask::reference),
            report,
            described,
        }
    }

    /// What the card is about.
    pub(super) fn subject(&self) -> Subject {
        let title = match &self.task {
            Some(task) => format!("{} {}", task.id, task.version),
            None => "predictions of an unnamed task".to_owned(),
        };
        let described = self.described.as_ref();
        let mut provenance = described.map_or_else(Vec::new, DescribedTask::provenance);
        provenance.push(Fact::new(
            "Predictions sha256",
            self.predictions.to_string(),
        ));
        provenance.push(Fact::new("Coverslip", env!("CARGO_PKG_VERSION")));
        Subject {
            title,
            task: described.map(DescribedTask::facts),
            made: self.made.format("%Y-%m-%d %H:%M UTC").to_string(),
            provenance,
        }
    }

    /// A line a figure, for a terminal.
    pub(super) fn summary(&self) -> String {
        let slides = match self.report.n_patients {
            Some(n) => format!("{} slides of {n} patients", self.report.n_slides),
            None => format!("{} slides", self.report.n_slides),
        };
        let figures = self.report.figures.figures.iter();
        let lines = figures.map(|(measure, estimate)| figure(*measure, estimate));
        let lines: Vec<String> = std::iter::once(slides).chain(lines).collect();
        lines.join("\n") + "\nresearch use only"
    }
}

fn figure(measure: Measure, estimate: &Estimate) -> String {
    let name = card::name(measure);
    format!("  {name:<28} {}", card::with_interval(estimate))
}
