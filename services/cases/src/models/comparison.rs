use std::collections::BTreeMap;

use catalog::{Catalog, CatalogError, ComparedResults, Model, ModelRow, ModelState};
use flow::{Prediction, Sha256Digest, SlideId};
use serde::Serialize;

/// Slides that are compared at a time.
const PAGE: u32 = 500;

/// What a task in shadow would change: its calls beside those that are shown, of the same slides.
#[derive(Clone, Debug, Serialize)]
pub struct ShadowComparison {
    pub shadow: Sha256Digest,
    /// The version whose results are shown, or were until this one became active; `None` where there
    /// is none.
    pub shown: Option<Sha256Digest>,
    /// Slides that the shadow scored.
    pub n_shadow: u64,
    /// Slides that both scored.
    pub n_both: u64,
    pub n_agree: u64,
    pub n_changed: u64,
    /// How often which call became which other.
    pub changes: Vec<ShadowChange>,
    /// Those whose call changed, the farthest apart first.
    pub slides: Vec<ShadowSlide>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShadowChange {
    pub shown: String,
    pub shadow: String,
    pub n_slides: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShadowSlide {
    pub slide: SlideId,
    pub shown: Said,
    pub shadow: Said,
}

/// What a task says of a slide.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// The call, with the grade if there is one, or `no answer`.
    pub answer: String,
    pub probability: f64,
}

impl ShadowComparison {
    /// Of a task that is or was in shadow.
    ///
    /// # Errors
    /// Also if no such model is registered.
    pub async fn of(catalog: &Catalog, shadow: Sha256Digest) -> Result<Self, CatalogError> {
        let row = catalog.model(shadow).await?;
        let shown = beside(catalog, &row).await?;
        let mut comparison = Self {
            shadow,
            shown,
            n_shadow: catalog.n_shadow_slides(shadow).await?,
            n_both: 0,
            n_agree: 0,
            n_changed: 0,
            changes: Vec::new(),
            slides: Vec::new(),
        };
        let Some(shown) = shown else {
            return Ok(comparison);
        };
        let mut counted = BTreeMap::new();
        let mut after = None;
        loop {
            let page = catalog.shadow_and_shown(shadow, shown, after, PAGE).await?;
            for results in &page {
                comparison.add(results, &mut counted);
            }
            match page.last() {
                Some(last) => after = Some(last.shadow.slide),
                None => break,
            }
        }
        comparison.changes = counted.into_iter().map(ShadowChange::from).collect();
        comparison
            .slides
            .sort_by(|a, b| b.gap().total_cmp(&a.gap()));
        Ok(comparison)
    }

    fn add(&mut self, results: &ComparedResults, counted: &mut BTreeMap<(String, String), u64>) {
        let [shown, shadow] = [&results.shown, &results.shadow].map(Said::of);
        self.n_both += 1;
        if shown.answer == shadow.answer {
            self.n_agree += 1;
            return;
        }
        self.n_changed += 1;
        let pair = (shown.answer.clone(), shadow.answer.clone());
        *counted.entry(pair).or_default() += 1;
        self.slides.push(ShadowSlide {
            slide: results.shadow.slide,
            shown,
            shadow,
        });
    }
}

/// The version to compare with: the active one, or of the active one the version that it replaced.
async fn beside(catalog: &Catalog, row: &ModelRow) -> Result<Option<Sha256Digest>, CatalogError> {
    if row.state == ModelState::Active {
        let changes = catalog.model_changes(row.model.hash()).await?;
        return Ok(changes.last().and_then(|change| change.replaced));
    }
    let Model::Task { task, .. } = &row.model else {
        return Ok(None);
    };
    let models = catalog.models().await?;
    let is_beside = |other: &&ModelRow| match &other.model {
        Model::Task {
            task: other_task, ..
        } => other_task.id == task.id && other.state == ModelState::Active,
        Model::Encoder(_) => false,
    };
    Ok(models
        .iter()
        .find(is_beside)
        .map(|other| other.model.hash()))
}

impl Said {
    fn of(prediction: &Prediction) -> Self {
        let label = &prediction.call.label;
        let answer = match (&prediction.abstention, &prediction.grade) {
            (Some(_), _) => "no answer".to_owned(),
            (None, Some(grade)) => format!("{label}, {} {}", grade.scale, grade.value),
            (None, None) => label.clone(),
        };
        Self {
            answer,
            probability: prediction.probability,
        }
    }
}

impl ShadowSlide {
    fn gap(&self) -> f64 {
        (self.shown.probability - self.shadow.probability).abs()
    }
}

impl From<((String, String), u64)> for ShadowChange {
    fn from(((shown, shadow), n_slides): ((String, String), u64)) -> Self {
        Self {
            shown,
            shadow,
            n_slides,
        }
    }
}
