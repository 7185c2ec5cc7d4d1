//! `coverslip task`: what the tasks are, and how the shipped one is made.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use flow::TaskId;
use shipped::recipe::{TaskRecipe, train_task};

use super::encoder::{progress_bar, read_text, write_files};
use crate::exit::Outcome;
use crate::installation::encoder_or_shipped;
use crate::print;

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// One line a task.
    List,
    /// Print a task's settings, thresholds and intended use.
    Show(Show),
    /// Train a task on phantoms by a recipe.
    Train(Train),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    id: TaskId,
}

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to train and on what, for example `models/shipped/tasks/phantom-tumour/recipe.toml`.
    #[arg(long)]
    recipe: PathBuf,
    /// Folder with the encoder whose embeddings it reads; the encoder that ships if not given.
    #[arg(long)]
    encoder: Option<PathBuf>,
    /// Where `task.json` and `head.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

impl Task {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::List => list()?,
            Self::Show(show) => show.run()?,
            Self::Train(train) => train.run()?,
        }
        Ok(Outcome::Done)
    }
}

fn list() -> Result<()> {
    for task in shipped::tasks()? {
        let file = task.file();
        let hash = task.reference().hash.short();
        print::line(&format!(
            "{}  {}  {hash}  research use only",
            file.id, file.version
        ))?;
    }
    Ok(())
}

impl Show {
    fn run(self) -> Result<()> {
        let tasks = shipped::tasks()?;
        let task = tasks.iter().find(|task| task.file().id == self.id);
        let task = task.with_context(|| {
            format!(
                "there is no task `{}`: `coverslip task list` has those there are",
                self.id
            )
        })?;
        print::json(task.file())
    }
}

impl Train {
    fn run(self) -> Result<()> {
        let recipe = TaskRecipe::parse(&read_text(&self.recipe)?)
            .with_context(|| format!("{} is no task recipe", self.recipe.display()))?;
        let encoder = encoder_or_shipped(self.encoder.as_deref())?;
        let bar = progress_bar("training", "");
        let trained = train_task(&recipe, &encoder, |report| {
            bar.set_message(format!("{report:?}"));
            bar.tick();
        })?;
        bar.finish_and_clear();
        let json = trained.task_json()?;
        write_files(
            &self.out,
            [("task.json", &json), ("head.safetensors", &trained.head)],
        )
    }
}
