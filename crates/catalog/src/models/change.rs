use flow::Sha256Digest;
use serde_json::json;

use super::evaluations::last_evaluation;
use super::history::{NewChange, note_change, replaced_by};
use super::model::{active_task, model_in};
use super::{ChangeCause, Model, ModelRow, ModelState, ModelTarget, MoveRefusal};
use crate::audit::{End, append_at};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Where a model is to go, who says so and why.
#[derive(Clone, Copy, Debug)]
pub struct ModelMove<'a> {
    pub model: Sha256Digest,
    pub to: ModelTarget,
    pub actor: &'a str,
    pub reason: &'a str,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved {
    Done(ModelRow),
    /// Nothing changed.
    Refused(MoveRefusal),
}

impl Catalog {
    /// Sends a model where somebody wants it. A task that becomes active retires the version that was
    /// so until then. To become active takes an evaluation that meets the model's criteria: the last
    /// one that was stored.
    ///
    /// # Errors
    /// Also if there is no such model.
    pub async fn move_model(&self, asked: &ModelMove<'_>) -> Result<Moved, CatalogError> {
        let mut changing = Changing::begin(self, asked.actor, asked.reason).await?;
        let row = changing.known(asked.model).await?;
        let Some(to) = row.state.after(asked.to) else {
            let (from, to) = (row.state, asked.to);
            return Ok(Moved::Refused(MoveRefusal::NoWay { from, to }));
        };
        let mut step = Step::plain(&row, to);
        if to == ModelState::Active {
            match changing.may_be_promoted(&row).await? {
                Ok(evaluation) => step.evaluation = Some(evaluation),
                Err(refusal) => return Ok(Moved::Refused(refusal)),
            }
            if let Some(before) = changing.active_before(&row).await? {
                step.replaced = Some(before.model.hash());
                let mut superseded = Step::plain(&before, ModelState::Retired);
                superseded.cause = ChangeCause::Superseded;
                changing.step(&superseded).await?;
            }
        }
        changing.step(&step).await?;
        changing.done(self, asked.model).await
    }

    /// Puts back the version that was active before this one, which goes to shadow: what it said is
    /// shown no longer. Again, it goes one version further back.
    ///
    /// # Errors
    /// Also if there is no such model.
    pub async fn roll_back_model(
        &self,
        model: Sha256Digest,
        actor: &str,
        reason: &str,
    ) -> Result<Moved, CatalogError> {
        let mut changing = Changing::begin(self, actor, reason).await?;
        let row = changing.known(model).await?;
        let Model::Task { .. } = row.model else {
            return Ok(Moved::Refused(MoveRefusal::NotATask));
        };
        if row.state != ModelState::Active {
            let state = row.state;
            return Ok(Moved::Refused(MoveRefusal::NotActive { state }));
        }
        let transaction = &mut changing.transaction;
        let Some(before) = replaced_by(transaction, model).await? else {
            return Ok(Moved::Refused(MoveRefusal::NothingBefore));
        };
        let before = changing.known(before).await?;
        let further = replaced_by(&mut changing.transaction, before.model.hash()).await?;
        let away = Step {
            cause: ChangeCause::RolledBack,
            ..Step::plain(&row, ModelState::Shadow)
        };
        let back = Step {
            cause: ChangeCause::RolledBack,
            replaced: further,
            ..Step::plain(&before, ModelState::Active)
        };
        changing.step(&away).await?;
        changing.step(&back).await?;
        changing.done(self, before.model.hash()).await
    }
}

/// One change at a time: whoever makes one holds the end of the audit trail.
struct Changing<'a> {
    transaction: Transaction,
    end: End,
    actor: &'a str,
    reason: &'a str,
}

/// Of one model, from one state to another.
struct Step {
    model: Sha256Digest,
    from: ModelState,
    to: ModelState,
    cause: ChangeCause,
    replaced: Option<Sha256Digest>,
    evaluation: Option<u32>,
}

impl Step {
    fn plain(row: &ModelRow, to: ModelState) -> Self {
        Self {
            model: row.model.hash(),
            from: row.state,
            to,
            cause: ChangeCause::Asked,
            replaced: None,
            evaluation: None,
        }
    }
}

impl<'a> Changing<'a> {
    async fn begin(
        catalog: &Catalog,
        actor: &'a str,
        reason: &'a str,
    ) -> Result<Self, CatalogError> {
        let mut transaction = catalog.records.begin("change a model").await?;
        Ok(Self {
            end: End::hold(&mut transaction).await?,
            transaction,
            actor,
            reason,
        })
    }

    async fn known(&mut self, hash: Sha256Digest) -> Result<ModelRow, CatalogError> {
        let row = model_in(&mut self.transaction, hash).await?;
        row.ok_or(CatalogError::UnknownModel { hash })
    }

    /// The number of the evaluation that speaks for it.
    async fn may_be_promoted(
        &mut self,
        row: &ModelRow,
    ) -> Result<Result<u32, MoveRefusal>, CatalogError> {
        if row.criteria.is_none() {
            return Ok(Err(MoveRefusal::NoCriteria));
        }
        let evaluation = last_evaluation(&mut self.transaction, row.model.hash()).await?;
        let Some(evaluation) = evaluation else {
            return Ok(Err(MoveRefusal::NoEvaluation));
        };
        let number = evaluation.number;
        if let Some(why) = evaluation.unmet {
            return Ok(Err(MoveRefusal::CriteriaNotMet { number, why }));
        }
        if let Some(encoder) = row.model.reads() {
            let registered = model_in(&mut self.transaction, encoder).await?;
            let state = registered.map(|encoder| encoder.state);
            if let Some(state) = state.filter(|state| *state != ModelState::Active) {
                return Ok(Err(MoveRefusal::EncoderNotActive { encoder, state }));
            }
        }
        Ok(Ok(number))
    }

    /// Of a task, the version that is active.
    async fn active_before(&mut self, row: &ModelRow) -> Result<Option<ModelRow>, CatalogError> {
        match &row.model {
            Model::Encoder(_) => Ok(None),
            Model::Task { task, .. } => active_task(&mut self.transaction, task.id.as_str()).await,
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "change a model",
            "UPDATE models SET state = $2 WHERE hash = $1",
        );
        let statement = statement.bind(step.model.to_string());
        let statement = statement.bind(step.to.name());
        self.transaction.execute(statement).await?;
        let change = NewChange {
            model: step.model,
            from: Some(step.from),
            to: step.to,
            cause: step.cause,
            replaced: step.replaced,
            evaluation: step.evaluation,
            actor: self.actor,
            reason: Some(self.reason),
        };
        note_change(&mut self.transaction, &change).await?;
        let event = AuditEvent {
            actor: self.actor.to_owned(),
            action: AuditAction::ModelChanged,
            slide: None,
            detail: json!({
                "model": step.model,
                "from": step.from,
                "to": step.to,
                "cause": step.cause.name(),
                "replaced": step.replaced,
                "evaluation": step.evaluation,
            }),
        };
        append_at(&mut self.end, &mut self.transaction, event).await
    }

    async fn done(self, catalog: &Catalog, hash: Sha256Digest) -> Result<Moved, CatalogError> {
        self.transaction.commit().await?;
        Ok(Moved::Done(catalog.model(hash).await?))
    }
}
