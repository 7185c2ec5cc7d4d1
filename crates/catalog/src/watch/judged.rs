use chrono::{DateTime, Utc};
use flow::{CaseId, CovariateValues, Prediction, PrivateName, Sha256Digest, SlideId};

use crate::cases::read_name;
use crate::columns::{from_json, get, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError, ReviewRow};

/// A slide whose result somebody judged, in a case that somebody signed.
#[derive(Clone, Debug)]
pub struct JudgedSlide {
    pub prediction: Prediction,
    /// Maker and model; `None` where the slide's file does not say.
    pub scanner: Option<String>,
    pub covariates: CovariateValues,
    pub stain: Option<PrivateName>,
    pub case: CaseId,
    pub patient: Option<PrivateName>,
}

impl Catalog {
    /// Of a task's results that were judged and signed, by slide: the next `limit` after that slide.
    pub async fn judged_slides(
        &self,
        task: Sha256Digest,
        after: Option<SlideId>,
        limit: u32,
    ) -> Result<Vec<JudgedSlide>, CatalogError> {
        let statement = Statement::to(
            "read results that were judged",
            "SELECT predictions.body, observed.scanner, slide_cases.stain, cases.id AS case_id,
                 cases.patient, given.body AS covariates
             FROM predictions
             JOIN slide_cases ON slide_cases.slide = predictions.slide
             JOIN cases ON cases.id = slide_cases.case_id AND cases.standing = 'signed'
             LEFT JOIN model_observations AS observed ON observed.slide = predictions.slide
                 AND observed.task_hash = predictions.task_hash
             LEFT JOIN slide_covariates AS given ON given.slide = predictions.slide
                 AND given.revision = (
                     SELECT max(revision) FROM slide_covariates AS later
                     WHERE later.slide = predictions.slide
                 )
             WHERE predictions.task_hash = $1 AND predictions.slide > $2 AND EXISTS (
                 SELECT 1 FROM reviews
                 WHERE reviews.slide = predictions.slide AND reviews.kind IN ('accept', 'override')
             )
             ORDER BY predictions.slide LIMIT $3",
        )
        .bind(task.to_string())
        // Before every id.
        .bind(after.map(|slide| slide.to_string()).unwrap_or_default())
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_judged).collect()
    }

    /// Judgements of slides that a task first scored since, those that were amended among them: of each
    /// slide in their order.
    pub async fn judgements_since(
        &self,
        task: Sha256Digest,
        since: DateTime<Utc>,
    ) -> Result<Vec<ReviewRow>, CatalogError> {
        let statement = Statement::to(
            "read judgements of slides",
            concat!(
                "SELECT ",
                crate::reviews::review_columns!(),
                " FROM reviews
                 JOIN model_observations AS observed ON observed.slide = reviews.slide
                 WHERE observed.task_hash = $1 AND observed.scored_at_ms >= $2
                     AND reviews.kind IN ('accept', 'override')
                 ORDER BY reviews.slide, reviews.number"
            ),
        )
        .bind(task.to_string())
        .bind(since.timestamp_millis());
        self.read_reviews(statement).await
    }
}

fn read_judged(row: &Row) -> Result<JudgedSlide, CatalogError> {
    let covariates: Option<String> = get(row, "covariates")?;
    let covariates = covariates
        .map(|text| serde_json::from_str(&text))
        .transpose();
    Ok(JudgedSlide {
        prediction: from_json(row, "body")?,
        scanner: get(row, "scanner")?,
        covariates: covariates
            .map_err(CatalogError::damaged("covariates"))?
            .unwrap_or_default(),
        stain: read_name(row, "stain")?,
        case: parse(row, "case_id")?,
        patient: read_name(row, "patient")?,
    })
}
