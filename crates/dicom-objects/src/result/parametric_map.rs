use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use flow::{Heatmap, HeatmapLayer, ValueRange};
use moxcms::CmsError;

use super::cells::{CellGrid, CellPicture};
use super::colours::{N_COLOURS, colours, palette};
use super::content::{NO_UNITS, OURS, content};
use super::identity::{frame_of_reference, identity, level_zero, referenced_series};
use super::{ResultObject, Told};
use crate::{DataSet, specimen, srgb_profile};

/// Stored where there is no tile; values begin behind it.
const NOTHING: u16 = 0;
const FIRST: u16 = 1;
const LAST: u16 = u16::MAX;
const GLASS: [u8; 3] = [255; 3];
const IMAGE_TYPE: &str = r"DERIVED\PRIMARY\VOLUME\QUANTITY";

/// A layer of the heatmap as a Parametric Map (PS3.3 section A.75): one pixel a cell, on the slide's
/// own frame of reference.
///
/// Values are stored in 16 bits, since only whole numbers can have a palette; the mapping to real
/// values gives them back within half a step, 1/131,068 of the range that is shown.
pub fn parametric_map(
    told: &Told<'_>,
    layer: HeatmapLayer,
    heatmap: &Heatmap,
) -> Result<DataSet, CmsError> {
    let cells = CellGrid::of(heatmap);
    let scale = Scale::of(layer, heatmap);
    let stored: Vec<u16> = cells.values().map(|value| scale.stored(value)).collect();
    let icc = srgb_profile()?;
    Ok(identity(told, ResultObject::Map(layer))
        .with(frame_of_reference(told))
        .with(specimen(told.slide()))
        .with(referenced_series(told))
        .sequence(tags::SOURCE_IMAGE_SEQUENCE, [level_zero(told)])
        .with(content(told, &layer.name().to_uppercase()))
        .with(image())
        .with(cells.data_set())
        .with(samples())
        .with(palette(layer))
        .value(
            tags::ICC_PROFILE,
            VR::OB,
            PrimitiveValue::from(icc.as_ref()),
        )
        .with(cells.places(told.slide(), &[]))
        .sequence(
            tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
            [groups(layer, &cells, scale)],
        )
        .value(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(stored.into_iter().collect()),
        ))
}

/// The same in its colours; glass where there is no tile.
pub fn map_picture(layer: HeatmapLayer, heatmap: &Heatmap) -> CellPicture {
    let (scale, colours) = (Scale::of(layer, heatmap), colours(layer));
    CellGrid::of(heatmap).picture(|value| match scale.stored(value) {
        NOTHING => GLASS,
        stored => {
            colours[usize::from(stored - FIRST) * (N_COLOURS - 1) / usize::from(LAST - FIRST)]
        }
    })
}

/// The real values of the first and the last stored one.
#[derive(Clone, Copy)]
struct Scale {
    first: f64,
    last: f64,
}

impl Scale {
    /// Of probabilities always the same, of others from 0 to the highest, or as far below 0 as above
    /// it.
    fn of(layer: HeatmapLayer, heatmap: &Heatmap) -> Self {
        let range = heatmap.range().unwrap_or(ValueRange { min: 0.0, max: 1.0 });
        let (min, max) = (f64::from(range.min), f64::from(range.max));
        let furthest = match min.abs().max(max.abs()) {
            0.0 => 1.0,
            furthest => furthest,
        };
        match layer {
            HeatmapLayer::Tile => Self {
                first: min.min(0.0),
                last: max.max(1.0),
            },
            HeatmapLayer::Attention => Self {
                first: min.min(0.0),
                last: furthest,
            },
            HeatmapLayer::LeaveOut | HeatmapLayer::Neighbourhood => Self {
                first: -furthest,
                last: furthest,
            },
        }
    }

    fn slope(self) -> f64 {
        (self.last - self.first) / f64::from(LAST - FIRST)
    }

    fn intercept(self) -> f64 {
        self.first - f64::from(FIRST) * self.slope()
    }

    fn stored(self, value: Option<f32>) -> u16 {
        let Some(value) = value else { return NOTHING };
        let stored = (f64::from(value) - self.intercept()) / self.slope();
        stored.round().clamp(f64::from(FIRST), f64::from(LAST)) as u16
    }
}

fn image() -> DataSet {
    DataSet::new()
        .text(tags::IMAGE_TYPE, VR::CS, IMAGE_TYPE)
        .unknown(&[(tags::ACQUISITION_CONTEXT_SEQUENCE, VR::SQ)])
        .text(tags::PIXEL_PRESENTATION, VR::CS, "COLOR_RANGE")
        .text(tags::CONTENT_QUALIFICATION, VR::CS, "RESEARCH")
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")
        .text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY")
}

