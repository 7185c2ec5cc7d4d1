use catalog::SlideRow;
use chrono::Utc;
use flow::{CaseId, SlideId};
use http::{Access, ApiError};
use reading::{CaseCall, TaskResult};
use report::{Block, Callout, Fact, Made, Report, Section, Table};

use super::slide::OfSlide;
use super::standing::Standing;
use super::words::{self, time};
use crate::CasesState;
use crate::worklist::{Assembled, AssembledSlide};

/// More than a pathologist leafs through, and than is well made in one piece.
const MOST_SLIDES: usize = 40;

/// All results so far are research use only.
const NOTICE: &str = "Research use only. Not for diagnosis. It assists; a human signs.";

/// The report on one slide, with the signature of its case.
pub(super) async fn of_slide(
    state: &CasesState,
    access: &Access,
    id: SlideId,
) -> Result<Report, ApiError> {
    let row = state.slide(id).await?;
    state.first_read.require(access, id).await?;
    let case = match &row.place {
        Some(place) => Some(assembled(state, access, place.case).await?),
        None => None,
    };
    let predictions = state.deps.catalog.predictions(id).await?;
    let reviews = state.deps.catalog.reviews(id).await?;
    let standing = Standing::of(case.as_ref())?;
    let mut sections: Vec<Section> = case.iter().map(|case| identity(case, &standing)).collect();
    let of_slide = OfSlide {
        row: &row,
        predictions: &predictions,
        reviews: &reviews,
    };
    sections.extend(of_slide.sections(state).await?);
    Ok(report(
        "Slide report",
        format!("Slide {id}"),
        access,
        standing.callout(),
        sections,
    ))
}

/// The report on a case and on all its slides.
pub(super) async fn of_case(
    state: &CasesState,
    access: &Access,
    id: CaseId,
) -> Result<Report, ApiError> {
    let case = assembled(state, access, id).await?;
    if let Some(slide) = case.withheld() {
        state.first_read.require(access, slide).await?;
    }
    let n_slides = case.slides.len();
    if n_slides > MOST_SLIDES {
        return Err(ApiError::conflict(format!(
            "the case has {n_slides} slides, and no more than {MOST_SLIDES} are reported in one \
             piece: make the report of each slide"
        )));
    }
    let standing = Standing::of(Some(&case))?;
    let mut sections = vec![
        identity(&case, &standing),
        together(&case.results(), n_slides),
    ];
    for (at, slide) in case.slides.iter().enumerate() {
        let of_slide = parts(slide).sections(state).await?;
        let named = of_slide.into_iter().map(|section| Section {
            heading: format!(
                "{}, {} of {n_slides}: {}",
                name(&slide.row),
                at + 1,
                section.heading
            ),
            ..section
        });
        sections.extend(named);
    }
    Ok(report(
        "Case report",
        format!("Case {id}"),
        access,
        standing.callout(),
        sections,
    ))
}

async fn assembled(state: &CasesState, access: &Access, id: CaseId) -> Result<Assembled, ApiError> {
    let row = state.deps.catalog.known_case(id).await?;
    Assembled::of(state, access, row).await
}

fn report(
    title: &str,
    subject: String,
    access: &Access,
    standing: Callout,
    sections: Vec<Section>,
) -> Report {
    Report {
        title: title.to_owned(),
        subject,
        made: Made {
            at: Utc::now(),
            by: access.name().to_owned(),
            with: concat!("Coverslip ", env!("CARGO_PKG_VERSION")).to_owned(),
        },
        notice: NOTICE.to_owned(),
        standing,
        sections,
    }
}

fn parts(slide: &AssembledSlide) -> OfSlide<'_> {
    OfSlide {
        row: &slide.row,
        predictions: slide.results.shown(),
        reviews: &slide.reviews,
    }
}

fn identity(case: &Assembled, standing: &Standing) -> Section {
    let mut facts = vec![
        Fact::new("Accession", case.row.accession.reveal()),
        Fact::new("Patient", words::private(case.row.patient.as_ref())),
        Fact::new("Opened", time(case.row.opened_at)),
        Fact::new("Slides", case.slides.len().to_string()),
    ];
    facts.extend(standing.facts());
    Section {
        heading: "Case".to_owned(),
        blocks: vec![Block::Facts(facts)],
    }
}

/// What all slides of the case say together.
fn together(results: &[TaskResult], n_slides: usize) -> Section {
    let rows = results.iter().map(|result| {
        let grade = result
            .worst_grade
            .map(|grade| format!(", worst grade {grade}"));
        vec![
            result.task.to_string(),
            format!("{}{}", call(result), grade.unwrap_or_default()),
            format!("{} of {n_slides}", result.n_positive),
            (result.abstaining.len() + result.without.len()).to_string(),
            result.n_by_person.to_string(),
        ]
    });
    let head = [
        "Task",
        "Case",
        "Positive slides",
        "Without an answer",
        "Answered by a person",
    ];
    let block = match results.is_empty() {
        true => Block::Text("No task has a result for any slide.".to_owned()),
        false => Block::Table(Table {
            head: head.map(str::to_owned).into(),
            rows: rows.collect(),
        }),
    };
    Section {
        heading: "All slides together".to_owned(),
        blocks: vec![
            block,
            Block::Text(
                "By a rule and not by a model: positive if any slide is, negative only if every \
                 slide is; where a person judged a result, their finding stands in its place."
                    .to_owned(),
            ),
        ],
    }
}

fn call(result: &TaskResult) -> String {
    match result.call {
        CaseCall::Positive => "positive".to_owned(),
        CaseCall::Negative => "negative".to_owned(),
        CaseCall::Open => "open".to_owned(),
        CaseCall::ByClass => {
            let classes = result.labels.iter();
            let classes = classes.map(|(label, n)| format!("{} {n}", words::label(label)));
            classes.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Where the slide belongs, in a few words.
fn name(row: &SlideRow) -> String {
    let place = row.place.as_ref();
    let parts = place.map(|place| [&place.part, &place.block, &place.stain]);
    let parts = parts.into_iter().flatten().flatten();
    let parts: Vec<&str> = parts.map(catalog::PrivateName::reveal).collect();
    match parts.is_empty() {
        true => "Slide".to_owned(),
        false => parts.join(" \u{b7} "),
    }
}
