//! Attributes that are the same in every instance there is, so that a search by them needs no
//! reading: nothing in storage comes from a patient, and all of it is slides.

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use super::filter::Filter;

const WRITTEN: [(Tag, &str); 4] = [
    (tags::MODALITY, "SM"),
    (tags::MODALITIES_IN_STUDY, "SM"),
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

/// Whether a filter lets all instances there are through, or none; `None` where that depends.
pub(super) fn verdict(filter: &Filter) -> Option<bool> {
    let is = |tag: Tag| filter.attribute.is(&[tag]);
    let written = WRITTEN.iter().find(|(tag, _)| is(*tag));
    match written {
        Some((_, text)) => Some(filter.takes(&[(*text).to_owned()])),
        None => EMPTY.into_iter().any(is).then(|| filter.takes(&[])),
    }
}
