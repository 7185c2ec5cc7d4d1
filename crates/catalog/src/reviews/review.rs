use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use flow::{CaseId, SlideId};
use serde_json::json;

use super::Opinion;
use crate::audit::append;
use crate::columns::{from_json, get, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Readers of one slide who write at the same moment, before one of them is told to try again.
const MOST_TRIES: u32 = 20;

/// To be added to what is said of a slide.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReview {
    pub slide: SlideId,
    pub reviewer: String,
    pub opinion: Opinion,
    /// The review that it takes the place of, which must be there.
    pub amends: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRow {
    pub slide: SlideId,
    /// Of the slide's reviews, from 1.
    pub number: u32,
    pub reviewer: String,
    pub opinion: Opinion,
    pub amends: Option<u32>,
    pub reviewed_at: DateTime<Utc>,
}

/// What became of a review.
#[derive(Clone, Debug, PartialEq)]
pub enum AddedReview {
    /// Its number.
    Done(u32),
    /// Another review took the place of the same one before; nothing changed.
    AmendedBefore,
}

/// Of one slide's reviews, those that no other took the place of, in their order.
pub fn standing_reviews(reviews: &[ReviewRow]) -> impl Iterator<Item = &ReviewRow> {
    let amended: BTreeSet<u32> = reviews.iter().filter_map(|review| review.amends).collect();
    let stands = move |review: &&ReviewRow| !amended.contains(&review.number);
    reviews.iter().filter(stands)
}

macro_rules! review_columns {
    () => {
        "reviews.slide, reviews.number, reviews.reviewer, reviews.body, reviews.amends, \
         reviews.reviewed_at_ms"
    };
}
pub(crate) use review_columns;

impl Catalog {
    /// Adds a review, and to the audit trail that it was added; none is ever changed or removed.
    pub async fn add_review(&self, review: &NewReview) -> Result<AddedReview, CatalogError> {
        self.known_slide(review.slide).await?;
        for _ in 0..MOST_TRIES {
            if let Some(number) = self.insert_review(review).await? {
                return Ok(AddedReview::Done(number));
            }
            let others = self.reviews(review.slide).await?;
            let is_same = |other: &ReviewRow| other.amends == review.amends;
            if review.amends.is_some() && others.iter().any(is_same) {
                return Ok(AddedReview::AmendedBefore);
            }
        }
        Err(CatalogError::TooMany {
            what: "reviews of one slide",
        })
    }

    /// In their order, those that were amended among them.
    pub async fn reviews(&self, slide: SlideId) -> Result<Vec<ReviewRow>, CatalogError> {
        let statement = Statement::to(
            "read reviews",
            concat!(
                "SELECT ",
                review_columns!(),
                " FROM reviews WHERE slide = $1 ORDER BY number"
            ),
        );
        self.read_reviews(statement.bind(slide.to_string())).await
    }

    /// Of all slides of a case, in the order of each slide.
    pub async fn reviews_of_case(&self, case: CaseId) -> Result<Vec<ReviewRow>, CatalogError> {
        let statement = Statement::to(
            "read the reviews of a case",
            concat!(
                "SELECT ",
                review_columns!(),
                " FROM reviews JOIN slide_cases ON slide_cases.slide = reviews.slide
                 WHERE slide_cases.case_id = $1 ORDER BY reviews.slide, reviews.number"
            ),
        );
        self.read_reviews(statement.bind(case.to_string())).await
    }

    /// Of all slides, those that judge a result.
    pub async fn judgements(&self) -> Result<Vec<ReviewRow>, CatalogError> {
        let statement = Statement::to(
            "read judgements",
            concat!(
                "SELECT ",
                review_columns!(),
                " FROM reviews WHERE kind IN ('accept', 'override') ORDER BY slide, number"
            ),
        );
        self.read_reviews(statement).await
    }

    /// Whether a reader has put an impression of the slide on record.
    pub async fn has_impression(&self, slide: SlideId, reader: &str) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "look for an impression",
            "SELECT number FROM reviews
             WHERE slide = $1 AND reviewer = $2 AND kind = 'impression' LIMIT 1",
        )
        .bind(slide.to_string())
        .bind(reader);
        Ok(self.readers.fetch_optional(statement).await?.is_some())
    }

    /// `None` where somebody took the number, or amended the same review, at the same moment.
    async fn insert_review(&self, review: &NewReview) -> Result<Option<u32>, CatalogError> {
        let statement = Statement::to(
            "add a review",
            "INSERT INTO reviews (slide, number, reviewer, kind, body, amends, reviewed_at_ms)
             SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6
             FROM reviews WHERE slide = $1
             ON CONFLICT DO NOTHING RETURNING number",
        )
        .bind(review.slide.to_string())
        .bind(review.reviewer.as_str())
        .bind(review.opinion.kind())
        .bind(to_json("review", &review.opinion)?)
        .bind(review.amends.map(i64::from))
        .bind(Utc::now().timestamp_millis())
        .about(review.slide);
        let mut transaction = self.records.begin("add a review").await?;
        let row = transaction.fetch_optional(statement).await?;
        let number = row.map(|row| number(&row, "number")).transpose()?;
        if let Some(number) = number {
            append(&mut transaction, reviewed(review, number)).await?;
        }
        transaction.commit().await?;
        Ok(number)
    }

    pub(crate) async fn read_reviews(
        &self,
        statement: Statement,
    ) -> Result<Vec<ReviewRow>, CatalogError> {
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_review).collect()
    }
}

fn reviewed(review: &NewReview, number: u32) -> AuditEvent {
    let kind = review.opinion.kind();
    AuditEvent {
        actor: review.reviewer.clone(),
        action: AuditAction::SlideReviewed,
        slide: Some(review.slide),
        detail: json!({ "kind": kind, "number": number, "amends": review.amends }),
    }
}

fn read_review(row: &Row) -> Result<ReviewRow, CatalogError> {
    let amends: Option<i64> = get(row, "amends")?;
    Ok(ReviewRow {
        slide: parse(row, "slide")?,
        number: number(row, "number")?,
        reviewer: get(row, "reviewer")?,
        opinion: from_json(row, "body")?,
        amends: amends
            .map(u32::try_from)
            .transpose()
            .map_err(CatalogError::damaged("amends"))?,
        reviewed_at: get_time(row, "reviewed_at_ms")?,
    })
}

pub(super) fn number(row: &Row, column: &'static str) -> Result<u32, CatalogError> {
    let number: i64 = get(row, column)?;
    u32::try_from(number).map_err(CatalogError::damaged(column))
}
