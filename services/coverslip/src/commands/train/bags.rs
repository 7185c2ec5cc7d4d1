use anyhow::Result;
use flow::Sha256Digest;
use mil::CovariatePlan;
use mil::train::TrainingBag;

use super::task_toml::TaskToml;
use crate::cohort::{Cohort, bag_label, covariates};

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
        let plan = task.plan(&cohort.labels)?;
        let mut learning = Self {
            bags: Vec::with_capacity(cohort.len()),
            digests: Vec::with_capacity(cohort.len()),
            covariates: plan,
        };
        for (row, id) in cohort.slides() {
            let label = bag_label(&task.answers, row)?;
            let known = covariates(learning.covariates.as_ref(), &cohort.labels, row)?;
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
