use std::collections::HashMap;

use catalog::{Catalog, CatalogError, Finding, JudgedSlide, ReviewRow, standing_reviews};
use chrono::DateTime;
use evaluation::{Answers, Grouping, Kind, Predictions};
use flow::{CovariateValues, Prediction, Sha256Digest, SlideId};

use super::scanner_name;

/// Slides that are read at a time: their results are large.
const PAGE: u32 = 200;

/// What stands in a column of a slide of which it is not known.
const NOT_KNOWN: &str = "not known";

/// What a task said of slides, beside what a person said of them in a case that was signed.
pub(super) struct SignedCalls {
    /// Slides that the task scored.
    pub(super) n_scored: u64,
    /// Those of them that somebody judged and signed.
    pub(super) n_signed: u64,
    /// Those of these to which it gave no answer: they are in no figure.
    pub(super) n_abstained: u64,
    /// `None` where there is no other.
    pub(super) predictions: Option<Predictions>,
}

/// A slide with both answers.
struct SignedCall {
    truth: usize,
    called: usize,
    probabilities: Vec<f64>,
    patient: String,
    /// One a column of [`COLUMNS`].
    groups: [Option<String>; COLUMNS.len()],
}

/// What slides are grouped by.
const COLUMNS: [&str; 6] = ["site", "scanner", "stain", "stain batch", "age", "sex"];

/// How a task answers, as its results tell.
struct Form {
    kind: Kind,
    classes: Vec<String>,
}

impl SignedCalls {
    pub(super) async fn read(catalog: &Catalog, task: Sha256Digest) -> Result<Self, CatalogError> {
        let judgements = catalog.judgements_since(task, DateTime::UNIX_EPOCH).await?;
        let by_slide = judgements.chunk_by(|a, b| a.slide == b.slide);
        let findings =
            by_slide.filter_map(|reviews| Some((reviews[0].slide, last(reviews, task)?)));
        let findings: HashMap<SlideId, Finding> = findings.collect();
        let mut calls = Self {
            n_scored: catalog.n_observed(task).await?,
            n_signed: 0,
            n_abstained: 0,
            predictions: None,
        };
        let (mut form, mut found) = (None, Vec::new());
        let mut after = None;
        loop {
            let page = catalog.judged_slides(task, after, PAGE).await?;
            for slide in &page {
                let finding = findings.get(&slide.prediction.slide);
                let Some(finding) = finding else { continue };
                calls.n_signed += 1;
                if slide.prediction.abstention.is_some() {
                    calls.n_abstained += 1;
                    continue;
                }
                let form = form.get_or_insert_with(|| Form::of(&slide.prediction));
                found.extend(form.call(slide, finding));
            }
            match page.last() {
                Some(last) => after = Some(last.prediction.slide),
                None => break,
            }
        }
        calls.predictions = form.map(|form| form.predictions(found));
        Ok(calls)
    }
}

/// What a person last said of the task's result.
fn last(reviews: &[ReviewRow], task: Sha256Digest) -> Option<Finding> {
    let of_task = |review: &&ReviewRow| {
        let result = review.opinion.result();
        result.is_some_and(|result| result.task.hash == task)
    };
    let last = standing_reviews(reviews).filter(of_task).last()?;
    last.opinion.finding()
}

impl Form {
    /// All results of one task have one form.
    fn of(prediction: &Prediction) -> Self {
        let classes = &prediction.class_probabilities;
        match classes.is_empty() {
            true => Self {
                kind: Kind::Binary {
                    threshold: prediction.threshold,
                },
                classes: vec!["negative".to_owned(), "positive".to_owned()],
            },
            false => Self {
                kind: Kind::Classes,
                classes: classes.iter().map(|class| class.label.clone()).collect(),
            },
        }
    }

    /// `None` where a person said it in other words than the task's.
    fn call(&self, slide: &JudgedSlide, finding: &Finding) -> Option<SignedCall> {
        let prediction = &slide.prediction;
        let class = |label: &str| self.classes.iter().position(|class| class == label);
        let (truth, called, probabilities) = match self.kind {
            Kind::Binary { .. } => (
                usize::from(finding.call.is_positive),
                usize::from(prediction.call.is_positive),
                vec![1.0 - prediction.probability, prediction.probability],
            ),
            Kind::Classes | Kind::Grades => (
                class(&finding.call.label)?,
                class(&prediction.call.label)?,
                prediction
                    .class_probabilities
                    .iter()
                    .map(|class| class.probability)
                    .collect(),
            ),
        };
        let patient = slide
            .patient
            .as_ref()
            .map(|patient| patient.reveal().to_owned());
        Some(SignedCall {
            truth,
            called,
            probabilities,
            patient: patient.unwrap_or_else(|| slide.case.to_string()),
            groups: groups(slide),
        })
    }

    fn predictions(self, calls: Vec<SignedCall>) -> Predictions {
        let groupings = COLUMNS.iter().enumerate();
        let groupings =
            groupings.filter(|(at, _)| calls.iter().any(|call| call.groups[*at].is_some()));
        let groupings = groupings.map(|(at, column)| Grouping {
            column: (*column).to_owned(),
            values: calls
                .iter()
                .map(|call| value(call.groups[at].as_deref()))
                .collect(),
        });
        Predictions {
            groupings: groupings.collect(),
            answers: Answers {
                kind: self.kind,
                classes: self.classes,
                truth: calls.iter().map(|call| call.truth).collect(),
                called: calls.iter().map(|call| call.called).collect(),
                probabilities: calls
                    .iter()
                    .map(|call| call.probabilities.clone())
                    .collect(),
            },
            patients: Some(calls.into_iter().map(|call| call.patient).collect()),
        }
    }
}

fn value(known: Option<&str>) -> String {
    known.unwrap_or(NOT_KNOWN).to_owned()
}

fn groups(slide: &JudgedSlide) -> [Option<String>; COLUMNS.len()] {
    let given = |name| covariate(&slide.covariates, name);
    [
        given("site"),
        Some(scanner_name(slide.scanner.as_deref()).to_owned()),
        slide.stain.as_ref().map(|stain| stain.reveal().to_owned()),
        given("stain_batch"),
        given("age")
            .and_then(|age| age_band(&age))
            .map(str::to_owned),
        given("sex"),
    ]
}

/// However its name is written.
fn covariate(given: &CovariateValues, name: &str) -> Option<String> {
    let own = given.names().find(|own| own.eq_ignore_ascii_case(name))?;
    given.get(own).map(str::to_owned)
}

fn age_band(age: &str) -> Option<&'static str> {
    let years: f64 = age.parse().ok()?;
    Some(match years {
        ..40.0 => "under 40",
        40.0..55.0 => "40 to 54",
        55.0..70.0 => "55 to 69",
        _ => "70 and over",
    })
}
