use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_objects::{DataSet, decimal, on_the_slide};
use flow::PixelSize;

use super::encapsulated::FrameTable;
use super::header::InstanceFacts;
use crate::jpeg::FrameModel;

/// Thickness of the section in micrometres: scanners do not say, and 4 is what laboratories cut.
const SECTION_UM: f32 = 4.0;

/// The pixels: how large the level is, how a frame is stored and what compression lost
/// (PS3.3 sections C.7.6.3 and C.8.12.4).
pub(super) fn data_set(facts: &InstanceFacts, frames: &FrameTable) -> DataSet {
    total_matrix(facts)
        .with(frame_pixels(facts, frames))
        .with(compression(facts, frames))
}

fn total_matrix(facts: &InstanceFacts) -> DataSet {
    let PixelSize { width, height } = facts.grid.level;
    let millimetres = |pixels: u32| (f64::from(pixels) * facts.mpp.get() / 1000.0) as f32;
    on_the_slide(width, height)
        .value(tags::IMAGED_VOLUME_WIDTH, VR::FL, millimetres(width))
        .value(tags::IMAGED_VOLUME_HEIGHT, VR::FL, millimetres(height))
        .value(tags::IMAGED_VOLUME_DEPTH, VR::FL, SECTION_UM)
}

fn frame_pixels(facts: &InstanceFacts, frames: &FrameTable) -> DataSet {
    let tile = facts.grid.tile;
    let data_set = DataSet::new()
        .text(
            tags::NUMBER_OF_FRAMES,
            VR::IS,
            &frames.n_frames().to_string(),
        )
        .value(tags::SAMPLES_PER_PIXEL, VR::US, samples(facts.model))
        .text(
            tags::PHOTOMETRIC_INTERPRETATION,
            VR::CS,
            photometric(facts.model),
        )
        .value(tags::ROWS, VR::US, tile.height as u16)
        .value(tags::COLUMNS, VR::US, tile.width as u16)
        .value(tags::BITS_ALLOCATED, VR::US, 8_u16)
        .value(tags::BITS_STORED, VR::US, 8_u16)
        .value(tags::HIGH_BIT, VR::US, 7_u16)
        .value(tags::PIXEL_REPRESENTATION, VR::US, 0_u16);
    match facts.model {
        FrameModel::Grey => data_set
            .text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY")
            .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
            .text(tags::RESCALE_SLOPE, VR::DS, "1"),
        FrameModel::Rgb | FrameModel::YCbCr(_) => {
            data_set.value(tags::PLANAR_CONFIGURATION, VR::US, 0_u16)
        }
    }
}

const fn samples(model: FrameModel) -> u16 {
    match model {
        FrameModel::Grey => 1,
        FrameModel::Rgb | FrameModel::YCbCr(_) => 3,
    }
}

/// PS3.3 section C.7.6.3.1.2. `YBR_FULL_422` is the name for YCbCr JPEG in general, 4:2:0 and 4:4:4
/// included: the JPEG itself says how its colour is subsampled.
const fn photometric(model: FrameModel) -> &'static str {
    match model {
        FrameModel::Grey => "MONOCHROME2",
        FrameModel::Rgb => "RGB",
        FrameModel::YCbCr(_) => "YBR_FULL_422",
    }
}

/// States our own compression alone: what a scanner did before that, its file does not say.
fn compression(facts: &InstanceFacts, frames: &FrameTable) -> DataSet {
    let frame_bytes = facts.grid.tile.area() * u64::from(samples(facts.model));
    // Ten characters always, so that the header has one length whatever the ratio turns out to be.
    let ratio = format!("{:>10}", decimal_ratio(frame_bytes, frames));
    DataSet::new()
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01")
        .text(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, &ratio)
        .text(tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, "ISO_10918_1")
}

fn decimal_ratio(frame_bytes: u64, frames: &FrameTable) -> String {
    let raw = frame_bytes as f64 * frames.n_frames() as f64;
    let ratio = raw / frames.compressed_bytes().max(1) as f64;
    decimal((ratio.min(99_999.0) * 100.0).round() / 100.0)
}