fn samples() -> DataSet {
    DataSet::new()
        .value(tags::BITS_ALLOCATED, VR::US, 16_u16)
        .value(tags::BITS_STORED, VR::US, 16_u16)
        .value(tags::HIGH_BIT, VR::US, 15_u16)
        .value(tags::PIXEL_PADDING_VALUE, VR::US, NOTHING)
}

fn groups(layer: HeatmapLayer, cells: &CellGrid<'_>, scale: Scale) -> DataSet {
    let frame_type = DataSet::new().text(tags::FRAME_TYPE, VR::CS, IMAGE_TYPE);
    let window = DataSet::new()
        .text(tags::WINDOW_CENTER, VR::DS, "32768")
        .text(tags::WINDOW_WIDTH, VR::DS, "65535");
    let as_stored = DataSet::new()
        .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
        .text(tags::RESCALE_SLOPE, VR::DS, "1")
        .text(tags::RESCALE_TYPE, VR::LO, "US");
    let coloured = DataSet::new()
        .value(tags::MINIMUM_STORED_VALUE_MAPPED, VR::FD, f64::from(FIRST))
        .value(tags::MAXIMUM_STORED_VALUE_MAPPED, VR::FD, f64::from(LAST));
    DataSet::new()
        .sequence(tags::PIXEL_MEASURES_SEQUENCE, [cells.measures()])
        .sequence(tags::PARAMETRIC_MAP_FRAME_TYPE_SEQUENCE, [frame_type])
        .sequence(tags::FRAME_VOILUT_SEQUENCE, [window])
        .sequence(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, [as_stored])
        .sequence(tags::STORED_VALUE_COLOR_RANGE_SEQUENCE, [coloured])
        .sequence(
            tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE,
            [real_world(layer, scale)],
        )
}

/// PS3.3 section C.7.6.16.2.11.
fn real_world(layer: HeatmapLayer, scale: Scale) -> DataSet {
    let quantity = DataSet::new()
        .text(tags::VALUE_TYPE, VR::CS, "CODE")
        .code(
            tags::CONCEPT_NAME_CODE_SEQUENCE,
            ["246205007", "SCT", "Quantity"],
        )
        .code(
            tags::CONCEPT_CODE_SEQUENCE,
            [layer.name(), OURS, explanation(layer)],
        );
    DataSet::new()
        .text(tags::LUT_LABEL, VR::SH, layer.name())
        .words(tags::LUT_EXPLANATION, explanation(layer))
        .code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, NO_UNITS)
        // Without this one some readers refuse an image that has gaps.
        .value(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, VR::US, NOTHING)
        .value(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, VR::US, LAST)
        .value(tags::REAL_WORLD_VALUE_INTERCEPT, VR::FD, scale.intercept())
        .value(tags::REAL_WORLD_VALUE_SLOPE, VR::FD, scale.slope())
        .sequence(tags::QUANTITY_DEFINITION_SEQUENCE, [quantity])
}

/// At most 64 characters.
const fn explanation(layer: HeatmapLayer) -> &'static str {
    match layer {
        HeatmapLayer::Attention => "Attention, 1 is the average tile (not a probability)",
        HeatmapLayer::Tile => "Probability of the finding from the tile alone",
        HeatmapLayer::LeaveOut => "Fall of the log-odds without the tile",
        HeatmapLayer::Neighbourhood => "Fall of the log-odds without the tile and its neighbours",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heatmap(values: Vec<f32>) -> Heatmap {
        Heatmap {
            cell_um: 112.0,
            columns: values.len() as u32,
            rows: 1,
            values,
        }
    }

    #[test]
    fn real_values_come_back_within_half_a_step() {
        let values = vec![f32::NAN, -3.0, -0.25, 0.0, 1.0, 7.5];
        for layer in HeatmapLayer::ALL {
            let heatmap = heatmap(values.clone());
            let scale = Scale::of(layer, &heatmap);
            assert_eq!(scale.stored(heatmap.value(0, 0)), NOTHING);
            for column in 1..6 {
                let value = heatmap.value(column, 0);
                let stored = f64::from(scale.stored(value));
                let back = scale.intercept() + scale.slope() * stored;
                let off = (back - f64::from(value.unwrap_or(f32::NAN))).abs();
                assert!(off <= scale.slope() / 2.0 * 1.000_001, "{layer}: {off}");
            }
        }
    }

    #[test]
    fn a_layer_without_any_difference_is_drawn() {
        for values in [vec![0.0; 3], vec![f32::NAN; 3], vec![2.0; 3]] {
            let heatmap = heatmap(values);
            for layer in HeatmapLayer::ALL {
                assert!(Scale::of(layer, &heatmap).slope() > 0.0);
                assert_eq!(map_picture(layer, &heatmap).pixels.len(), 9);
            }
        }
    }
}
