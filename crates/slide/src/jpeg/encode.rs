use flow::PixelSize;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

use crate::error::SlideError;
use crate::jpeg::{Colour, Sampling};

/// JPEG quality from 1 (smallest) to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JpegQuality(u8);

impl JpegQuality {
    /// Takes the nearest quality there is.
    pub fn new(quality: u8) -> Self {
        Self(quality.clamp(1, 100))
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for JpegQuality {
    fn default() -> Self {
        Self(80)
    }
}

/// Compresses tiles with 4:2:0 sampling; keep one for many tiles.
pub(crate) struct Encoder(Compressor);

impl Encoder {
    pub(crate) fn new(quality: JpegQuality) -> Result<Self, SlideError> {
        Self::with_sampling(quality, Colour::YCbCr, Sampling::HalfBoth)
    }

    /// Grey needs no sampling; RGB writes the Adobe mark.
    pub(crate) fn with_sampling(
        quality: JpegQuality,
        colour: Colour,
        sampling: Sampling,
    ) -> Result<Self, SlideError> {
        let failed = |source| SlideError::Encode {
            size: PixelSize::new(0, 0),
            source,
        };
        let mut compressor = Compressor::new().map_err(failed)?;
        let colorspace = match colour {
            Colour::Grey => Colorspace::Gray,
            Colour::Rgb => Colorspace::RGB,
            Colour::YCbCr => Colorspace::YCbCr,
        };
        let subsamp = match (colour, sampling) {
            (Colour::Grey, _) => Subsamp::Gray,
            (_, Sampling::Full) => Subsamp::None,
            (_, Sampling::HalfWidth) => Subsamp::Sub2x1,
            (_, Sampling::HalfHeight) => Subsamp::Sub1x2,
            (_, Sampling::HalfBoth) => Subsamp::Sub2x2,
        };
        compressor.set_colorspace(colorspace).map_err(failed)?;
        compressor.set_subsamp(subsamp).map_err(failed)?;
        compressor
            .set_quality(quality.get().into())
            .map_err(failed)?;
        Ok(Self(compressor))
    }

    /// `pixels` hold rows without gaps, in `format`.
    pub(crate) fn encode(
        &mut self,
        size: PixelSize,
        pixels: &[u8],
        format: PixelFormat,
    ) -> Result<Vec<u8>, SlideError> {
        let image = Image {
            pixels,
            width: size.width as usize,
            pitch: size.width as usize * format.size(),
            height: size.height as usize,
            format,
        };
        self.0
            .compress_to_vec(image)
            .map_err(|source| SlideError::Encode { size, source })
    }
}
