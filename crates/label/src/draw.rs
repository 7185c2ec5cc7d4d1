use flow::PixelSize;
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};
use thiserror::Error;

use crate::{LabelPicture, Symbology};

/// Of the paper around a barcode, in modules; Code 128 wants ten on each side.
const QUIET: u32 = 12;
/// The length of Code 128's bars, in modules.
const BARS: u32 = 48;
/// Paper is not quite white.
const PAPER: u8 = 240;
const INK: u8 = 20;

/// Why a label could not be drawn. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this text does not fit into the barcode: take a shorter one, of plain letters and digits")]
pub struct DrawError;

/// A label with nothing but a barcode, whose narrowest bar or square has so many pixels a side.
///
/// # Errors
/// If the text has characters that the symbology lacks, or too many.
pub fn draw(
    symbology: Symbology,
    text: &str,
    pixels_a_module: u32,
) -> Result<LabelPicture, DrawError> {
    let modules = modules(symbology, text)?;
    let (width, height) = (modules.getWidth(), modules.getHeight());
    let bars = match symbology {
        Symbology::Code128 => BARS,
        Symbology::DataMatrix | Symbology::QrCode => height,
    };
    let scale = pixels_a_module.max(1);
    let size = PixelSize::new((width + 2 * QUIET) * scale, (bars + 2 * QUIET) * scale);
    let is_ink = |x: u32, y: u32| {
        let (x, y) = (
            (x / scale).checked_sub(QUIET)?,
            (y / scale).checked_sub(QUIET)?,
        );
        let row = if bars == height { y } else { 0 };
        (x < width && y < bars).then(|| modules.get(x, row))
    };
    let grey = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .map(|(x, y)| match is_ink(x, y) {
            Some(true) => INK,
            _ => PAPER,
        });
    LabelPicture::of_grey(size, grey.collect()).ok_or(DrawError)
}

fn modules(symbology: Symbology, text: &str) -> Result<rxing::common::BitMatrix, DrawError> {
    let format: BarcodeFormat = symbology.format();
    let encoded = MultiFormatWriter.encode(text, &format, 1, 1);
    // rxing's words may repeat the text, which may be a patient's.
    encoded.map_err(|_words| DrawError)
}
