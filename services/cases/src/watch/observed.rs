use std::collections::HashMap;

use catalog::{Catalog, CatalogError, Observation, Opinion, ReviewRow, standing_reviews};
use chrono::{DateTime, Utc};
use drift::Counted;
use flow::{Sha256Digest, SlideId};

/// What is known of the slides that a task scored in some time.
pub(super) struct Observed {
    /// By slide.
    pub(super) slides: Vec<Observation>,
    /// Of each slide that was judged, how many judgements stand, and how many of them override the task.
    judged: HashMap<SlideId, Counted>,
}

impl Observed {
    pub(super) async fn read(
        catalog: &Catalog,
        task: Sha256Digest,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Self, CatalogError> {
        let slides = catalog.observations(task, from, to).await?;
        let judgements = catalog.judgements_since(task, from).await?;
        let by_slide = judgements.chunk_by(|a, b| a.slide == b.slide);
        let judged = by_slide.map(|reviews| (reviews[0].slide, overrides(reviews, task)));
        Ok(Self {
            slides,
            judged: judged.collect(),
        })
    }

    pub(super) fn judged(&self, slide: SlideId) -> Counted {
        self.judged.get(&slide).copied().unwrap_or_default()
    }
}

/// Of those of one slide that judge this very task.
fn overrides(reviews: &[ReviewRow], task: Sha256Digest) -> Counted {
    let mut counted = Counted::default();
    for review in standing_reviews(reviews) {
        let result = review.opinion.result();
        if result.is_some_and(|result| result.task.hash == task) {
            counted.whole += 1;
            counted.part += u64::from(matches!(review.opinion, Opinion::Override { .. }));
        }
    }
    counted
}
