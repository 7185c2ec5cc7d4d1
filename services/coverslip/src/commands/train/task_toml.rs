use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use flow::{EncoderRef, Sha256Digest, TaskId, TaskVersion};
use mil::train::{EnsembleConfig, TaskDraft, TrainConfig};
use mil::{Answers, Categorical, CovariatePlan, HeadConfig};
use serde::{Deserialize, Serialize};

use super::bags::Learning;
use crate::cohort::{Cohort, Columns, LabelTable};

/// What `task.toml` says: a task before it is trained.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskToml {
    pub(crate) id: TaskId,
    pub(crate) version: TaskVersion,
    pub(crate) intended_use: String,
    /// What the slides are, for those who read the task.
    pub(crate) data: String,
    pub(crate) answers: Answers,
    /// A head and its sizes, without those that follow from bags and answers.
    head: toml::Table,
    #[serde(default)]
    pub(crate) columns: Columns,
    #[serde(default)]
    pub(crate) covariates: Option<CovariateColumns>,
    #[serde(default)]
    pub(crate) folds: FoldsConfig,
    #[serde(default)]
    pub(crate) training: TrainConfig,
}

/// Columns of the labels that a task reads beside the slide.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CovariateColumns {
    #[serde(default)]
    pub(crate) numeric: Vec<String>,
    #[serde(default)]
    pub(crate) categorical: Vec<String>,
    /// Width of a hidden layer; they join linearly without one.
    #[serde(default)]
    hidden: Option<usize>,
}

/// How the slides are divided among the heads of the task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FoldsConfig {
    n: usize,
    /// Heads a fold.
    seeds: usize,
    /// The column whose values are never divided; the patient's if not given, and each slide by
    /// itself where there is none.
    group: Option<String>,
}

impl Default for FoldsConfig {
    fn default() -> Self {
        let EnsembleConfig { folds, seeds } = EnsembleConfig::default();
        Self {
            n: folds,
            seeds,
            group: None,
        }
    }
}

/// Which slides belong together.
pub(crate) struct Groups {
    /// Of each row of the labels; a slide without a group has one of its own.
    pub(crate) names: Vec<String>,
    /// Equal where the names are.
    pub(crate) numbers: Vec<usize>,
}

impl TaskToml {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// The task with what follows from its slides.
    pub(crate) fn draft(&self, encoder: EncoderRef, learning: &Learning) -> Result<TaskDraft> {
        Ok(TaskDraft {
            id: self.id.clone(),
            version: self.version.clone(),
            encoder,
            head: self.head(learning.dimension())?,
            answers: self.answers.clone(),
            covariates: learning.covariates.clone(),
            intended_use: self.intended_use.clone(),
            data: self.data.clone(),
        })
    }

    fn head(&self, dimension: u32) -> Result<HeadConfig> {
        let mut table = self.head.clone();
        let follows = [
            ("dimension", i64::from(dimension)),
            ("n_classes", self.answers.n_logits().try_into()?),
        ];
        for (name, value) in follows {
            ensure!(
                table.insert(name.to_owned(), value.into()).is_none(),
                "[head] says {name}, which follows from the bags and the answers: leave it out"
            );
        }
        if let Answers::Detection {
            grade_scale: Some(scale),
            ..
        } = &self.answers
        {
            table.insert("highest_grade".to_owned(), i64::from(scale.highest).into());
        }
        table.try_into().context("[head] is no head")
    }

    /// The covariates' plan: the levels are those that occur, in the order of the alphabet.
    pub(crate) fn plan(&self, labels: &LabelTable) -> Result<Option<CovariatePlan>> {
        let Some(columns) = &self.covariates else {
            return Ok(None);
        };
        let categorical = columns.categorical.iter().map(|name| {
            let at = labels.column(name, "covariate")?;
            let levels: BTreeSet<&str> =
                labels.rows.iter().filter_map(|row| row.cell(at)).collect();
            Ok(Categorical {
                name: name.clone(),
                levels: levels.into_iter().map(str::to_owned).collect(),
            })
        });
        Ok(Some(CovariatePlan {
            numeric: columns.numeric.clone(),
            categorical: categorical.collect::<Result<_>>()?,
            hidden: columns.hidden,
        }))
    }

    pub(crate) fn groups(&self, labels: &LabelTable) -> Result<Groups> {
        let column = match &self.folds.group {
            Some(name) => Some(labels.column(name, "group of the folds")?),
            None => None,
        };
        let names = labels.rows.iter().map(|row| {
            let group = match column {
                Some(at) => row.cell(at),
                None => row.patient.as_deref(),
            };
            group.unwrap_or(&row.slide).to_owned()
        });
        let names: Vec<String> = names.collect();
        let mut known = HashMap::new();
        let numbers = names.iter().map(|name| {
            let next = known.len();
            *known.entry(name.as_str()).or_insert(next)
        });
        Ok(Groups {
            numbers: numbers.collect(),
            names,
        })
    }

    /// The digest of all that decides the training.
    pub(crate) fn fingerprint(&self, cohort: &Cohort, learning: &Learning) -> Result<Sha256Digest> {
        let version = env!("CARGO_PKG_VERSION");
        let deciding = (self, version, cohort.labels.digest, &learning.digests);
        Ok(Sha256Digest::of(&serde_json::to_vec(&deciding)?))
    }
}

impl FoldsConfig {
    pub(crate) fn ensemble(&self) -> EnsembleConfig {
        EnsembleConfig {
            folds: self.n,
            seeds: self.seeds,
        }
    }
}
