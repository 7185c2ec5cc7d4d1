use std::collections::{BTreeSet, HashMap};

use catalog::{
    Catalog, CatalogError, IsoWeek, Model, ModelReference, NewModelReference, Observation,
};
use chrono::{DateTime, Utc};
use drift::{Counted, FEWEST_SLIDES};
use flow::{EmbeddingSketch, Sha256Digest, SlideId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::observed::Observed;
use super::scanner_name;

/// Slides that a reference holds at most: those with the first ids, which say nothing of when or where
/// they came.
const MOST: usize = 2_000;

/// Which slides a task was accepted on: those it first scored in these weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSelection {
    pub from: IsoWeek,
    /// That week is among them.
    pub to: IsoWeek,
    /// Of these scanners, `unknown` for slides that name none; of all where it names none.
    #[serde(default)]
    pub scanners: BTreeSet<String>,
}

/// A reference as it is kept: what the task said of each slide then, whatever comes later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reference {
    pub(super) selection: ReferenceSelection,
    /// All that were selected.
    pub(super) n_selected: u64,
    /// By slide.
    pub(super) slides: Vec<ReferenceSlide>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ReferenceSlide {
    pub(super) slide: SlideId,
    pub(super) scanner: String,
    pub(super) score: Option<f64>,
    pub(super) abstained: bool,
    /// Judgements, and those of them that override.
    pub(super) judged: Counted,
    pub(super) sketch: Option<EmbeddingSketch>,
}

/// What is told of a reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredReference {
    /// Of the model's references, from 1.
    pub number: u32,
    #[serde(flatten)]
    pub selection: ReferenceSelection,
    pub n_selected: u64,
    pub n_slides: u64,
    pub reason: String,
    pub stored_by: String,
    pub stored_at: DateTime<Utc>,
}

/// Why there is no reference after all.
#[derive(Debug, Error)]
pub enum NoReference {
    #[error("an encoder has no reference: give one to the tasks that read it")]
    NotATask,
    #[error(
        "{n} slides are selected, and a reference takes {FEWEST_SLIDES}: name more weeks or scanners, or \
         run `coverslip model backfill` if the slides were scored before weeks were compared"
    )]
    TooFew { n: usize },
    #[error("the last week comes before the first")]
    Backwards,
    #[error("the stored reference cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Stores the slides of a selection as the reference of a task, in place of the one before.
pub async fn choose_reference(
    catalog: &Catalog,
    model: Sha256Digest,
    selection: ReferenceSelection,
    (actor, reason): (&str, &str),
) -> Result<StoredReference, NoReference> {
    let row = catalog.model(model).await?;
    let Model::Task { .. } = row.model else {
        return Err(NoReference::NotATask);
    };
    if selection.to < selection.from {
        return Err(NoReference::Backwards);
    }
    let reference = Reference::select(catalog, model, selection).await?;
    if reference.slides.len() < FEWEST_SLIDES {
        let n = reference.slides.len();
        return Err(NoReference::TooFew { n });
    }
    let new = NewModelReference {
        model,
        body: serde_json::to_value(&reference)?,
        reason: reason.to_owned(),
    };
    let number = catalog.add_model_reference(actor, &new).await?;
    Ok(StoredReference {
        number,
        reason: new.reason,
        stored_by: actor.to_owned(),
        stored_at: Utc::now(),
        n_selected: reference.n_selected,
        n_slides: reference.slides.len() as u64,
        selection: reference.selection,
    })
}

impl Reference {
    /// The last that was stored of a task.
    pub(super) async fn last(
        catalog: &Catalog,
        model: Sha256Digest,
    ) -> Result<Option<(StoredReference, Self)>, NoReference> {
        let Some(row) = catalog.model_reference(model).await? else {
            return Ok(None);
        };
        let reference = Self::deserialize(&row.body)?;
        Ok(Some((reference.told(row), reference)))
    }

    async fn select(
        catalog: &Catalog,
        model: Sha256Digest,
        selection: ReferenceSelection,
    ) -> Result<Self, CatalogError> {
        let (from, to) = (selection.from.start(), selection.to.end());
        let observed = Observed::read(catalog, model, from, to).await?;
        let sketches = catalog.sketches(model, from, to).await?;
        let sketches = sketches.into_iter().map(|one| (one.slide, one.sketch));
        let sketches: HashMap<SlideId, EmbeddingSketch> = sketches.collect();
        let is_selected = |slide: &&Observation| {
            let scanner = scanner_name(slide.scanner.as_deref());
            selection.scanners.is_empty() || selection.scanners.contains(scanner)
        };
        let selected: Vec<_> = observed.slides.iter().filter(is_selected).collect();
        let slides = selected.iter().take(MOST).map(|slide| ReferenceSlide {
            slide: slide.slide,
            scanner: scanner_name(slide.scanner.as_deref()).to_owned(),
            score: slide.score,
            abstained: slide.abstained,
            judged: observed.judged(slide.slide),
            sketch: sketches.get(&slide.slide).copied(),
        });
        Ok(Self {
            n_selected: selected.len() as u64,
            slides: slides.collect(),
            selection,
        })
    }

    fn told(&self, row: ModelReference) -> StoredReference {
        StoredReference {
            number: row.number,
            selection: self.selection.clone(),
            n_selected: self.n_selected,
            n_slides: self.slides.len() as u64,
            reason: row.reason,
            stored_by: row.stored_by,
            stored_at: row.stored_at,
        }
    }
}
