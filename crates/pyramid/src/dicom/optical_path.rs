use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use dicom_objects::DataSet;

use super::header::InstanceFacts;

/// The only light path there is; the scanners' files do not tell more than one apart.
pub(super) const IDENTIFIER: &str = "1";

/// How the slide was lit and which colours its samples stand for (PS3.3 section C.8.12.5).
pub(super) fn data_set(facts: &InstanceFacts) -> DataSet {
    let path = DataSet::new()
        .text(tags::OPTICAL_PATH_IDENTIFIER, VR::SH, IDENTIFIER)
        .code(tags::ILLUMINATION_TYPE_CODE_SEQUENCE, illumination(facts))
        .code(
            tags::ILLUMINATION_COLOR_CODE_SEQUENCE,
            ["414298005", "SCT", "Full Spectrum"],
        )
        .value(
            tags::ICC_PROFILE,
            VR::OB,
            PrimitiveValue::from(facts.icc.as_ref()),
        );
    DataSet::new()
        .value(tags::NUMBER_OF_OPTICAL_PATHS, VR::UL, 1_u32)
        .sequence(tags::OPTICAL_PATH_SEQUENCE, [path])
}

/// Glass is bright where light shines through it and dark where only the stain glows.
fn illumination(facts: &InstanceFacts) -> [&'static str; 3] {
    let brightness: u32 = facts
        .background
        .iter()
        .map(|&channel| u32::from(channel))
        .sum();
    if brightness < 3 * 64 {
        ["111743", "DCM", "Epifluorescence illumination"]
    } else {
        ["111744", "DCM", "Brightfield illumination"]
    }
}
