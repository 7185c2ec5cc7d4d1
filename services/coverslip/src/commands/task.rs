//! `coverslip task`: what the tasks are, and how the shipped one is made.

use std::iter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use encoder::Compute;
use flow::TaskId;
use shipped::recipe::{TaskRecipe, train_task};

use super::encoder::progress_bar;
use super::task_import::Import;
use crate::exit::Outcome;
use crate::files;
use crate::installation::encoder_or_shipped;
use crate::print;
use crate::task_folder::{self, Installed};

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// One line a task: those that ship, and with --data those that are installed.
    List(List),
    /// Print a task's settings, thresholds and intended use.
    Show(Show),
    /// Put a trained task into a data folder; a running `coverslip up` takes it in within seconds.
    Install(Install),
    /// Make a task of a published head: DSMIL, CLAM, gated attention, DTFD or WSInfer-MIL.
    Import(Import),
    /// Train a task on phantoms by a recipe.
    Train(Train),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    id: TaskId,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    /// What `coverslip train` made.
    folder: PathBuf,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to train and on what, for example `models/shipped/tasks/phantom-tumour/recipe.toml`.
    #[arg(long)]
    recipe: PathBuf,
    /// Folder with the encoder whose embeddings it reads; the encoder that ships if not given.
    #[arg(long)]
    encoder: Option<PathBuf>,
    /// Where `task.json` and the weights of its heads are written.
    #[arg(long)]
    out: PathBuf,
}

impl Task {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run()?,
            Self::Show(show) => show.run()?,
            Self::Install(install) => install.run()?,
            Self::Import(import) => return import.run(),
            Self::Train(train) => train.run()?,
        }
        Ok(Outcome::Done)
    }
}

impl List {
    fn run(self) -> Result<()> {
        for task in shipped::tasks()? {
            print::line(&line(&task))?;
        }
        for folder in installed(self.data.as_deref())? {
            match task_folder::read(&folder) {
                Ok(task) => print::line(&line(&task))?,
                Err(error) => print::line(&format!("{}  refused: {error:#}", folder.display()))?,
            }
        }
        Ok(())
    }
}

fn line(task: &mil::Task) -> String {
    let (file, hash) = (task.file(), task.reference().hash.short());
    format!("{}  {}  {hash}  research use only", file.id, file.version)
}

/// Folders of installed tasks.
fn installed(data: Option<&Path>) -> Result<Vec<PathBuf>> {
    data.map_or_else(
        || Ok(Vec::new()),
        |data| task_folder::below(&task_folder::installed_in(data)),
    )
}

impl Install {
    fn run(self) -> Result<()> {
        let tasks = task_folder::installed_in(&self.data);
        match task_folder::install(&self.folder, &tasks)? {
            Installed::New(folder) => print::line(&format!("installed {}", folder.display())),
            Installed::Known(folder) => {
                print::line(&format!("{} is there already", folder.display()))
            }
        }
    }
}

impl Show {
    fn run(self) -> Result<()> {
        let mut tasks = shipped::tasks()?;
        let installed = installed(self.data.as_deref())?;
        tasks.extend(
            installed
                .iter()
                .filter_map(|folder| task_folder::read(folder).ok()),
        );
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
        let recipe = TaskRecipe::parse(&files::read_text(&self.recipe)?)
            .with_context(|| format!("{} is no task recipe", self.recipe.display()))?;
        let encoder = encoder_or_shipped(self.encoder.as_deref(), Compute::default())?;
        let bar = progress_bar("training", "");
        let trained = train_task(&recipe, &encoder, |report| {
            bar.set_message(format!("{report:?}"));
            bar.tick();
        })?;
        bar.finish_and_clear();
        let json = trained.task_json()?;
        let names = trained.file.head_names();
        let heads = names.iter().zip(&trained.heads);
        let heads = heads.map(|(name, head)| (name.as_str(), head.as_slice()));
        let files: Vec<(&str, &[u8])> = iter::once(("task.json", &*json)).chain(heads).collect();
        files::write_shown(&self.out, &files)
    }
}
