use std::array;

use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use flow::HeatmapLayer;

use crate::DataSet;

pub(super) const N_COLOURS: usize = 256;

/// From the lowest value to the highest: hot iron (PS3.6 section B.1.1), or blue over white to red where values lie on
/// both sides of 0.
pub(super) fn colours(layer: HeatmapLayer) -> [[u8; 3]; N_COLOURS] {
    array::from_fn(|entry| match layer.is_signed() {
        true => blue_to_red(entry),
        false => hot_iron(entry),
    })
}

/// Palette of an image of stored values (PS3.3 sections C.7.6.19 and C.8.32.2), each sample in
/// 16 bits.
pub(super) fn palette(layer: HeatmapLayer) -> DataSet {
    let colours = colours(layer);
    let channel = |channel: usize| -> PrimitiveValue {
        let samples = colours.map(|colour| u16::from(colour[channel]) * 257);
        PrimitiveValue::U16(samples.into_iter().collect())
    };
    // The first and the last stored value that get a colour are told where values are mapped.
    let descriptor = || PrimitiveValue::U16([N_COLOURS as u16, 0, 16].into_iter().collect());
    DataSet::new()
        .value(
            tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            VR::US,
            descriptor(),
        )
        .value(
            tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            VR::US,
            descriptor(),
        )
        .value(
            tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            VR::US,
            descriptor(),
        )
        .value(
            tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            VR::OW,
            channel(0),
        )
        .value(
            tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            VR::OW,
            channel(1),
        )
        .value(
            tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            VR::OW,
            channel(2),
        )
}

fn hot_iron(entry: usize) -> [u8; 3] {
    let ramp = |from: usize, steps: usize| (entry.saturating_sub(from) * steps).min(255) as u8;
    let green = match entry {
        // In place of 254.
        255 => 255,
        _ => ramp(128, 2),
    };
    [ramp(0, 2), green, ramp(191, 4)]
}

fn blue_to_red(entry: usize) -> [u8; 3] {
    let rising = (2 * entry).min(255) as u8;
    let falling = (2 * (N_COLOURS - 1 - entry)).min(255) as u8;
    [rising, rising.min(falling), falling]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_between_blue_and_red() {
        let colours = colours(HeatmapLayer::LeaveOut);
        assert_eq!((colours[0], colours[255]), ([0, 0, 255], [255, 0, 0]));
        assert_eq!(
            (colours[127], colours[128]),
            ([254, 254, 255], [255, 254, 254])
        );
    }
}
