use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use flow::{DicomUid, SlideId, UidRole};

use crate::DataSet;

/// That a frame's place follows from its number: TILED_FULL (PS3.3 section C.7.6.17).
pub fn tiled_full(slide: &SlideId) -> DataSet {
    dimensions(slide, &PLACE).text(tags::DIMENSION_ORGANIZATION_TYPE, VR::CS, "TILED_FULL")
}

/// That each frame says where it lies, along these dimensions: TILED_SPARSE.
pub(crate) fn tiled_sparse(slide: &SlideId, dimension: &[[Tag; 2]]) -> DataSet {
    dimensions(slide, dimension).text(tags::DIMENSION_ORGANIZATION_TYPE, VR::CS, "TILED_SPARSE")
}

/// An attribute that tells frames apart, and the functional group that it is in.
pub(crate) const PLACE: [[Tag; 2]; 2] = [
    [
        tags::ROW_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX,
        tags::PLANE_POSITION_SLIDE_SEQUENCE,
    ],
    [
        tags::COLUMN_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX,
        tags::PLANE_POSITION_SLIDE_SEQUENCE,
    ],
];

fn dimensions(slide: &SlideId, along: &[[Tag; 2]]) -> DataSet {
    let uid = DicomUid::derive(slide, UidRole::DimensionOrganization);
    let organization = DataSet::new().text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, uid.as_str());
    let pointer = |to: Tag| PrimitiveValue::Tags([to].into_iter().collect());
    let index = along.iter().map(|[attribute, group]| {
        organization
            .clone()
            .value(tags::DIMENSION_INDEX_POINTER, VR::AT, pointer(*attribute))
            .value(tags::FUNCTIONAL_GROUP_POINTER, VR::AT, pointer(*group))
    });
    let index: Vec<_> = index.collect();
    DataSet::new()
        .sequence(tags::DIMENSION_ORGANIZATION_SEQUENCE, [organization])
        .sequence(tags::DIMENSION_INDEX_SEQUENCE, index)
}

/// Where the pixels lie on the glass: the first one in the corner of the slide, rows and columns as
/// the slide's own levels have them (PS3.3 section C.8.12.4). `width` and `height` are in pixels.
pub fn on_the_slide(width: u32, height: u32) -> DataSet {
    let corner = DataSet::new()
        .text(tags::X_OFFSET_IN_SLIDE_COORDINATE_SYSTEM, VR::DS, "0")
        .text(tags::Y_OFFSET_IN_SLIDE_COORDINATE_SYSTEM, VR::DS, "0");
    DataSet::new()
        .value(tags::TOTAL_PIXEL_MATRIX_COLUMNS, VR::UL, width)
        .value(tags::TOTAL_PIXEL_MATRIX_ROWS, VR::UL, height)
        .value(tags::TOTAL_PIXEL_MATRIX_FOCAL_PLANES, VR::UL, 1_u32)
        .sequence(tags::TOTAL_PIXEL_MATRIX_ORIGIN_SEQUENCE, [corner])
        .text(tags::IMAGE_ORIENTATION_SLIDE, VR::DS, r"0\-1\0\-1\0\0")
}

/// How large a pixel is and how thick the section: 4 um is what laboratories cut.
pub fn pixel_measures(um_per_pixel: f64) -> DataSet {
    let spacing = crate::decimal(um_per_pixel / 1000.0);
    DataSet::new()
        .text(
            tags::PIXEL_SPACING,
            VR::DS,
            &format!(r"{spacing}\{spacing}"),
        )
        .text(tags::SLICE_THICKNESS, VR::DS, "0.004")
}
