use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use flow::Heatmap;

use super::algorithm::algorithm;
use super::cells::{CellGrid, CellPicture};
use super::content::{OURS, TISSUE, content};
use super::identity::{frame_of_reference, identity, level_zero, referenced_series};
use super::{ResultObject, Told};
use crate::{DataSet, specimen};

/// There is one.
const SEGMENT: [[Tag; 2]; 1] = [[
    tags::REFERENCED_SEGMENT_NUMBER,
    tags::SEGMENT_IDENTIFICATION_SEQUENCE,
]];
const FOUND: [u8; 3] = [200, 30, 30];
const OTHER_TISSUE: [u8; 3] = [225, 225, 225];
const GLASS: [u8; 3] = [255; 3];

/// The tiles that alone would be called, as a binary Segmentation (PS3.3 section A.51). `tiles` is
/// the layer of their probabilities.
pub fn segmentation(told: &Told<'_>, tiles: &Heatmap) -> DataSet {
    let cells = CellGrid::of(tiles);
    let is_found = above(told);
    let found: Vec<bool> = cells.values().map(is_found).collect();
    identity(told, ResultObject::Segmentation)
        .with(frame_of_reference(told))
        .with(specimen(told.slide()))
        .with(referenced_series(told))
        .sequence(tags::SOURCE_IMAGE_SEQUENCE, [level_zero(told)])
        .with(content(told, "TILES_FOUND"))
        .text(tags::IMAGE_TYPE, VR::CS, r"DERIVED\PRIMARY")
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")
        .text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY")
        .text(tags::SEGMENTS_OVERLAP, VR::CS, "NO")
        .unknown(&[(tags::PATIENT_ORIENTATION, VR::CS)])
        .with(cells.data_set())
        .value(tags::BITS_ALLOCATED, VR::US, 1_u16)
        .value(tags::BITS_STORED, VR::US, 1_u16)
        .value(tags::HIGH_BIT, VR::US, 0_u16)
        .with(cells.places(told.slide(), &SEGMENT))
        .sequence(tags::SEGMENT_SEQUENCE, [segment(told)])
        .sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, [groups(&cells)])
        .value(tags::PIXEL_DATA, VR::OB, packed(&found))
}

/// The same drawn, over the tissue that was looked at.
pub fn segmentation_picture(told: &Told<'_>, tiles: &Heatmap) -> CellPicture {
    let is_found = above(told);
    CellGrid::of(tiles).picture(|value| match value {
        None => GLASS,
        value if is_found(value) => FOUND,
        Some(_) => OTHER_TISSUE,
    })
}

fn above(told: &Told<'_>) -> impl Fn(Option<f32>) -> bool + use<> {
    let threshold = told.tile_threshold();
    move |value| value.is_some_and(|value| f64::from(value) >= threshold)
}

fn segment(told: &Told<'_>) -> DataSet {
    let label = format!("tiles from probability {} on", told.tile_threshold());
    let task = told.prediction.task.id.as_str();
    DataSet::new()
        .value(tags::SEGMENT_NUMBER, VR::US, 1_u16)
        .words(tags::SEGMENT_LABEL, &label)
        .text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "AUTOMATIC")
        .words(tags::SEGMENT_ALGORITHM_NAME, task)
        .sequence(
            tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE,
            [algorithm(told)],
        )
        .code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, TISSUE)
        .code(
            tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE,
            [
                "found",
                OURS,
                "Tissue in which the task finds what it looks for",
            ],
        )
}

fn groups(cells: &CellGrid<'_>) -> DataSet {
    let segment = DataSet::new().value(tags::REFERENCED_SEGMENT_NUMBER, VR::US, 1_u16);
    DataSet::new()
        .sequence(tags::PIXEL_MEASURES_SEQUENCE, [cells.measures()])
        .sequence(tags::SEGMENT_IDENTIFICATION_SEQUENCE, [segment])
}

/// The first pixel in the lowest bit (PS3.5 section 8.1.1), to an even number of bytes.
fn packed(bits: &[bool]) -> PrimitiveValue {
    let byte = |bits: &[bool]| {
        let bits = bits.iter().enumerate();
        bits.fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at)
    };
    let mut bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    if bytes.len() % 2 == 1 {
        bytes.push(0);
    }
    PrimitiveValue::U8(bytes.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pixel_is_the_lowest_bit() {
        let mut bits = [false; 17];
        (bits[0], bits[9], bits[16]) = (true, true, true);
        let expected = PrimitiveValue::U8([1, 2, 1, 0].into_iter().collect());
        assert_eq!(packed(&bits), expected);
    }
}
