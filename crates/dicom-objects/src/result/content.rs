use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::Told;
use crate::DataSet;

/// The scheme of terms that no standard has: ours (PS3.16 section 8, "99" and a name).
pub(super) const OURS: &str = "99COVERSLIP";

/// What all cells and tiles are: tissue.
pub(super) const TISSUE: [&str; 3] = ["85756007", "SCT", "Tissue"];
pub(super) const NO_UNITS: [&str; 3] = ["1", "UCUM", "no units"];

/// Content identification macro (PS3.3 section 10.9). `label` is in capitals, of at most 16
/// characters.
pub(super) fn content(told: &Told<'_>, label: &str) -> DataSet {
    DataSet::new()
        .text(tags::CONTENT_LABEL, VR::CS, label)
        .words(tags::CONTENT_DESCRIPTION, &told.title())
        .unknown(&[(tags::CONTENT_CREATOR_NAME, VR::PN)])
}
