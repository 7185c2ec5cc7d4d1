//! `coverslip task`: what the tasks are, and how the shipped one is made.

use std::iter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use encoder::Compute;
use flow::{TaskId, TaskRef};
use mil::AnyTask;
use shipped::recipe::{TaskRecipe, train_task};

use super::block_on;
use super::encoder::progress_bar;
use super::task_check::Check;
use super::task_import::Import;
use crate::exit::Outcome;
use crate::files;
use crate::installation::encoder_or_shipped;
use crate::print;
use crate::task_folder::{self, Installed};
use crate::task_service_args::TaskServiceArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// One line a task: those that ship, and with --data those that are installed.
    List(List),
    /// Print a task's settings, thresholds and intended use.
    Show(Show),
    /// Put a trained task into a data folder; a running `coverslip up` takes it in within seconds.
    Install(Install),
    /// Whether a task can score; of one that is a service, whether that keeps to the contract.
    Check(Check),
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
    /// Ask tasks that are services whether they answer.
    #[arg(long)]
    ask: bool,
    #[command(flatten)]
    services: TaskServiceArgs,
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
            Self::Check(check) => return check.run(),
            Self::Import(import) => return import.run(),
            Self::Train(train) => train.run()?,
        }
        Ok(Outcome::Done)
    }
}

impl List {
    fn run(self) -> Result<()> {
        for task in shipped::tasks()? {
            print::line(&line(&task.into()))?;
        }
        for folder in installed(self.data.as_deref())? {
            match task_folder::read(&folder) {
                Ok(task) => print::line(&format!("{}{}", line(&task), self.answering(&task)?))?,
                Err(error) => print::line(&format!("{}  refused: {error:#}", folder.display()))?,
            }
        }
        Ok(())
    }

    /// What to add to the line of a service.
    fn answering(&self, task: &AnyTask) -> Result<String> {
        let AnyTask::Service(task) = task else {
            return Ok(String::new());
        };
        if !self.ask {
            return Ok(String::new());
        }
        let services = self.services.services()?;
        let described = block_on(async { Ok(services.description(task).await) })?;
        Ok(match described {
            Ok(said) if said.model == task.file().service.model => ": it answers".to_owned(),
            Ok(_) => ": another model answers, or another version of it".to_owned(),
            Err(error) => format!(": {}", error.in_words()),
        })
    }
}

fn line(task: &AnyTask) -> String {
    let TaskRef { id, version, hash } = task.reference();
    let kind = match task {
        AnyTask::Heads(_) => "",
        AnyTask::Service(_) => "  a service",
    };
    format!("{id}  {version}  {}  research use only{kind}", hash.short())
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
        let shipped = shipped::tasks()?.into_iter();
        let mut tasks: Vec<AnyTask> = shipped.map(AnyTask::from).collect();
        let installed = installed(self.data.as_deref())?;
        tasks.extend(
            installed
                .iter()
                .filter_map(|folder| task_folder::read(folder).ok()),
        );
        let task = tasks.iter().find(|task| task.reference().id == self.id);
        let task = task.with_context(|| {
            format!(
                "there is no task `{}`: `coverslip task list` has those there are",
                self.id
            )
        })?;
        match task {
            AnyTask::Heads(task) => print::json(task.file()),
            AnyTask::Service(task) => print::json(task.file()),
        }
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
