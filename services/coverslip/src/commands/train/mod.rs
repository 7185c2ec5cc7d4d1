//! `coverslip train`: a task of one's own from labelled slides.

mod bags;
mod outputs;
mod run_folder;
mod task_toml;
mod training_bar;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use mil::train::{Ensemble, TaskDraft, TrainConfig, TrainedTask};
use tracing::warn;

use self::bags::Learning;
use self::outputs::{Outputs, Trained};
use self::run_folder::{Earlier, RunFolder};
use self::task_toml::TaskToml;
use self::training_bar::TrainingBar;
use super::block_on;
use crate::cohort::{BagSource, Cohort};
use crate::compute_choice::PrecisionChoice;
use crate::curves::Curve;
use crate::exit::Outcome;
use crate::files;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// A data folder, as `coverslip up --data` keeps it, with the slides embedded, or a folder of
    /// TRIDENT, CLAM or STAMP files named after their slides.
    #[arg(long)]
    bags: PathBuf,
    /// A CSV of one slide a row: `slide`, `label`, and what else is known of it.
    #[arg(long)]
    labels: PathBuf,
    /// What to answer, by which head, trained how: see README.md.
    #[arg(long)]
    task: PathBuf,
    /// The folder to make, with the task and how it was trained.
    #[arg(long)]
    out: PathBuf,
    /// The encoder of the bags: a folder that `coverslip encoder import` wrote, or a name; the one
    /// that ships, or that the feature files name, if not given.
    #[arg(long)]
    encoder: Option<String>,
    #[command(flatten)]
    precision: PrecisionChoice,
    /// Forget an unfinished training, and replace a finished one.
    #[arg(long)]
    restart: bool,
}

impl Train {
    pub(crate) fn run(self) -> Result<Outcome> {
        let task = TaskToml::parse(&files::read_text(&self.task)?)
            .with_context(|| format!("{} is no task to train", self.task.display()))?;
        let (cohort, learning) = block_on(self.read(&task))?;
        warn_of_unlabelled(&cohort);
        let draft = task.draft(cohort.source.encoder().clone(), &learning)?;
        let groups = task.groups(&cohort.labels)?;
        let ensemble = Ensemble::plan(
            &learning.bags,
            &groups.numbers,
            &draft,
            &task.training,
            task.folds.ensemble(),
        )?;
        let earlier = match self.restart {
            true => Earlier::Replaced,
            false => Earlier::Kept,
        };
        let fingerprint = task.fingerprint(&cohort, &learning)?;
        let run = RunFolder::open(&self.out, earlier, &fingerprint)?;

        let (heads, curves) = train_heads(&run, &ensemble, &learning, (&draft, &task.training))?;
        let n_epochs = curves.iter().map(Curve::n_epochs).max().unwrap_or(0);
        let trained = TrainedTask::of(&learning.bags, &draft, &ensemble, heads, n_epochs)?;
        // What is written must be readable.
        trained
            .task()
            .context("the trained task cannot be read back")?;
        let outputs = Outputs {
            task: &task,
            cohort: &cohort,
            learning: &learning,
            groups: &groups,
            trained: Trained {
                ensemble: &ensemble,
                task: &trained,
                curves: &curves,
            },
        };
        run.finish(|folder| outputs.write(folder))?;
        print::line(&outputs::summary(&trained, &self.out))?;
        Ok(Outcome::Done)
    }

    async fn read(&self, task: &TaskToml) -> Result<(Cohort, Learning)> {
        let source = BagSource::open(
            &self.bags,
            self.encoder.as_deref(),
            self.precision.precision,
        )
        .await?;
        let cohort = Cohort::read(&self.labels, &task.columns, source).await?;
        let learning = Learning::read(&cohort, task).await?;
        ensure!(!learning.bags.is_empty(), "no slide is left to learn from");
        Ok((cohort, learning))
    }
}

/// Every head of the ensemble from where it stands, with how each epoch ended.
fn train_heads(
    run: &RunFolder,
    ensemble: &Ensemble,
    learning: &Learning,
    (draft, config): (&TaskDraft, &TrainConfig),
) -> Result<(Vec<Vec<u8>>, Vec<Curve>)> {
    let bar = TrainingBar::new(ensemble);
    let (mut heads, mut curves) = (Vec::new(), Vec::new());
    for (number, head) in ensemble.heads().iter().enumerate() {
        let config = head.config(config);
        let mut training = head.begin(&learning.bags, draft, &config)?;
        if let Some(state) = run.state(number)? {
            training
                .resume(&state)
                .context("the unfinished training cannot be gone on with; give --restart")?;
        }
        while !training.is_finished() {
            bar.show(number, training.epoch()?);
            run.keep_state(number, &training.state()?)?;
        }
        curves.push(Curve::of(head.fold, training.reports()));
        heads.push(training.head()?);
    }
    bar.finish();
    Ok((heads, curves))
}

fn warn_of_unlabelled(cohort: &Cohort) {
    let n_slides = cohort.n_unlabelled();
    if n_slides > 0 {
        warn!(
            n_slides,
            "embedded slides that are in no row of the labels are left out"
        );
    }
}
