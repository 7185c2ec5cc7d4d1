//! All that the catalog says of a case or a slide, as what is told of it is made of it.

use crate::{Signature, SignedBody, SlideAnswers, TaskResult, fused};
use catalog::{CaseRow, Catalog, CatalogError, OrderRow, RecordedPrediction, ReviewRow, SlideRow};
use flow::{CaseId, TaskId};

/// A case but its slides.
#[derive(Debug)]
pub struct CaseRecord {
    pub row: CaseRow,
    pub orders: Vec<OrderRow>,
    /// The first version first.
    pub signatures: Vec<Signature>,
}

/// Of a slide that waits to be told which it is there is no result, and of what people said only what
/// was signed.
#[derive(Debug)]
pub struct SlideRecord {
    pub row: SlideRow,
    /// By task, the latest of each task first.
    pub results: Vec<RecordedPrediction>,
    /// Those that were amended among them.
    pub reviews: Vec<ReviewRow>,
}

impl CaseRecord {
    pub async fn read(catalog: &Catalog, id: CaseId) -> Result<Self, CatalogError> {
        Self::of(catalog, catalog.known_case(id).await?).await
    }

    /// That of a slide, where it belongs to one.
    pub async fn of_slide(
        catalog: &Catalog,
        slide: &SlideRow,
    ) -> Result<Option<Self>, CatalogError> {
        match &slide.place {
            Some(place) => Self::read(catalog, place.case).await.map(Some),
            None => Ok(None),
        }
    }

    pub async fn of(catalog: &Catalog, row: CaseRow) -> Result<Self, CatalogError> {
        let signatures = catalog.sign_offs(row.id).await?;
        let signatures: Result<_, _> = signatures.into_iter().map(Signature::read).collect();
        Ok(Self {
            orders: catalog.orders_of_case(row.id).await?,
            signatures: signatures?,
            row,
        })
    }

    /// The signature that holds.
    pub fn signed(&self) -> Option<&Signature> {
        self.signatures.last()
    }

    pub fn signed_body(&self) -> Option<&SignedBody> {
        self.signed().map(|signature| &signature.body)
    }

    /// In the order in which they came in.
    pub async fn slides(&self, catalog: &Catalog) -> Result<Vec<SlideRecord>, CatalogError> {
        let mut slides = Vec::new();
        for row in catalog.slides_of_case(self.row.id).await? {
            slides.push(SlideRecord::of(catalog, row).await?);
        }
        Ok(slides)
    }
}

impl SlideRecord {
    pub async fn of(catalog: &Catalog, row: SlideRow) -> Result<Self, CatalogError> {
        let mut record = Self {
            results: catalog.recorded_predictions(row.id).await?,
            reviews: catalog.reviews(row.id).await?,
            row,
        };
        if record.row.status.awaits_identity() {
            record.results.clear();
            if !is_signed(catalog, &record.row).await? {
                record.reviews.clear();
            }
        }
        Ok(record)
    }

    /// The latest result of each task.
    pub fn latest(&self) -> impl Iterator<Item = &RecordedPrediction> {
        let mut before: Option<&TaskId> = None;
        self.results.iter().filter(move |result| {
            let task = &result.prediction.task.id;
            before.replace(task) != Some(task)
        })
    }

    fn answers(&self) -> SlideAnswers {
        let results = self.results.iter().map(|row| row.prediction.clone());
        let results: Vec<_> = results.collect();
        SlideAnswers::of(&self.row, &results, &self.reviews)
    }
}

/// Whether the signature that holds of the slide's case is about the slide.
async fn is_signed(catalog: &Catalog, slide: &SlideRow) -> Result<bool, CatalogError> {
    let case = CaseRecord::of_slide(catalog, slide).await?;
    let signed = case.as_ref().and_then(CaseRecord::signed_body);
    Ok(signed.is_some_and(|body| body.slides.contains(&slide.id)))
}

/// What the slides of a case say together now, by task.
pub fn together(slides: &[SlideRecord]) -> Vec<TaskResult> {
    let answers: Vec<_> = slides.iter().map(SlideRecord::answers).collect();
    fused(&answers)
}
