use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_objects::{DataSet, pixel_measures, tiled_full};

use super::acquisition;
use super::header::InstanceFacts;
use super::optical_path;

/// What all frames have in common, and that their place follows from their number: TILED_FULL
/// (PS3.3 sections C.7.6.16 and C.7.6.17).
pub(super) fn data_set(facts: &InstanceFacts) -> DataSet {
    DataSet::new()
        .sequence(
            tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
            [shared_groups(facts)],
        )
        .with(tiled_full(&facts.slide))
}

fn shared_groups(facts: &InstanceFacts) -> DataSet {
    let frame_type = DataSet::new().text(tags::FRAME_TYPE, VR::CS, acquisition::image_type(facts));
    let path = DataSet::new().text(
        tags::OPTICAL_PATH_IDENTIFIER,
        VR::SH,
        optical_path::IDENTIFIER,
    );
    DataSet::new()
        .sequence(
            tags::PIXEL_MEASURES_SEQUENCE,
            [pixel_measures(facts.mpp.get())],
        )
        .sequence(
            tags::WHOLE_SLIDE_MICROSCOPY_IMAGE_FRAME_TYPE_SEQUENCE,
            [frame_type],
        )
        .sequence(tags::OPTICAL_PATH_IDENTIFICATION_SEQUENCE, [path])
}
