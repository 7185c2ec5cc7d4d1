use chrono::{DateTime, Utc};
use flow::RegulatoryStatus;
use reading::{CaseRecord, ResearchResults, Signature, SlideRecord};
use serde::Serialize;

use super::case_observation::updated_at;
use super::observation::subject_of;
use super::{Observation, of_case, of_readers, task_observation};
use crate::code::FinalStatus;
use crate::element::{CodeableConcept, Coding, Identifier, Meta, Reference};
use crate::kind::ResourceKind;
use crate::systems;

/// What is reported of a case.
///
/// Until a person signed it is preliminary and shows what tasks say, marked, as far as that may leave. Once signed it is what
/// the signer and the readers say; what is for research only is no part of it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct DiagnosticReport {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) based_on: Vec<Reference>,
    pub(crate) status: FinalStatus,
    category: Vec<CodeableConcept>,
    code: CodeableConcept,
    pub(crate) subject: Reference,
    effective_date_time: DateTime<Utc>,
    issued: DateTime<Utc>,
    performer: Vec<Reference>,
    results_interpreter: Vec<Reference>,
    specimen: Vec<Reference>,
    result: Vec<Reference>,
    imaging_study: Vec<Reference>,
    conclusion: Option<String>,
}

impl DiagnosticReport {
    pub(crate) fn of(case: &CaseRecord, slides: &[SlideRecord], research: ResearchResults) -> Self {
        let signed = case.signed();
        let results = reported(case, slides, research);
        let updated = match signed {
            Some(signed) => signed.signed_at,
            None => updated_at(case, slides),
        };
        let signer = signed.map(|signed| Reference::practitioner(&signed.signer));
        let signer: Vec<_> = signer.into_iter().collect();
        let of_slides = |kind| {
            let slides = slides.iter().filter(|slide| is_reported(signed, slide));
            slides
                .map(|slide| Reference::to(kind, slide.row.id))
                .collect()
        };
        let orders = case.orders.iter();
        Self {
            id: case.row.id.to_string(),
            meta: match signed {
                None if research.let_out(FOR_RESEARCH) => {
                    Meta::updated(updated).marked(FOR_RESEARCH)
                }
                None | Some(_) => Meta::updated(updated),
            },
            identifier: vec![Identifier::accession(&case.row.accession)],
            based_on: orders
                .map(|order| Reference::to(ResourceKind::ServiceRequest, order.id))
                .collect(),
            status: status_of(signed, &results),
            category: vec![CodeableConcept::of(
                Coding::new("http://terminology.hl7.org/CodeSystem/v2-0074", "SP")
                    .shown_as("Surgical Pathology"),
            )],
            code: CodeableConcept::of(
                Coding::new(systems::LOINC, "11526-1").shown_as("Pathology study"),
            ),
            subject: subject_of(Some(case)),
            effective_date_time: updated,
            issued: updated,
            performer: signer.clone(),
            results_interpreter: signer,
            specimen: of_slides(ResourceKind::Specimen),
            result: results
                .iter()
                .map(|result| Reference::to(ResourceKind::Observation, &result.id))
                .collect(),
            imaging_study: of_slides(ResourceKind::ImagingStudy),
            conclusion: signed.and_then(|signed| signed.body.conclusion()),
        }
    }
}

const FOR_RESEARCH: RegulatoryStatus = RegulatoryStatus::ResearchUseOnly;

/// What the report is of: all there is, or once it is signed what people said.
fn reported(
    case: &CaseRecord,
    slides: &[SlideRecord],
    research: ResearchResults,
) -> Vec<Observation> {
    let mut results = of_case(case, slides, research);
    for slide in slides {
        let latest = slide.latest();
        let latest = latest.filter(|row| research.let_out(row.prediction.regulatory_status));
        results.extend(latest.map(|row| task_observation::of_result(row, Some(case))));
        results.extend(of_readers(slide, Some(case)));
    }
    if case.signed().is_some() {
        results.retain(|result| result.status != FinalStatus::Preliminary);
    }
    results
}

fn is_reported(signed: Option<&Signature>, slide: &SlideRecord) -> bool {
    signed.is_none_or(|signed| signed.body.slides.contains(&slide.row.id))
}

const fn status_of(signed: Option<&Signature>, results: &[Observation]) -> FinalStatus {
    match signed {
        Some(signed) if signed.version > 1 => FinalStatus::Amended,
        Some(_) => FinalStatus::Final,
        None if results.is_empty() => FinalStatus::Registered,
        None => FinalStatus::Preliminary,
    }
}
