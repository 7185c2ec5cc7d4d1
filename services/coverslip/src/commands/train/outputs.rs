use std::path::Path;

use anyhow::{Context, Result};
use flow::Sha256Digest;
use mil::train::{Ensemble, TrainedTask};
use serde::Serialize;

use super::bags::Learning;
use super::task_toml::{Groups, TaskToml};
use crate::cohort::{Cohort, SlidePrediction, predictions_table};
use crate::curves::{self, Curve};

/// Everything the folder of a trained task is written from.
pub(crate) struct Outputs<'a> {
    pub(crate) task: &'a TaskToml,
    pub(crate) cohort: &'a Cohort,
    pub(crate) learning: &'a Learning,
    pub(crate) groups: &'a Groups,
    pub(crate) trained: Trained<'a>,
}

/// What training came to.
pub(crate) struct Trained<'a> {
    pub(crate) ensemble: &'a Ensemble,
    pub(crate) task: &'a TrainedTask,
    pub(crate) curves: &'a [Curve],
}

/// `training.json`: how the task came to be, without anything that differs from run to run.
#[derive(Serialize)]
struct TrainingRecord<'a> {
    coverslip: &'static str,
    configuration: &'a TaskToml,
    labels_sha256: Sha256Digest,
    bags: Vec<BagRecord<'a>>,
    heads: Vec<HeadRecord<'a>>,
}

#[derive(Serialize)]
struct BagRecord<'a> {
    slide: &'a str,
    sha256: Sha256Digest,
}

#[derive(Serialize)]
struct HeadRecord<'a> {
    file: String,
    sha256: Sha256Digest,
    /// From 1.
    fold: usize,
    seed: u64,
    epochs: &'a Curve,
}

impl Outputs<'_> {
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        let file = &self.trained.task.file;
        for (name, head) in file.head_names().iter().zip(&self.trained.task.heads) {
            put(name, head)?;
        }
        let picture = curves::draw(self.trained.curves, metric_name(self.task));
        put("curves.svg", picture.svg().as_bytes())?;
        put("curves.png", &picture.png()?)?;
        put("folds.csv", &self.folds()?)?;
        put("predictions.csv", &self.predictions()?)?;
        let mut record = serde_json::to_vec_pretty(&self.record())?;
        record.push(b'\n');
        put("training.json", &record)?;
        put("task.json", &self.trained.task.task_json()?)
    }

    /// `slide, fold, group`; no fold for slides that every head learns from.
    fn folds(&self) -> Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["slide", "fold", "group"])?;
        for (at, row) in self.cohort.labels.rows.iter().enumerate() {
            let fold = self.trained.ensemble.fold_of(at);
            let fold = fold.map_or_else(String::new, |fold| (fold + 1).to_string());
            csv.write_record([&row.slide, &fold, &self.groups.names[at]])?;
        }
        Ok(csv.into_inner()?)
    }

    /// What heads that had not learned from a slide say of it, beside what is known of it.
    fn predictions(&self) -> Result<Vec<u8>> {
        let labels = &self.cohort.labels;
        let held_out = self.trained.task.held_out.iter();
        let slides = held_out.map(|one| SlidePrediction {
            row: &labels.rows[one.bag],
            fold: Some(one.fold),
            called: one.called.clone(),
            probabilities: &one.probabilities,
        });
        predictions_table(labels, &self.task.answers.names(), slides)
    }

    fn record(&self) -> TrainingRecord<'_> {
        let rows = self.cohort.labels.rows.iter().zip(&self.learning.digests);
        let file = &self.trained.task.file;
        let heads = self
            .trained
            .ensemble
            .heads()
            .iter()
            .zip(self.trained.curves);
        let heads = heads.zip(file.head_names().into_iter().zip(&file.heads));
        TrainingRecord {
            coverslip: env!("CARGO_PKG_VERSION"),
            configuration: self.task,
            labels_sha256: self.cohort.labels.digest,
            bags: rows
                .map(|(row, &sha256)| BagRecord {
                    slide: &row.slide,
                    sha256,
                })
                .collect(),
            heads: heads
                .map(|((plan, epochs), (file, &sha256))| HeadRecord {
                    file,
                    sha256,
                    fold: plan.fold + 1,
                    seed: plan.seed.0,
                    epochs,
                })
                .collect(),
        }
    }
}

fn metric_name(task: &TaskToml) -> &'static str {
    match task.answers {
        mil::Answers::Detection { .. } => "AUC",
        mil::Answers::Classes { .. } => "balanced accuracy",
        mil::Answers::Grades { .. } => "quadratic kappa",
    }
}

/// A few lines for a terminal.
pub(crate) fn summary(trained: &TrainedTask, out: &Path) -> String {
    let file = &trained.file;
    let mut text = format!(
        "{}\n  task      {} {}, {} heads",
        out.display(),
        file.id,
        file.version,
        file.heads.len()
    );
    if let Some(training) = &file.training {
        let figures = [
            ("AUC", training.validation_auc),
            ("balanced accuracy", training.validation_balanced_accuracy),
            ("quadratic kappa", training.validation_kappa),
        ];
        let n = training.n_validation_bags;
        for (name, value) in figures {
            if let Some(value) = value {
                text.push_str(&format!("\n  held out  {name} {value:.3} on {n} slides"));
            }
        }
    }
    text.push_str("\n  use       research use only; it assists, a human signs");
    text
}
