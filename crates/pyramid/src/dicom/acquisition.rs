use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_objects::{DataSet, UNKNOWN_DATE, UNKNOWN_TIME};
use flow::TileOrigin;

use super::header::InstanceFacts;

/// What kind of image this is and how it was taken (PS3.3 sections C.7.6.14 and C.8.12.4).
pub(super) fn data_set(facts: &InstanceFacts) -> DataSet {
    DataSet::new()
        .text(tags::IMAGE_TYPE, VR::CS, image_type(facts))
        .text(tags::CONTENT_DATE, VR::DA, UNKNOWN_DATE)
        .text(tags::CONTENT_TIME, VR::TM, UNKNOWN_TIME)
        .text(tags::ACQUISITION_DATE_TIME, VR::DT, "19000101000000")
        .unknown(&[(tags::ACQUISITION_CONTEXT_SEQUENCE, VR::SQ)])
        .text(tags::VOLUMETRIC_PROPERTIES, VR::CS, "VOLUME")
        .text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO")
        .text(tags::SPECIMEN_LABEL_IN_IMAGE, VR::CS, "NO")
        .text(tags::FOCUS_METHOD, VR::CS, "AUTO")
        .text(tags::EXTENDED_DEPTH_OF_FIELD, VR::CS, "NO")
}

/// The scanner's own frames are original; what was compressed once more is derived. A level below
/// the first is always resampled, by the scanner or by us.
pub(super) fn image_type(facts: &InstanceFacts) -> &'static str {
    match (facts.origin, facts.level.0) {
        (TileOrigin::Copied, 0) => r"ORIGINAL\PRIMARY\VOLUME\NONE",
        (TileOrigin::Copied, _) => r"ORIGINAL\PRIMARY\VOLUME\RESAMPLED",
        (TileOrigin::Transcoded, 0) => r"DERIVED\PRIMARY\VOLUME\NONE",
        (TileOrigin::Transcoded | TileOrigin::Halved, _) => r"DERIVED\PRIMARY\VOLUME\RESAMPLED",
    }
}
