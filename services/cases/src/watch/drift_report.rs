use catalog::IsoWeek;
use chrono::{DateTime, Utc};
use drift::{ChartPoint, Counted, Discrepancy};
use flow::Sha256Digest;
use serde::{Deserialize, Serialize};

use super::StoredReference;

/// What is known of a task's drift now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownDrift {
    /// `None` before the first look.
    pub looked_at: Option<DateTime<Utc>>,
    /// The one that holds now; `None` where none was stored.
    pub reference: Option<StoredReference>,
    pub found: Option<DriftReport>,
}

/// What the last look at a task found, of each scanner and week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    pub model: Sha256Digest,
    /// Whose embeddings are compared; `None` where it is not known.
    pub encoder: Option<Sha256Digest>,
    /// The number of the reference it was compared with; `None` where none was stored: rates are then
    /// without limits, and nothing is said of distances.
    pub reference: Option<u32>,
    /// By name.
    pub scanners: Vec<ScannerDrift>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScannerDrift {
    /// Maker and model as its files say, or `unknown`.
    pub scanner: String,
    /// `None` where there is no reference.
    pub compared_with: Option<ComparedWith>,
    /// In their order, those without slides left out.
    pub weeks: Vec<DriftWeek>,
}

/// Which slides of the reference a scanner is compared with: its own, where there are ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "slides", rename_all = "snake_case")]
pub enum ComparedWith {
    OfThisScanner { n_slides: u64 },
    OfAllScanners { n_slides: u64 },
}

/// Slides by when they were first scored. All figures are without those of the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftWeek {
    pub week: IsoWeek,
    /// Of the week that is not over yet more slides will come.
    pub is_over: bool,
    pub n_slides: u64,
    /// Beside those.
    pub n_in_reference: u64,
    pub abstentions: WeeklyRate,
    /// Of judgements, not of slides.
    pub overrides: WeeklyRate,
    /// The population stability index of the scores.
    pub score_stability: Option<f64>,
    /// `None` of fewer than ten slides.
    pub distance: Option<Discrepancy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeeklyRate {
    #[serde(flatten)]
    pub counted: Counted,
    pub rate: Option<f64>,
    /// `None` where the week or the reference has fewer than ten.
    pub chart: Option<ChartPoint>,
}

impl DriftReport {
    pub(super) fn week(&self, scanner: &str, week: IsoWeek) -> Option<&DriftWeek> {
        let mut scanners = self.scanners.iter();
        let weeks = &scanners.find(|one| one.scanner == scanner)?.weeks;
        weeks.iter().find(|one| one.week == week)
    }
}
