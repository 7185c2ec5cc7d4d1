//! Attributes that are the same in every level of every slide, and those that are empty in results
//! too, so that a search by them needs no reading: nothing in storage comes from a patient.

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_objects::ResultSeries;

use super::filter::Filter;

const OF_LEVELS: [(Tag, &str); 3] = [
    (tags::MODALITY, "SM"),
    (
        tags::SOP_CLASS_UID,
        uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
    ),
    (tags::SERIES_NUMBER, "1"),
];

const EMPTY: [Tag; 9] = [
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::STUDY_ID,
    tags::ACCESSION_NUMBER,
];

/// Instances of a slide, or of what tells of its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Levels,
    Results,
}

/// Whether a filter lets all instances of a kind through, or none; `None` where that depends.
pub(super) fn verdict(filter: &Filter, kind: Kind) -> Option<bool> {
    let is = |tag: Tag| filter.attribute.is(&[tag]);
    let takes = |text: &str| filter.takes(&[text.to_owned()]);
    if EMPTY.into_iter().any(is) {
        return Some(filter.takes(&[]));
    }
    // Every study has a slide.
    if is(tags::MODALITIES_IN_STUDY) && takes("SM") {
        return Some(true);
    }
    match kind {
        Kind::Levels => {
            let constant = OF_LEVELS.iter().find(|(tag, _)| is(*tag));
            constant.map(|(_, text)| takes(text))
        }
        Kind::Results => {
            let is_possible = ResultSeries::ALL
                .iter()
                .any(|series| takes(series.modality()));
            (is(tags::MODALITY) && !is_possible).then_some(false)
        }
    }
}
