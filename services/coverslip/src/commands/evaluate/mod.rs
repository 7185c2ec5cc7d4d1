//! `coverslip evaluate`: how good predictions are, as figures with intervals and as a model card.

mod answered;
mod described_task;
mod result;
mod scored;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use evaluation::{Bootstrap, GroupColumns, Report, TableConfig, from_csv};
use flow::Sha256Digest;
use mil::{Answers, AnyTask};

use self::answered::answered;
use self::described_task::DescribedTask;
use self::result::Evaluated;
use self::scored::scored;
use super::block_on;
use crate::cohort::{BagSource, LabelTable, SlidePrediction, predictions_table};
use crate::compute_choice::PrecisionChoice;
use crate::exit::Outcome;
use crate::files;
use crate::{print, task_folder};

const ENCODER_OF_A_SERVICE: &str = "the task is a service, whose answers are stored: they are of the \
     bags that its task.json names, so leave --encoder out";

#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// CSV as `coverslip train` writes it: `slide`, `label`, `probability` or `probability_CLASS`
    /// for each class, and where known `predicted`, `patient`, `site`, `scanner`.
    #[arg(long, required_unless_present = "bags", conflicts_with = "bags")]
    predictions: Option<PathBuf>,
    /// The folder of the task: of the one that made the predictions, for the card and for what is
    /// positive from where on; or of the one to score the bags with.
    #[arg(long)]
    task: Option<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Where `evaluation.json` and `card.html` are written, and `predictions.csv` of `--bags`.
    #[arg(long)]
    out: PathBuf,
    /// Print the evaluation as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    resampling: Resampling,
}

/// In place of predictions: slides to score with the task, or what it said of them if it is a service.
#[derive(Debug, Args)]
struct Scoring {
    /// A data folder with the slides embedded, or a folder of TRIDENT, CLAM or STAMP files; of a task
    /// that is a service, the data folder where it scored them, in shadow or in service.
    #[arg(long, requires_all = ["task", "labels"])]
    bags: Option<PathBuf>,
    /// A CSV of one slide a row: `slide`, `label`, and what else is known of it.
    #[arg(long, requires = "bags")]
    labels: Option<PathBuf>,
    /// The encoder of the bags: a folder that `coverslip encoder import` wrote, or a name; the one
    /// that ships, or that the feature files name, if not given.
    #[arg(long, requires = "bags")]
    encoder: Option<String>,
    #[command(flatten)]
    precision: PrecisionChoice,
}

/// How the table is read.
#[derive(Debug, Args)]
struct Reading {
    /// The label of the positive class; not needed where the labels are 0 and 1 or the task says.
    #[arg(long)]
    positive: Option<String>,
    /// A slide is called positive from this probability on [default: the task's, or 0.5]
    #[arg(long)]
    threshold: Option<f64>,
    /// A column whose groups are measured by themselves; may be given again [default: `site` and
    /// `scanner` where they are]
    #[arg(long)]
    by: Vec<String>,
}

/// How intervals are made.
#[derive(Debug, Args)]
struct Resampling {
    /// Bootstrap resamples behind each interval.
    #[arg(long, default_value_t = Bootstrap::default().resamples)]
    resamples: u32,
    /// Equal seeds give equal intervals.
    #[arg(long, default_value_t = Bootstrap::default().seed)]
    seed: u64,
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<Outcome> {
        let task = self.task.as_deref().map(DescribedTask::read).transpose()?;
        let csv = self.table()?;
        let report = self.report(&csv, task.as_ref())?;
        let evaluated = Evaluated::new(report, task, Sha256Digest::of(&csv));

        let json = serde_json::to_vec_pretty(&evaluated).context("cannot write JSON")?;
        let card = card::page(&evaluated.subject(), &evaluated.report);
        let mut files = vec![
            ("evaluation.json", json.as_slice()),
            ("card.html", card.as_bytes()),
        ];
        if self.predictions.is_none() {
            files.push(("predictions.csv", &csv));
        }
        let written = files::write(&self.out, &files)?;
        if self.json {
            print::json(&evaluated)?;
        } else {
            print::line(&evaluated.summary())?;
            for path in written {
                print::line(&path.display().to_string())?;
            }
        }
        Ok(Outcome::Done)
    }

    /// The predictions, read or made.
    fn table(&self) -> Result<Vec<u8>> {
        let Scoring {
            bags,
            labels,
            encoder,
            precision,
        } = &self.scoring;
        match (&self.predictions, &self.task, bags, labels) {
            (Some(predictions), ..) => files::read(predictions),
            (None, Some(task), Some(bags), Some(labels)) => match task_folder::read(task)? {
                AnyTask::Heads(task) => block_on(async {
                    let (encoder, precision) = (encoder.as_deref(), precision.precision);
                    let source = BagSource::open(bags, encoder, precision).await?;
                    scored(&task, source, labels).await
                }),
                AnyTask::Service(task) => {
                    ensure!(encoder.is_none(), ENCODER_OF_A_SERVICE);
                    block_on(answered(&task, bags, labels))
                }
            },
            _ => bail!("give --predictions, or --task with --bags and --labels"),
        }
    }

    fn report(&self, csv: &[u8], task: Option<&DescribedTask>) -> Result<Report> {
        let positive = task.and_then(DescribedTask::positive);
        let threshold = task.and_then(DescribedTask::threshold);
        let table = TableConfig {
            positive: self.reading.positive.clone().or(positive),
            threshold: self.reading.threshold.or(threshold).unwrap_or(0.5),
            by: match self.reading.by.is_empty() {
                true => GroupColumns::Usual,
                false => GroupColumns::Named(self.reading.by.clone()),
            },
        };
        let bootstrap = Bootstrap {
            resamples: self.resampling.resamples,
            seed: self.resampling.seed,
            ..Bootstrap::default()
        };
        let predictions = from_csv(csv, &table).context("cannot evaluate these predictions")?;
        Ok(Report::of(&predictions, &bootstrap)?)
    }
}

/// Of each row of the labels which answer was given, and how likely each is.
fn table_of_answers<'a>(
    labels: &LabelTable,
    answers: &Answers,
    said: impl Iterator<Item = (usize, &'a [f64])>,
) -> Result<Vec<u8>> {
    let names = answers.names();
    let slides = labels.rows.iter().zip(said);
    let slides = slides.map(|(row, (answer, probabilities))| SlidePrediction {
        row,
        fold: None,
        called: names[answer].clone(),
        probabilities,
    });
    predictions_table(labels, &names, slides)
}
