use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use catalog::{AuditAction, AuditEvent, Catalog, Finding, ReviewRow, standing_reviews};
use clap::Args;
use csv::Writer;
use flow::{CaseId, SlideId, TaskId};
use mil::train::BagLabel;
use mil::{Answers, AnyTask};
use serde_json::json;

use crate::catalog_args::CatalogArgs;
use crate::exit::Outcome;
use crate::{print, task_folder};

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    catalog: CatalogArgs,
    /// The task whose results were judged, as `coverslip task list` names it.
    #[arg(long)]
    task: TaskId,
    /// The CSV that is written; one that is there is refused.
    #[arg(long)]
    out: PathBuf,
}

/// One slide and what a person last said of it.
struct Label {
    slide: SlideId,
    words: String,
    /// Stands for the patient without naming them.
    patient: Option<CaseId>,
}

impl Export {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let answers = self.answers()?;
        let catalog = self.catalog.open().await?;
        let judgements = catalog.judgements().await?;
        let mut patients = Patients::default();
        let (mut labels, mut n_unusable) = (Vec::new(), 0_usize);
        for (slide, finding) in last_words(&judgements, &self.task) {
            match words(&answers, &finding) {
                Some(words) => labels.push(Label {
                    slide,
                    words,
                    patient: patients.of(&catalog, slide).await?,
                }),
                None => n_unusable += 1,
            }
        }
        ensure!(
            !labels.is_empty(),
            "nobody accepted or overrode a result of the task `{}` in its own words",
            self.task
        );
        self.write(&labels)?;
        self.note(&catalog, labels.len()).await?;
        print::line(&format!(
            "{} labels in {}; {n_unusable} judgements are not in the task's words",
            labels.len(),
            self.out.display()
        ))?;
        Ok(Outcome::Done)
    }

    fn answers(&self) -> Result<Answers> {
        let shipped = shipped::tasks().context("cannot load the shipped tasks")?;
        let installed = task_folder::installed_in(&self.catalog.place()?.folder);
        let installed = task_folder::below(&installed)?.into_iter();
        // A folder that holds no task is told of by `coverslip task list`.
        let installed = installed.filter_map(|folder| task_folder::read(&folder).ok());
        let shipped = shipped.into_iter().map(AnyTask::from);
        let mut tasks = shipped.chain(installed);
        let task = tasks.find(|task| task.reference().id == self.task);
        let task = task.with_context(|| {
            format!(
                "there is no task `{}`: `coverslip task list` has those there are",
                self.task
            )
        })?;
        Ok(task.answers().clone())
    }

    fn write(&self, labels: &[Label]) -> Result<()> {
        let cannot = || format!("cannot write {}", self.out.display());
        let file = std::fs::File::create_new(&self.out).with_context(cannot)?;
        let mut table = Writer::from_writer(file);
        table
            .write_record(["slide", "label", "patient"])
            .with_context(cannot)?;
        for Label {
            slide,
            words,
            patient,
        } in labels
        {
            let patient = patient.map(|id| id.to_string()).unwrap_or_default();
            let row = [slide.to_string(), words.clone(), patient];
            table.write_record(row).with_context(cannot)?;
        }
        table.flush().with_context(cannot)
    }

    async fn note(&self, catalog: &Catalog, n_labels: usize) -> Result<()> {
        let event = AuditEvent {
            actor: "command line".to_owned(),
            action: AuditAction::LabelsExported,
            slide: None,
            detail: json!({ "task": self.task, "n_labels": n_labels }),
        };
        Ok(catalog.audit(event).await?)
    }
}

/// Of each slide what was said last of the task's results and stands.
fn last_words(judgements: &[ReviewRow], task: &TaskId) -> Vec<(SlideId, Finding)> {
    let of_task = |review: &&ReviewRow| {
        let result = review.opinion.result();
        result.is_some_and(|result| result.task.id == *task)
    };
    let by_slide = judgements.chunk_by(|a, b| a.slide == b.slide);
    let last = by_slide.filter_map(|reviews| standing_reviews(reviews).filter(of_task).last());
    last.filter_map(|review| Some((review.slide, review.opinion.finding()?)))
        .collect()
}

/// The finding in the task's own words, if it has such.
fn words(answers: &Answers, finding: &Finding) -> Option<String> {
    let label = &finding.call.label;
    let words = match (answers, finding.grade) {
        (Answers::Grades { .. }, Some(grade)) => grade.to_string(),
        (Answers::Detection { .. }, Some(grade)) if finding.call.is_positive => {
            format!("{label} {grade}")
        }
        _ => label.clone(),
    };
    BagLabel::of_words(answers, &words).map(|_known| words)
}

/// Patients by the first of their cases: training must know which slides are of one patient, and
/// nothing else of them.
#[derive(Default)]
struct Patients(BTreeMap<String, CaseId>);

impl Patients {
    async fn of(&mut self, catalog: &Catalog, slide: SlideId) -> Result<Option<CaseId>> {
        let Some(place) = catalog.known_slide(slide).await?.place else {
            return Ok(None);
        };
        let case = catalog.known_case(place.case).await?;
        let Some(patient) = case.patient else {
            return Ok(Some(case.id));
        };
        let first = self.0.entry(patient.reveal().to_owned());
        Ok(Some(*first.or_insert(case.id)))
    }
}
