use catalog::{
    Catalog, CatalogError, ModelChange, ModelEvaluation, ModelKind, ModelRow, ModelState,
};
use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use serde::Serialize;
use serde_json::Value;

/// A model as the API and the command line show it.
#[derive(Clone, Debug, Serialize)]
pub struct ModelView {
    pub hash: Sha256Digest,
    pub kind: ModelKind,
    /// A task's id, or an encoder's name.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whose bags a task reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Sha256Digest>,
    pub state: ModelState,
    /// Absent of what was in service before it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Value>,
    pub registered_by: String,
    pub registered_at: DateTime<Utc>,
}

/// The same with all that is known of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct WholeModelView {
    #[serde(flatten)]
    model: ModelView,
    evaluations: Vec<EvaluationView>,
    history: Vec<ChangeView>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct EvaluationView {
    number: u32,
    is_met: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unmet: Option<String>,
    verdict: Value,
    report: Value,
    added_by: String,
    added_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize)]
struct ChangeView {
    number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<ModelState>,
    to: ModelState,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced: Option<Sha256Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<u32>,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    at: DateTime<Utc>,
}

impl WholeModelView {
    pub(super) async fn of(catalog: &Catalog, row: ModelRow) -> Result<Self, CatalogError> {
        let hash = row.model.hash();
        let evaluations = catalog.model_evaluations(hash).await?;
        let history = catalog.model_changes(hash).await?;
        Ok(Self {
            model: ModelView::from(row),
            evaluations: evaluations.into_iter().map(EvaluationView::from).collect(),
            history: history.into_iter().map(ChangeView::from).collect(),
        })
    }
}

impl From<ModelRow> for ModelView {
    fn from(row: ModelRow) -> Self {
        Self {
            hash: row.model.hash(),
            kind: row.model.kind(),
            name: row.model.name().to_owned(),
            version: row.model.version().map(str::to_owned),
            encoder: row.model.reads(),
            state: row.state,
            criteria: row.criteria,
            registered_by: row.registered_by,
            registered_at: row.registered_at,
        }
    }
}

impl From<ModelEvaluation> for EvaluationView {
    fn from(row: ModelEvaluation) -> Self {
        Self {
            number: row.number,
            is_met: row.unmet.is_none(),
            unmet: row.unmet,
            verdict: row.verdict,
            report: row.report,
            added_by: row.added_by,
            added_at: row.added_at,
        }
    }
}

impl From<ModelChange> for ChangeView {
    fn from(row: ModelChange) -> Self {
        Self {
            number: row.number,
            from: row.from,
            to: row.to,
            cause: row.cause.name(),
            replaced: row.replaced,
            evaluation: row.evaluation,
            by: row.actor,
            reason: row.reason,
            at: row.at,
        }
    }
}
