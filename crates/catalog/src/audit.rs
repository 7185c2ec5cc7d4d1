use chrono::{DateTime, Utc};
use flow::SlideId;
use serde_json::Value;

use crate::columns::{from_json, get, get_count, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What can be done that must be on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    LoggedIn,
    TokenAdded,
    TokenRemoved,
    SlideReceived,
    /// An mpp was given by hand; the detail says which.
    MppGiven,
    /// What is known of the slide's patient or case was given; the detail names it without its
    /// values.
    CovariatesGiven,
    AnalysisStopped,
    AnalysisResumed,
    /// Somebody looked at a picture that may show the patient's name.
    PatientImageSeen,
    OrderPlaced,
    /// Somebody read orders, which name patients.
    OrdersSeen,
    /// Somebody read cases, which name patients; the detail says which, or how many.
    CaseSeen,
    CaseAssigned,
    /// The detail names the case, and the one it was in before.
    SlidePutInCase,
    /// The detail says how, without the words.
    SlideReviewed,
    ReviewsSeen,
    CaseSigned,
    AnnotationSaved,
    AnnotationRemoved,
    /// Somebody had a report made, which names a patient.
    ReportMade,
    /// Reviews became training labels.
    LabelsExported,
}

/// Something somebody did.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// Name on the token that was used, or the process that acted on its own.
    pub actor: String,
    pub action: AuditAction,
    pub slide: Option<SlideId>,
    /// JSON without patient data; `Value::Null` where there is no more to say.
    pub detail: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Grows from row to row.
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// [`AuditAction::name`], or that of an action which this build no longer knows.
    pub action: String,
    pub slide: Option<SlideId>,
    pub detail: Value,
}

impl AuditAction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::TokenAdded => "token_added",
            Self::TokenRemoved => "token_removed",
            Self::SlideReceived => "slide_received",
            Self::MppGiven => "mpp_given",
            Self::CovariatesGiven => "covariates_given",
            Self::AnalysisStopped => "analysis_stopped",
            Self::AnalysisResumed => "analysis_resumed",
            Self::PatientImageSeen => "patient_image_seen",
            Self::OrderPlaced => "order_placed",
            Self::OrdersSeen => "orders_seen",
            Self::CaseSeen => "case_seen",
            Self::CaseAssigned => "case_assigned",
            Self::SlidePutInCase => "slide_put_in_case",
            Self::SlideReviewed => "slide_reviewed",
            Self::ReviewsSeen => "reviews_seen",
            Self::CaseSigned => "case_signed",
            Self::AnnotationSaved => "annotation_saved",
            Self::AnnotationRemoved => "annotation_removed",
            Self::ReportMade => "report_made",
            Self::LabelsExported => "labels_exported",
        }
    }
}

impl Catalog {
    /// Adds to the audit trail, which can neither be changed nor shortened.
    pub async fn audit(&self, event: AuditEvent) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "add to the audit trail",
            "INSERT INTO audit (at_ms, actor, action, slide, detail) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(Utc::now().timestamp_millis())
        .bind(event.actor)
        .bind(event.action.name())
        .bind(event.slide.map(|slide| slide.to_string()))
        .bind(to_json("audit detail", &event.detail)?);
        self.records.execute(statement).await?;
        Ok(())
    }

    /// The last `limit` events before `before` (from the end where `None`), newest first.
    pub async fn audit_trail(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, CatalogError> {
        let statement = Statement::to(
            "read the audit trail",
            "SELECT seq, at_ms, actor, action, slide, detail FROM audit WHERE seq < $1
             ORDER BY seq DESC LIMIT $2",
        )
        .bind(before.map_or(i64::MAX, u64::cast_signed))
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_event).collect()
    }
}

fn read_event(row: &Row) -> Result<AuditRow, CatalogError> {
    let slide: Option<String> = get(row, "slide")?;
    Ok(AuditRow {
        seq: get_count(row, "seq")?,
        at: get_time(row, "at_ms")?,
        actor: get(row, "actor")?,
        action: get(row, "action")?,
        slide: match slide {
            Some(_) => Some(parse(row, "slide")?),
            None => None,
        },
        detail: from_json(row, "detail")?,
    })
}
