//! `coverslip task import`: a published head becomes a task's folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use flow::{Precision, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use mil::{Answers, HeadKind, ImportedHead, MilError, Task, TaskFile, import_head};
use serde::Deserialize;

use crate::encoder_choice::EncoderChoice;
use crate::exit::Outcome;
use crate::files;
use crate::print;

/// No data stand behind an imported task: a probability counts as it comes.
const THRESHOLD: f64 = 0.5;
const TEMPERATURE: f64 = 1.0;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Safetensors or PyTorch file, or the folder of a WSInfer-MIL model. A pickle is never run.
    checkpoint: PathBuf,
    /// Whose head it is.
    #[arg(long = "as", value_enum, value_name = "HEAD")]
    head: PublishedHead,
    /// The encoder whose bags it reads: a folder of `coverslip encoder import`, or the name under
    /// which bags were imported. A WSInfer-MIL model names its own.
    #[arg(long)]
    encoder: Option<String>,
    /// Names of the classes: the negative and the positive one, or all in the head's order. A
    /// WSInfer-MIL model names its own.
    #[arg(long, value_delimiter = ',')]
    classes: Vec<String>,
    /// What the task shall be called.
    #[arg(long)]
    id: TaskId,
    #[arg(long, default_value = "1.0.0")]
    version: TaskVersion,
    /// Where `task.json` and `head.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PublishedHead {
    Dsmil,
    ClamSb,
    ClamMb,
    Abmil,
    Dtfd,
    TransMil,
    Wsinfer,
}

/// `config.json` of a WSInfer-MIL model, as far as it is needed.
#[derive(Debug, Deserialize)]
struct WsinferConfig {
    r#type: String,
    feature_extractor: String,
    class_names: Vec<String>,
}

impl Import {
    pub(super) fn run(self) -> Result<Outcome> {
        let found = weights::read(&self.checkpoint)
            .with_context(|| format!("cannot take {}", self.checkpoint.display()))?;
        let stated = self.stated()?;
        let imported = match self.read_head(&found) {
            Ok(imported) => imported,
            Err(error @ MilError::Checkpoint(_)) => {
                print::line(&format!("refused: {error}; nothing was written"))?;
                return Ok(Outcome::Refused);
            }
            Err(error) => return Err(error.into()),
        };
        print::line(imported.report.to_string().trim_end())?;
        let file = self.task_file(&imported, stated.as_ref())?;
        let json = serde_json::to_vec_pretty(&file)?;
        Task::load(&json, &[&imported.weights]).context("the head makes no task")?;
        files::write_shown(
            &self.out,
            &[
                ("task.json", &json),
                ("head.safetensors", &imported.weights),
            ],
        )?;
        Ok(Outcome::Done)
    }

    fn read_head(&self, found: &weights::StateDict) -> Result<ImportedHead, MilError> {
        let kind = match self.head {
            PublishedHead::Dsmil => HeadKind::Dsmil,
            PublishedHead::ClamSb => HeadKind::ClamSb,
            PublishedHead::ClamMb => HeadKind::ClamMb,
            PublishedHead::Abmil => HeadKind::GatedAbmil,
            PublishedHead::Dtfd => HeadKind::Dtfd,
            PublishedHead::TransMil => HeadKind::TransMil,
            // Only the form with several branches numbers its classifiers.
            PublishedHead::Wsinfer if found.get("classifiers.0.weight").is_some() => {
                HeadKind::ClamMb
            }
            PublishedHead::Wsinfer => HeadKind::ClamSb,
        };
        import_head(kind, found)
    }

    fn stated(&self) -> Result<Option<WsinferConfig>> {
        if !matches!(self.head, PublishedHead::Wsinfer) {
            return Ok(None);
        }
        let path = self.checkpoint.join("config.json");
        let config: WsinferConfig = serde_json::from_str(&files::read_text(&path)?)
            .with_context(|| format!("{} is no WSInfer-MIL model", path.display()))?;
        ensure!(
            config.r#type == "clam",
            "the model is of type `{}`; only `clam` is known",
            config.r#type
        );
        Ok(Some(config))
    }

    fn task_file(
        &self,
        imported: &ImportedHead,
        stated: Option<&WsinferConfig>,
    ) -> Result<TaskFile> {
        let encoder = self.encoder.as_deref();
        let encoder = encoder.or(stated.map(|config| config.feature_extractor.as_str()));
        let encoder = encoder.context("name the encoder whose bags the head reads by --encoder")?;
        let classes = match (self.classes.as_slice(), stated) {
            ([], Some(config)) => &config.class_names,
            (given, _) => given,
        };
        let answers = answers(classes)?;
        Ok(TaskFile {
            id: self.id.clone(),
            version: self.version.clone(),
            encoder: EncoderChoice::parse(encoder, Precision::F32)?.encoder,
            head: imported.config,
            threshold: matches!(answers, Answers::Detection { .. }).then_some(THRESHOLD),
            answers,
            covariates: None,
            temperature: TEMPERATURE,
            conformal: None,
            distribution: None,
            admission: None,
            regulatory_status: RegulatoryStatus::ResearchUseOnly,
            intended_use: intended_use(&self.checkpoint),
            heads: vec![Sha256Digest::of(&imported.weights)],
            training: None,
        })
    }
}

fn answers(classes: &[String]) -> Result<Answers> {
    match classes {
        [] | [_] => bail!("name the head's classes: --classes NEGATIVE,POSITIVE"),
        [negative, positive] => Ok(Answers::Detection {
            negative: negative.clone(),
            positive: positive.clone(),
            grade_scale: None,
        }),
        names => Ok(Answers::Classes {
            names: names.to_owned(),
        }),
    }
}

fn intended_use(checkpoint: &Path) -> String {
    let name = checkpoint.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "research on the published head `{name}`; its threshold and its probabilities were not \
         fitted to any data here"
    )
}
