use catalog::{Catalog, CatalogError, Model, NewModelEvaluation};
use evaluation::{Criteria, MeasuredFigures, Verdict};
use flow::{Sha256Digest, TaskRef};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Why an evaluation is not stored.
#[derive(Debug, Error)]
pub enum NotJudged {
    #[error("this is no evaluation that `coverslip evaluate` wrote ({0})")]
    NotAnEvaluation(#[source] serde_json::Error),
    #[error("the evaluation does not say of which task it is: evaluate with --task")]
    OfNoTask,
    #[error("the evaluation is of task {} {} ({}), not of this model", .0.id, .0.version, .0.hash.short())]
    OfAnother(TaskRef),
    #[error(
        "the evaluation is of task {} {} ({}), which is not registered as one that reads this \
         encoder: register it first", .0.id, .0.version, .0.hash.short()
    )]
    OfAStranger(TaskRef),
    #[error(
        "the model has no criteria, for it was in service before it was registered: nothing follows \
         from an evaluation"
    )]
    NoCriteria,
    #[error("the model's criteria cannot be read")]
    Criteria(#[source] serde_json::Error),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

#[derive(Deserialize)]
struct Written {
    task: Option<TaskRef>,
    #[serde(flatten)]
    figures: MeasuredFigures,
}

/// Judges an `evaluation.json` by the criteria that the model was registered with.
pub async fn judged(
    catalog: &Catalog,
    model: Sha256Digest,
    report: Value,
) -> Result<(NewModelEvaluation, Verdict), NotJudged> {
    let row = catalog.model(model).await?;
    let written = Written::deserialize(&report).map_err(NotJudged::NotAnEvaluation)?;
    let task = written.task.ok_or(NotJudged::OfNoTask)?;
    match &row.model {
        Model::Task { .. } if task.hash == model => {}
        Model::Task { .. } => return Err(NotJudged::OfAnother(task)),
        Model::Encoder(_) => match catalog.model(task.hash).await {
            Ok(reader) if reader.model.reads() == Some(model) => {}
            Ok(_) | Err(CatalogError::UnknownModel { .. }) => {
                return Err(NotJudged::OfAStranger(task));
            }
            Err(error) => return Err(error.into()),
        },
    }
    let criteria = row.criteria.ok_or(NotJudged::NoCriteria)?;
    let criteria = Criteria::deserialize(criteria).map_err(NotJudged::Criteria)?;
    let verdict = criteria.judge(&written.figures);
    let evaluation = NewModelEvaluation {
        model,
        report,
        unmet: (!verdict.is_met).then(|| verdict.to_string()),
        verdict: serde_json::to_value(&verdict).map_err(NotJudged::Criteria)?,
    };
    Ok((evaluation, verdict))
}
