use std::path::Path;

use anyhow::{Context, Result, ensure};
use mil::Task;

use super::table_of_answers;
use crate::cohort::{BagSource, Cohort, Columns, bag_label, covariates};

/// Scores every labelled slide with a task: the table that is then evaluated.
pub(super) async fn scored(task: &Task, source: BagSource, labels: &Path) -> Result<Vec<u8>> {
    ensure!(
        source.encoder().hash == task.encoder_hash(),
        "the task reads bags of encoder `{}` ({}), these are of `{}`: name its folder by --encoder",
        task.encoder().name,
        task.encoder_hash().short(),
        source.encoder().name
    );
    let cohort = Cohort::read(labels, &Columns::default(), source).await?;
    let mut scores = Vec::with_capacity(cohort.len());
    for (row, bag) in cohort.slides() {
        bag_label(&task.file().answers, row)?;
        let known = covariates(task.file().covariates.as_ref(), &cohort.labels, row)?;
        let bag = cohort.source.read(bag).await?;
        let task = task.in_precision(bag.precision);
        let scored = task.score_knowing(&bag.embeddings, bag.dimension, &known);
        scores.push(scored.with_context(|| format!("cannot score {}", row.place()))?);
    }
    let said = scores
        .iter()
        .map(|scores| (scores.answer, &*scores.answer_probabilities));
    table_of_answers(&cohort.labels, &task.file().answers, said)
}
