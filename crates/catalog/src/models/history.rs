use chrono::{DateTime, Utc};
use flow::Sha256Digest;

use super::ModelState;
use crate::columns::{get, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

/// How a model came to a state.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelChange {
    /// Of the model's changes, from 1.
    pub number: u32,
    /// `None` of its registration.
    pub from: Option<ModelState>,
    pub to: ModelState,
    pub cause: ChangeCause,
    /// Of a task that became active, the version that was until then.
    pub replaced: Option<Sha256Digest>,
    /// The number of the evaluation that a promotion rests on.
    pub evaluation: Option<u32>,
    pub actor: String,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeCause {
    Registered,
    /// It was in service when a version of its task was first registered.
    Adopted,
    Asked,
    /// Another version of its task became active.
    Superseded,
    /// Of both: of the version that went and of the one that came back.
    RolledBack,
}

/// A change to be written down.
pub(super) struct NewChange<'a> {
    pub(super) model: Sha256Digest,
    pub(super) from: Option<ModelState>,
    pub(super) to: ModelState,
    pub(super) cause: ChangeCause,
    pub(super) replaced: Option<Sha256Digest>,
    pub(super) evaluation: Option<u32>,
    pub(super) actor: &'a str,
    pub(super) reason: Option<&'a str>,
}

impl ChangeCause {
    const ALL: [Self; 5] = [
        Self::Registered,
        Self::Adopted,
        Self::Asked,
        Self::Superseded,
        Self::RolledBack,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Adopted => "adopted",
            Self::Asked => "asked",
            Self::Superseded => "superseded",
            Self::RolledBack => "rolled_back",
        }
    }
}

impl Catalog {
    /// In their order.
    pub async fn model_changes(
        &self,
        model: Sha256Digest,
    ) -> Result<Vec<ModelChange>, CatalogError> {
        let statement = Statement::to(
            "read the history of a model",
            "SELECT number, from_state, to_state, cause, replaced, evaluation, actor, reason, at_ms
             FROM model_changes WHERE model = $1 ORDER BY number",
        )
        .bind(model.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_change).collect()
    }
}

pub(super) async fn note_change(
    transaction: &mut Transaction,
    change: &NewChange<'_>,
) -> Result<(), CatalogError> {
    let statement = Statement::to(
        "note a change of a model",
        "INSERT INTO model_changes
         (model, number, from_state, to_state, cause, replaced, evaluation, actor, reason, at_ms)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
         FROM model_changes WHERE model = $1",
    )
    .bind(change.model.to_string())
    .bind(change.from.map(ModelState::name))
    .bind(change.to.name())
    .bind(change.cause.name())
    .bind(change.replaced.map(|hash| hash.to_string()))
    .bind(change.evaluation.map(i64::from))
    .bind(change.actor)
    .bind(change.reason)
    .bind(Utc::now().timestamp_millis());
    transaction.execute(statement).await?;
    Ok(())
}

/// Which version was active before this one, when it became active last.
pub(super) async fn replaced_by(
    transaction: &mut Transaction,
    model: Sha256Digest,
) -> Result<Option<Sha256Digest>, CatalogError> {
    let statement = Statement::to(
        "read what was active before",
        "SELECT replaced FROM model_changes WHERE model = $1 AND to_state = 'active'
         ORDER BY number DESC LIMIT 1",
    )
    .bind(model.to_string());
    let row = transaction.fetch_optional(statement).await?;
    let replaced: Option<String> = match &row {
        Some(row) => get(row, "replaced")?,
        None => None,
    };
    let replaced = replaced.map(|text| text.parse()).transpose();
    replaced.map_err(CatalogError::damaged("replaced"))
}

fn read_change(row: &Row) -> Result<ModelChange, CatalogError> {
    let cause: String = get(row, "cause")?;
    let cause = ChangeCause::ALL.into_iter().find(|c| c.name() == cause);
    let from: Option<String> = get(row, "from_state")?;
    let from = from.map(|text| text.parse()).transpose();
    let replaced: Option<String> = get(row, "replaced")?;
    let replaced = replaced.map(|text| text.parse()).transpose();
    let evaluation: Option<i64> = get(row, "evaluation")?;
    let number: i64 = get(row, "number")?;
    Ok(ModelChange {
        number: u32::try_from(number).map_err(CatalogError::damaged("number"))?,
        from: from.map_err(CatalogError::damaged("from_state"))?,
        to: parse(row, "to_state")?,
        cause: cause
            .ok_or("there is no such cause")
            .map_err(CatalogError::damaged("cause"))?,
        replaced: replaced.map_err(CatalogError::damaged("replaced"))?,
        evaluation: evaluation
            .map(u32::try_from)
            .transpose()
            .map_err(CatalogError::damaged("evaluation"))?,
        actor: get(row, "actor")?,
        reason: get(row, "reason")?,
        at: get_time(row, "at_ms")?,
    })
}
