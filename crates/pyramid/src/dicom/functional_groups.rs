use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use flow::{DicomUid, UidRole};

use super::acquisition;
use super::data_set::{DataSet, decimal};
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
        .with(dimensions(facts))
}

fn shared_groups(facts: &InstanceFacts) -> DataSet {
    let spacing = decimal(facts.mpp.get() / 1000.0);
    let measures = DataSet::new()
        .text(
            tags::PIXEL_SPACING,
            VR::DS,
            &format!(r"{spacing}\{spacing}"),
        )
        .text(tags::SLICE_THICKNESS, VR::DS, "0.004");
    let frame_type = DataSet::new().text(tags::FRAME_TYPE, VR::CS, acquisition::image_type(facts));
    let path = DataSet::new().text(
        tags::OPTICAL_PATH_IDENTIFIER,
        VR::SH,
        optical_path::IDENTIFIER,
    );
    DataSet::new()
        .sequence(tags::PIXEL_MEASURES_SEQUENCE, [measures])
        .sequence(
            tags::WHOLE_SLIDE_MICROSCOPY_IMAGE_FRAME_TYPE_SEQUENCE,
            [frame_type],
        )
        .sequence(tags::OPTICAL_PATH_IDENTIFICATION_SEQUENCE, [path])
}

fn dimensions(facts: &InstanceFacts) -> DataSet {
    let uid = DicomUid::derive(&facts.slide, UidRole::DimensionOrganization);
    let organization = DataSet::new().text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, uid.as_str());
    let along = |pointer: Tag| {
        DataSet::new()
            .text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, uid.as_str())
            .value(
                tags::DIMENSION_INDEX_POINTER,
                VR::AT,
                PrimitiveValue::Tags([pointer].into_iter().collect()),
            )
            .value(
                tags::FUNCTIONAL_GROUP_POINTER,
                VR::AT,
                PrimitiveValue::Tags([tags::PLANE_POSITION_SLIDE_SEQUENCE].into_iter().collect()),
            )
    };
    DataSet::new()
        .sequence(tags::DIMENSION_ORGANIZATION_SEQUENCE, [organization])
        .text(tags::DIMENSION_ORGANIZATION_TYPE, VR::CS, "TILED_FULL")
        .sequence(
            tags::DIMENSION_INDEX_SEQUENCE,
            [
                along(tags::ROW_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX),
                along(tags::COLUMN_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX),
            ],
        )
}
