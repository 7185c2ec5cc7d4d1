use catalog::{CaseRow, OrderRow, ReviewRow, SignOffRow, SlideRow, standing_reviews};
use flow::{CaseId, Sha256Digest, SlideId};
use http::{Access, ApiError};
use reading::{SlideAnswers, TaskResult, fused};

use crate::CasesState;
use crate::state::Results;

/// All that is known of a case, as far as whoever asks may see it.
pub(crate) struct Assembled {
    pub(crate) row: CaseRow,
    pub(super) orders: Vec<OrderRow>,
    pub(crate) slides: Vec<AssembledSlide>,
    /// The first version first.
    pub(crate) sign_offs: Vec<SignOffRow>,
}

pub(crate) struct AssembledSlide {
    pub(crate) row: SlideRow,
    pub(crate) results: Results,
    /// Those that were amended among them.
    pub(crate) reviews: Vec<ReviewRow>,
    /// Empty where the results are withheld.
    pub(crate) answers: SlideAnswers,
}

impl Assembled {
    pub(crate) async fn of(
        state: &CasesState,
        access: &Access,
        row: CaseRow,
    ) -> Result<Self, ApiError> {
        let catalog = &state.deps.catalog;
        let orders = catalog.orders_of_case(row.id).await?;
        let sign_offs = catalog.sign_offs(row.id).await?;
        let mut reviews = catalog.reviews_of_case(row.id).await?;
        let mut slides = Vec::new();
        for slide in catalog.slides_of_case(row.id).await? {
            let of_slide = reviews.extract_if(.., |review| review.slide == slide.id);
            let of_slide = of_slide.collect();
            slides.push(AssembledSlide::of(state, access, slide, of_slide).await?);
        }
        Ok(Self {
            row,
            orders,
            slides,
            sign_offs,
        })
    }

    /// The slide, if there is one, whose results are kept from whoever asks.
    pub(crate) fn withheld(&self) -> Option<SlideId> {
        let mut withheld = self.slides.iter().filter(|s| s.results.is_withheld());
        withheld.next().map(|slide| slide.row.id)
    }

    pub(crate) fn results(&self) -> Vec<TaskResult> {
        let answers: Vec<_> = self.slides.iter().map(|s| s.answers.clone()).collect();
        fused(&answers)
    }

    /// Slides of which neither a task nor a person has an answer.
    pub(super) fn unfinished(&self) -> Vec<SlideId> {
        let unfinished = self.slides.iter().filter(|s| s.answers.is_unfinished());
        unfinished.map(|slide| slide.row.id).collect()
    }

    /// Stands for all that a signature is about: another if anything of it changes.
    pub(crate) fn seen(&self) -> Result<Sha256Digest, ApiError> {
        let slides: Vec<_> = self.slides.iter().map(|slide| slide.row.id).collect();
        let reviews = self.slides.iter().flat_map(|slide| &slide.reviews);
        let reviews: Vec<_> = reviews
            .map(|review| (review.slide, review.number))
            .collect();
        let results = self.slides.iter().flat_map(|slide| slide.results.shown());
        let results: Vec<_> = results
            .map(|result| (&result.task, result.encoder.hash, result.covariates))
            .collect();
        let all: (CaseId, _, _, _, _) = (self.row.id, slides, reviews, results, self.results());
        let all = serde_json::to_vec(&all).map_err(ApiError::internal)?;
        Ok(Sha256Digest::of(&all))
    }
}

impl AssembledSlide {
    async fn of(
        state: &CasesState,
        access: &Access,
        row: SlideRow,
        reviews: Vec<ReviewRow>,
    ) -> Result<Self, ApiError> {
        let results = state.results(access, row.id).await?;
        let known: &[ReviewRow] = match results.is_withheld() {
            true => &[],
            false => &reviews,
        };
        Ok(Self {
            answers: SlideAnswers::of(&row, results.shown(), known),
            row,
            results,
            reviews,
        })
    }

    /// What a person said last of a result of the slide, and nobody amended since.
    pub(super) fn judgement(&self) -> Option<&ReviewRow> {
        let judging = |review: &&ReviewRow| review.opinion.result().is_some();
        standing_reviews(&self.reviews).filter(judging).last()
    }
}
