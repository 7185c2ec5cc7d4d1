use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use serde_json::{Value, json};

use super::model::model_in;
use crate::audit::append;
use crate::columns::{from_json, get, get_time, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// An evaluation to be stored with what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModelEvaluation {
    pub model: Sha256Digest,
    /// What `coverslip evaluate` wrote.
    pub report: Value,
    /// Of the model's criteria.
    pub verdict: Value,
    /// In what it does not meet them, in words; `None` where it does.
    pub unmet: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModelEvaluation {
    /// Of the model's evaluations, from 1.
    pub number: u32,
    pub report: Value,
    pub verdict: Value,
    pub unmet: Option<String>,
    pub added_by: String,
    pub added_at: DateTime<Utc>,
}

impl Catalog {
    /// Its number; none is ever changed or removed.
    ///
    /// # Errors
    /// Also if there is no such model.
    pub async fn add_model_evaluation(
        &self,
        actor: &str,
        new: &NewModelEvaluation,
    ) -> Result<u32, CatalogError> {
        let report = to_json("report", &new.report)?;
        let mut transaction = self.records.begin("store an evaluation").await?;
        // Whoever changes models holds the end of the audit trail first: one at a time.
        let detail = json!({
            "model": new.model,
            "report": Sha256Digest::of(report.as_bytes()),
            "is_met": new.unmet.is_none(),
        });
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::ModelEvaluated,
            slide: None,
            detail,
        };
        append(&mut transaction, event).await?;
        if model_in(&mut transaction, new.model).await?.is_none() {
            return Err(CatalogError::UnknownModel { hash: new.model });
        }
        let statement = Statement::to(
            "store an evaluation",
            "INSERT INTO model_evaluations
             (model, number, report, verdict, unmet, added_by, added_at_ms)
             SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6
             FROM model_evaluations WHERE model = $1 RETURNING number",
        )
        .bind(new.model.to_string())
        .bind(report)
        .bind(to_json("verdict", &new.verdict)?)
        .bind(new.unmet.as_deref())
        .bind(actor)
        .bind(Utc::now().timestamp_millis());
        let number = number(&transaction.fetch_one(statement).await?)?;
        transaction.commit().await?;
        Ok(number)
    }

    /// In their order.
    pub async fn model_evaluations(
        &self,
        model: Sha256Digest,
    ) -> Result<Vec<ModelEvaluation>, CatalogError> {
        let statement = Statement::to(
            "read the evaluations of a model",
            "SELECT number, report, verdict, unmet, added_by, added_at_ms
             FROM model_evaluations WHERE model = $1 ORDER BY number",
        )
        .bind(model.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_evaluation).collect()
    }
}

/// The last that was stored.
pub(super) async fn last_evaluation(
    transaction: &mut Transaction,
    model: Sha256Digest,
) -> Result<Option<ModelEvaluation>, CatalogError> {
    let statement = Statement::to(
        "read the last evaluation of a model",
        "SELECT number, report, verdict, unmet, added_by, added_at_ms
         FROM model_evaluations WHERE model = $1 ORDER BY number DESC LIMIT 1",
    )
    .bind(model.to_string());
    let row = transaction.fetch_optional(statement).await?;
    row.as_ref().map(read_evaluation).transpose()
}

fn read_evaluation(row: &Row) -> Result<ModelEvaluation, CatalogError> {
    Ok(ModelEvaluation {
        number: number(row)?,
        report: from_json(row, "report")?,
        verdict: from_json(row, "verdict")?,
        unmet: get(row, "unmet")?,
        added_by: get(row, "added_by")?,
        added_at: get_time(row, "added_at_ms")?,
    })
}

fn number(row: &Row) -> Result<u32, CatalogError> {
    let number: i64 = get(row, "number")?;
    u32::try_from(number).map_err(CatalogError::damaged("number"))
}
