use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use flow::{DicomUid, TopTile};

use super::algorithm::algorithm;
use super::content::{NO_UNITS, OURS, TISSUE, content};
use super::identity::{identity, level_zero, referenced_series};
use super::{ResultObject, Told};
use crate::DataSet;

/// The tiles with most attention as Microscopy Bulk Simple Annotations (PS3.3 section A.87):
/// rectangles in pixels of level 0, hottest first, each with its figures. `None` without tiles.
pub fn annotations(told: &Told<'_>) -> Option<DataSet> {
    if told.prediction.top_tiles.is_empty() {
        return None;
    }
    let data_set = identity(told, ResultObject::Annotations)
        .with(referenced_series(told))
        .sequence(tags::REFERENCED_IMAGE_SEQUENCE, [level_zero(told)])
        .with(content(told, "TOP_TILES"))
        .unknown(&[(tags::LATERALITY, VR::CS)])
        .text(tags::ANNOTATION_COORDINATE_TYPE, VR::CS, "2D")
        .text(tags::PIXEL_ORIGIN_INTERPRETATION, VR::CS, "VOLUME")
        .sequence(tags::ANNOTATION_GROUP_SEQUENCE, [group(told)]);
    Some(data_set)
}

fn group(told: &Told<'_>) -> DataSet {
    let tiles = &told.prediction.top_tiles;
    let uid = DicomUid::of_result(told.slide(), &told.digest(), "annotation-group");
    DataSet::new()
        .value(tags::ANNOTATION_GROUP_NUMBER, VR::US, 1_u16)
        .text(tags::ANNOTATION_GROUP_UID, VR::UI, uid.as_str())
        .words(tags::ANNOTATION_GROUP_LABEL, "tiles with most attention")
        .text(tags::ANNOTATION_GROUP_GENERATION_TYPE, VR::CS, "AUTOMATIC")
        .sequence(
            tags::ANNOTATION_GROUP_ALGORITHM_IDENTIFICATION_SEQUENCE,
            [algorithm(told)],
        )
        .code(tags::ANNOTATION_PROPERTY_CATEGORY_CODE_SEQUENCE, TISSUE)
        .code(
            tags::ANNOTATION_PROPERTY_TYPE_CODE_SEQUENCE,
            [
                "top-tile",
                OURS,
                "Tile with most attention (not a probability)",
            ],
        )
        .value(tags::NUMBER_OF_ANNOTATIONS, VR::UL, tiles.len() as u32)
        .text(tags::ANNOTATION_APPLIES_TO_ALL_OPTICAL_PATHS, VR::CS, "YES")
        .text(tags::GRAPHIC_TYPE, VR::CS, "RECTANGLE")
        .value(
            tags::POINT_COORDINATES_DATA,
            VR::OF,
            floats(tiles.iter().flat_map(|tile| corners(told, tile))),
        )
        .sequence(tags::MEASUREMENTS_SEQUENCE, measurements(told))
}

/// Column and row of each corner, clockwise from the top left.
fn corners(told: &Told<'_>, tile: &TopTile) -> [f32; 8] {
    let [x, y, width, height] = tile.rect_um.in_pixels(told.mpp);
    let (right, bottom) = (x + width, y + height);
    [x, y, right, y, right, bottom, x, bottom].map(|length| length as f32)
}

fn measurements(told: &Told<'_>) -> Vec<DataSet> {
    let of = |name: [&str; 3], figure: fn(&TopTile) -> f64| {
        let figures = told.prediction.top_tiles.iter().map(figure);
        let values = DataSet::new().value(
            tags::FLOATING_POINT_VALUES,
            VR::OF,
            floats(figures.map(|figure| figure as f32)),
        );
        DataSet::new()
            .code(tags::CONCEPT_NAME_CODE_SEQUENCE, name)
            .code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, NO_UNITS)
            .sequence(tags::MEASUREMENT_VALUES_SEQUENCE, [values])
    };
    let mut measurements = vec![of(
        ["attention-share", OURS, "Share of all attention"],
        |tile| tile.attention,
    )];
    // Either all tiles have one or none has: a service may leave them out.
    let alone = told.prediction.top_tiles.iter();
    if told.shows_figures() && alone.clone().all(|tile| tile.tile_probability.is_some()) {
        measurements.push(of(
            [
                "tile-alone",
                OURS,
                "Probability of the finding from the tile alone",
            ],
            |tile| tile.tile_probability.unwrap_or_default(),
        ));
    }
    measurements
}

fn floats(values: impl Iterator<Item = f32>) -> PrimitiveValue {
    PrimitiveValue::F32(values.collect())
}
