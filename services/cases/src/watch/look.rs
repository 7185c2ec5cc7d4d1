use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Catalog, CatalogError, IsoWeek, Model, ModelWatch, WatchKind};
use chrono::{DateTime, TimeDelta, Utc};
use drift::{ChartPoint, Counted, Discrepancy, FEWEST_SLIDES, Histogram, chart, stability_index};
use evaluation::EvaluationError;
use flow::{EmbeddingSketch, Sha256Digest};
use serde::Deserialize;
use thiserror::Error;
use tokio::task::JoinError;

use super::distances::distance;
use super::drift_alerts::open_alerts;
use super::drift_report::{
    ComparedWith, DriftReport, DriftWeek, KnownDrift, ScannerDrift, WeeklyRate,
};
use super::observed::Observed;
use super::reference::{NoReference, Reference, ReferenceSlide};
use super::seen_weeks::{SeenWeek, SeenWeeks, seen_weeks};

/// Weeks that are looked back on, the present one beside them.
const WEEKS: i64 = 26;

/// Why a model could not be looked at.
#[derive(Debug, Error)]
pub enum LookError {
    #[error("an encoder is not looked at by itself: look at the tasks that read it")]
    NotATask,
    #[error(transparent)]
    Reference(#[from] NoReference),
    #[error("what was found before cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("what people signed cannot be measured")]
    Measure(#[from] EvaluationError),
    #[error("a comparison was broken off")]
    BrokenOff(#[from] JoinError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// What the last look at a task found, and the reference that holds now.
pub async fn drift_of(catalog: &Catalog, model: Sha256Digest) -> Result<KnownDrift, LookError> {
    task(catalog, model).await?;
    let reference = Reference::last(catalog, model).await?;
    let (found, looked_at) = last_found(catalog, model).await?.unzip();
    Ok(KnownDrift {
        looked_at,
        reference: reference.map(|(stored, _)| stored),
        found,
    })
}

/// Looks at a task now: stores what is found, and opens alerts where something is not as it was.
pub async fn look_at_drift(
    catalog: &Catalog,
    model: Sha256Digest,
    now: DateTime<Utc>,
) -> Result<DriftReport, LookError> {
    let encoder = task(catalog, model).await?;
    let reference = Reference::last(catalog, model).await?;
    let from = IsoWeek::of(now).start() - TimeDelta::weeks(WEEKS);
    let observed = Observed::read(catalog, model, from, now).await?;
    let weeks = seen_weeks(
        &observed,
        reference.as_ref().map(|(_, reference)| reference),
    );
    let look = Look {
        catalog,
        model,
        now,
        before: last_found(catalog, model).await?.map(|(report, _)| report),
        reference: reference.map(|(stored, reference)| (stored.number, reference)),
    };
    let report = DriftReport {
        model,
        encoder,
        reference: look.reference.as_ref().map(|(number, _)| *number),
        scanners: look.scanners(weeks).await?,
    };
    let watch = ModelWatch {
        body: serde_json::to_value(&report)?,
        looked_at: now,
    };
    catalog
        .put_model_watch(model, WatchKind::Drift, &watch)
        .await?;
    open_alerts(catalog, &report, now).await?;
    Ok(report)
}

/// Whose bags the task reads.
pub(super) async fn task(
    catalog: &Catalog,
    model: Sha256Digest,
) -> Result<Option<Sha256Digest>, LookError> {
    match catalog.model(model).await?.model {
        Model::Task { encoder, .. } => Ok(encoder),
        Model::Encoder(_) => Err(LookError::NotATask),
    }
}

async fn last_found(
    catalog: &Catalog,
    model: Sha256Digest,
) -> Result<Option<(DriftReport, DateTime<Utc>)>, LookError> {
    let Some(watch) = catalog.model_watch(model, WatchKind::Drift).await? else {
        return Ok(None);
    };
    Ok(Some((
        DriftReport::deserialize(watch.body)?,
        watch.looked_at,
    )))
}

struct Look<'a> {
    catalog: &'a Catalog,
    model: Sha256Digest,
    now: DateTime<Utc>,
    before: Option<DriftReport>,
    reference: Option<(u32, Reference)>,
}

impl Look<'_> {
    async fn scanners(&self, weeks: SeenWeeks) -> Result<Vec<ScannerDrift>, LookError> {
        let mut scanners = Vec::with_capacity(weeks.len());
        for (scanner, weeks) in weeks {
            let basis = self.reference.as_ref();
            let basis = basis.map(|(_, reference)| Basis::of(reference, &scanner));
            let basis = basis.unwrap_or_default();
            let charts = Charts::of(&basis, &weeks);
            let mut told = Vec::with_capacity(weeks.len());
            for (at, (week, seen)) in weeks.iter().enumerate() {
                told.push(DriftWeek {
                    week: *week,
                    is_over: week.end() <= self.now,
                    n_slides: seen.slides.len() as u64,
                    n_in_reference: seen.n_in_reference,
                    abstentions: WeeklyRate::of(seen.abstentions, charts.abstentions[at]),
                    overrides: WeeklyRate::of(seen.overrides, charts.overrides[at]),
                    score_stability: stability_index(&basis.scores, &seen.scores),
                    distance: self.distance((&scanner, *week), seen, &basis).await?,
                });
            }
            scanners.push(ScannerDrift {
                scanner,
                compared_with: basis.compared_with,
                weeks: told,
            });
        }
        Ok(scanners)
    }

    /// Of a week that is over and has the slides it had, what was found before.
    async fn distance(
        &self,
        (scanner, week): (&str, IsoWeek),
        seen: &SeenWeek,
        basis: &Basis,
    ) -> Result<Option<Discrepancy>, LookError> {
        let before = self.before.as_ref();
        let is_same = before.is_some_and(|before| before.reference == self.number());
        let before = before.and_then(|before| before.week(scanner, week));
        match before.filter(|_| is_same) {
            Some(before) if before.is_over && before.n_slides == seen.slides.len() as u64 => {
                Ok(before.distance)
            }
            _ => {
                let of = (scanner, week);
                let reference = Arc::clone(&basis.sketches);
                distance(self.catalog, self.model, of, &seen.slides, reference).await
            }
        }
    }

    fn number(&self) -> Option<u32> {
        self.reference.as_ref().map(|(number, _)| *number)
    }
}

/// One point a week.
struct Charts {
    abstentions: Vec<Option<ChartPoint>>,
    overrides: Vec<Option<ChartPoint>>,
}

impl Charts {
    /// Weeks before those of the reference are in no mean: the task was not accepted on them.
    fn of(basis: &Basis, weeks: &BTreeMap<IsoWeek, SeenWeek>) -> Self {
        let is_charted = |week: IsoWeek| basis.since.is_some_and(|since| week >= since);
        let chart_of = |reference: Counted, of: fn(&SeenWeek) -> Counted| {
            let counted = weeks.iter().map(|(week, seen)| match is_charted(*week) {
                true => of(seen),
                false => Counted::default(),
            });
            chart(reference, &counted.collect::<Vec<_>>())
        };
        Self {
            abstentions: chart_of(basis.abstentions, |week| week.abstentions),
            overrides: chart_of(basis.overrides, |week| week.overrides),
        }
    }
}

/// What a scanner is compared with.
#[derive(Default)]
struct Basis {
    /// The first week of the reference.
    since: Option<IsoWeek>,
    compared_with: Option<ComparedWith>,
    abstentions: Counted,
    overrides: Counted,
    scores: Histogram,
    sketches: Arc<[EmbeddingSketch]>,
}

impl Basis {
    fn of(reference: &Reference, scanner: &str) -> Self {
        let all: Vec<&ReferenceSlide> = reference.slides.iter().collect();
        let is_own = |slide: &&&ReferenceSlide| slide.scanner == scanner;
        let own: Vec<&ReferenceSlide> = all.iter().filter(is_own).copied().collect();
        let (slides, compared_with) = match own.len() {
            0..FEWEST_SLIDES => {
                let n_slides = all.len() as u64;
                (all, ComparedWith::OfAllScanners { n_slides })
            }
            n => (own, ComparedWith::OfThisScanner { n_slides: n as u64 }),
        };
        let n_abstained = slides.iter().filter(|slide| slide.abstained).count();
        let judged = slides.iter().map(|slide| slide.judged);
        Self {
            since: Some(reference.selection.from),
            compared_with: Some(compared_with),
            abstentions: Counted {
                part: n_abstained as u64,
                whole: slides.len() as u64,
            },
            overrides: judged.fold(Counted::default(), Counted::plus),
            scores: Histogram::of(slides.iter().filter_map(|slide| slide.score)),
            sketches: slides.iter().filter_map(|slide| slide.sketch).collect(),
        }
    }
}

impl WeeklyRate {
    fn of(counted: Counted, chart: Option<ChartPoint>) -> Self {
        Self {
            counted,
            rate: counted.rate(),
            chart,
        }
    }
}
