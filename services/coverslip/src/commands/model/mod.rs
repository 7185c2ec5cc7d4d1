//! `coverslip model`: which encoders and tasks there are, and whether people see what they say.

mod backfill;
mod drift;
mod reference;
mod subgroups;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cases::{ModelView, ShadowComparison, judged};
use catalog::{
    Catalog, Model as Registered, ModelMove, ModelTarget, Moved, NewModel, RegisteredModel,
};
use clap::{Args, Subcommand, ValueEnum};
use evaluation::Criteria;
use flow::Sha256Digest;

use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::{files, print, task_folder};

#[derive(Debug, Subcommand)]
pub(crate) enum Model {
    /// What is registered, and in which state it is.
    List(List),
    /// Register a task by its folder, with the criteria that an evaluation of it must meet.
    Register(Register),
    /// Store what `coverslip evaluate --task` measured of a model, and say whether it meets the criteria.
    Evaluation(Evaluation),
    /// Send a model to shadow, active or retired. To become active takes a stored evaluation that meets
    /// its criteria.
    Move(Move),
    /// Put back the version that was active before this one.
    Rollback(Rollback),
    /// What a task in shadow would change.
    Shadow(Shadow),
    /// Store the slides a task was accepted on: later ones are compared with them.
    Reference(reference::Reference),
    /// What is not as it was with a task, by scanner and week.
    Drift(drift::Drift),
    /// How good a task is by what people signed, of groups of slides.
    Subgroups(subgroups::Subgroups),
    /// Keep what is compared of slides that were scored before weeks were compared.
    Backfill(Box<backfill::Backfill>),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Register {
    #[command(flatten)]
    catalog: KnownCatalog,
    #[command(flatten)]
    by: By,
    /// The folder of the task.
    task: PathBuf,
    /// A JSON file such as {"least_slides": 100, "figures": [{"measure": "auc", "limit": {"at_least": 0.9}}]}
    #[arg(long)]
    criteria: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Evaluation {
    #[command(flatten)]
    catalog: KnownCatalog,
    #[command(flatten)]
    by: By,
    model: Sha256Digest,
    /// The `evaluation.json` that `coverslip evaluate` wrote.
    report: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Move {
    #[command(flatten)]
    catalog: KnownCatalog,
    #[command(flatten)]
    by: By,
    model: Sha256Digest,
    #[arg(value_enum)]
    to: Target,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    catalog: KnownCatalog,
    #[command(flatten)]
    by: By,
    /// The one that is active.
    model: Sha256Digest,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Shadow {
    #[command(flatten)]
    catalog: KnownCatalog,
    model: Sha256Digest,
    /// Print one JSON object, with every slide whose call changed.
    #[arg(long)]
    json: bool,
}

/// Whoever has this shell has no session: they say who they are.
#[derive(Debug, Args)]
struct By {
    /// The person who does this, for the record.
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    Shadow,
    Active,
    Retired,
}

impl Model {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run().await?,
            Self::Register(register) => register.run().await?,
            Self::Evaluation(evaluation) => evaluation.run().await?,
            Self::Move(asked) => asked.run().await?,
            Self::Rollback(rollback) => rollback.run().await?,
            Self::Shadow(shadow) => shadow.run().await?,
            Self::Reference(reference) => reference.run().await?,
            Self::Drift(drift) => drift.run().await?,
            Self::Subgroups(subgroups) => subgroups.run().await?,
            Self::Backfill(backfill) => backfill.run().await?,
        }
        Ok(Outcome::Done)
    }
}

impl List {
    async fn run(self) -> Result<()> {
        let models = self.catalog.open().await?.models().await?;
        let models: Vec<_> = models.into_iter().map(ModelView::from).collect();
        if self.json {
            return print::json(&serde_json::json!({ "models": models }));
        }
        models.iter().try_for_each(print_model)
    }
}

impl Register {
    async fn run(self) -> Result<()> {
        let task = task_folder::read(&self.task)?;
        let criteria = files::read(&self.criteria)?;
        let criteria: Criteria = serde_json::from_slice(&criteria)
            .with_context(|| format!("{} has no criteria", self.criteria.display()))?;
        let new = NewModel {
            model: Registered::Task {
                task: task.reference().clone(),
                encoder: Some(task.encoder_hash()),
            },
            criteria: serde_json::to_value(&criteria)?,
        };
        let catalog = self.catalog.open().await?;
        match catalog.register_model(&self.by.name(), &new).await? {
            RegisteredModel::New(row) => print_model(&row.into()),
            RegisteredModel::Known(row) if row.criteria.as_ref() == Some(&new.criteria) => {
                print_model(&row.into())
            }
            RegisteredModel::Known(_) => bail!(
                "this task is registered with other criteria, which are never changed: bring a new version"
            ),
            RegisteredModel::OtherOfThisVersion => bail!(
                "another task of this id and version is registered: give this one a new version"
            ),
        }
    }
}

impl Evaluation {
    async fn run(self) -> Result<()> {
        let report = serde_json::from_slice(&files::read(&self.report)?)
            .with_context(|| format!("{} is no JSON", self.report.display()))?;
        let catalog = self.catalog.open().await?;
        let (evaluation, verdict) = judged(&catalog, self.model, report).await?;
        let name = self.by.name();
        let number = catalog.add_model_evaluation(&name, &evaluation).await?;
        print::line(&format!("evaluation {number}: {verdict}"))
    }
}

impl Move {
    async fn run(self) -> Result<()> {
        let asked = ModelMove {
            model: self.model,
            to: self.to.into(),
            actor: &self.by.name(),
            reason: &self.reason,
        };
        print_moved(self.catalog.open().await?.move_model(&asked).await?)
    }
}

impl Rollback {
    async fn run(self) -> Result<()> {
        let catalog: Catalog = self.catalog.open().await?;
        let name = self.by.name();
        let back = catalog.roll_back_model(self.model, &name, &self.reason);
        print_moved(back.await?)
    }
}

impl Shadow {
    async fn run(self) -> Result<()> {
        let catalog = self.catalog.open().await?;
        let comparison = ShadowComparison::of(&catalog, self.model).await?;
        if self.json {
            return print::json(&comparison);
        }
        print::line(&format!(
            "{} slides scored in shadow, {} by both: {} agree, {} change",
            comparison.n_shadow, comparison.n_both, comparison.n_agree, comparison.n_changed
        ))?;
        for change in &comparison.changes {
            let (shown, shadow) = (&change.shown, &change.shadow);
            print::line(&format!("  {shown} -> {shadow}: {}", change.n_slides))?;
        }
        Ok(())
    }
}

impl By {
    /// As the audit trail has it.
    fn name(&self) -> String {
        format!("{} (command line)", self.by)
    }
}

impl From<Target> for ModelTarget {
    fn from(target: Target) -> Self {
        match target {
            Target::Shadow => Self::Shadow,
            Target::Active => Self::Active,
            Target::Retired => Self::Retired,
        }
    }
}

fn print_moved(moved: Moved) -> Result<()> {
    match moved {
        Moved::Done(row) => print_model(&row.into()),
        Moved::Refused(refusal) => bail!("refused: {refusal}"),
    }
}

fn print_model(model: &ModelView) -> Result<()> {
    let version = model.version.as_deref().unwrap_or_default();
    let (kind, state) = (model.kind.name(), model.state);
    print::line(&format!(
        "{}  {kind}  {} {version}  {state}",
        model.hash, model.name
    ))
}
