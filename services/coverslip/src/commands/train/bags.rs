use anyhow::{Context, Result, ensure};
use flow::Sha256Digest;
use mil::train::{BagLabel, TrainingBag};
use mil::{Answers, CovariatePlan, Covariates};

use super::task_toml::TaskToml;
use crate::cohort::{Cohort, LabelRow, LabelTable};

/// Every labelled slide in memory, in the order of the labels.
pub(crate) struct Learning {
    pub(crate) bags: Vec<TrainingBag>,
    pub(crate) covariates: Option<CovariatePlan>,
    /// Of each bag.
    pub(crate) digests: Vec<Sha256Digest>,
}

impl Learning {
    /// # Errors
    /// If a bag cannot be read, a label is none of the task's answers, or a covariate no number.
    pub(crate) async fn read(cohort: &Cohort, task: &TaskToml) -> Result<Self> {
        let covariates = task.plan(&cohort.labels)?;
        let mut learning = Self {
            bags: Vec::with_capacity(cohort.len()),
            digests: Vec::with_capacity(cohort.len()),
            covariates,
        };
        for (row, id) in cohort.slides() {
            let label = label(&task.answers, row)?;
            let known = match &learning.covariates {
                Some(plan) => known(plan, &cohort.labels, row)?,
                None => Covariates::default(),
            };
            let bag = cohort.source.read(id).await?;
            learning.digests.push(bag.digest);
            learning.bags.push(TrainingBag {
                name: row.slide.clone(),
                embeddings: bag.embeddings,
                dimension: bag.dimension,
                label,
                covariates: known,
                evidence: None,
            });
        }
        Ok(learning)
    }

    /// Of an embedding.
    pub(crate) fn dimension(&self) -> u32 {
        self.bags.first().map_or(0, |bag| bag.dimension)
    }
}

fn label(answers: &Answers, row: &LabelRow) -> Result<BagLabel> {
    BagLabel::of_words(answers, &row.label).with_context(|| {
        format!(
            "{}: the task knows no answer `{}`; its answers are {}",
            row.place(),
            row.label,
            answers.names().join(", ")
        )
    })
}

fn known(plan: &CovariatePlan, labels: &LabelTable, row: &LabelRow) -> Result<Covariates> {
    let mut known = Covariates::default();
    for name in &plan.numeric {
        let cell = row.cell(labels.column(name, "covariate")?);
        known
            .numeric
            .push(cell.map(|cell| number(cell, name, row)).transpose()?);
    }
    for one in &plan.categorical {
        let cell = row.cell(labels.column(&one.name, "covariate")?);
        known.categorical.push(cell.map(str::to_owned));
    }
    Ok(known)
}

fn number(cell: &str, column: &str, row: &LabelRow) -> Result<f64> {
    let wrong = || {
        format!(
            "{}: `{cell}` in column `{column}` is no number; leave the cell empty where it is not known",
            row.place()
        )
    };
    let value: f64 = cell.parse().with_context(wrong)?;
    ensure!(value.is_finite(), wrong());
    Ok(value)
}
