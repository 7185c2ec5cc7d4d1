//! `coverslip task`: what the tasks are, and how the shipped one is made.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use flow::TaskId;
use shipped::recipe::{TaskRecipe, train_task};

use super::encoder::{read_text, training_bar, write_files};
use super::task_import::Import;
use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// One line a task.
    List,
    /// Print a task's settings, thresholds and intended use.
    Show(Show),
    /// Make a task of a published head: DSMIL, CLAM, gated attention, DTFD or WSInfer-MIL.
    Import(Import),
    /// Train a task on phantoms by a recipe, for the encoder that ships.
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
    /// Where `task.json` and `head.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

impl Task {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::List => list()?,
            Self::Show(show) => show.run()?,
            Self::Import(import) => return import.run(),
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
        let bar = training_bar("");
        let trained = train_task(&recipe, &shipped::encoder()?, |report| {
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
