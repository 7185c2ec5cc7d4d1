use std::cell::RefCell;

use flow::PixelSize;
use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};

use crate::image::CHANNELS;
use crate::{PyramidError, RgbImage};

/// By how much a JPEG is made smaller while it is decoded; the scaled inverse DCT makes the small
/// picture directly, for less work than the large one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DctScale {
    Full,
    Half,
    Quarter,
    Eighth,
}

impl DctScale {
    pub(crate) const COARSEST_FIRST: [Self; 4] =
        [Self::Eighth, Self::Quarter, Self::Half, Self::Full];

    pub(crate) const fn divisor(self) -> u32 {
        match self {
            Self::Full => 1,
            Self::Half => 2,
            Self::Quarter => 4,
            Self::Eighth => 8,
        }
    }

    pub(crate) const fn factor(self) -> ScalingFactor {
        match self {
            Self::Full => ScalingFactor::ONE,
            Self::Half => ScalingFactor::ONE_HALF,
            Self::Quarter => ScalingFactor::ONE_QUARTER,
            Self::Eighth => ScalingFactor::ONE_EIGHTH,
        }
    }
}

/// Decodes any JPEG that libjpeg reads as RGB.
pub fn decode_jpeg(jpeg: &[u8]) -> Result<RgbImage, PyramidError> {
    decode_scaled(jpeg, DctScale::Full)
}

pub(crate) fn decode_scaled(jpeg: &[u8], scale: DctScale) -> Result<RgbImage, PyramidError> {
    with_decompressor(scale, |decompressor| {
        let header = decompressor.read_header(jpeg)?.scaled(scale.factor());
        let mut pixels = vec![0; header.width * header.height * CHANNELS];
        decompressor.decompress(
            jpeg,
            Image {
                pixels: &mut pixels[..],
                width: header.width,
                pitch: header.width * CHANNELS,
                height: header.height,
                format: PixelFormat::RGB,
            },
        )?;
        let size = PixelSize::new(header.width as u32, header.height as u32);
        Ok(RgbImage { size, pixels })
    })
}

pub(crate) fn with_decompressor<T>(
    scale: DctScale,
    work: impl FnOnce(&mut Decompressor) -> turbojpeg::Result<T>,
) -> Result<T, PyramidError> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<Decompressor>> = const { RefCell::new(None) };
    }
    DECOMPRESSOR
        .with_borrow_mut(|slot| {
            let decompressor = match slot {
                Some(decompressor) => decompressor,
                None => slot.insert(Decompressor::new()?),
            };
            decompressor.set_scaling_factor(scale.factor())?;
            work(decompressor)
        })
        .map_err(PyramidError::jpeg("decoded"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode_jpeg;

    fn ramp() -> RgbImage {
        let size = PixelSize::new(64, 48);
        let pixels = (0..48_u32)
            .flat_map(|y| (0..64_u32).flat_map(move |x| [x as u8 * 3, y as u8 * 4, 128]))
            .collect();
        RgbImage { size, pixels }
    }

    #[test]
    fn a_picture_survives_encoding() -> Result<(), PyramidError> {
        let decoded = decode_jpeg(&encode_jpeg(&ramp(), 95)?)?;
        let worst = decoded
            .pixels
            .iter()
            .zip(&ramp().pixels)
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(worst < Some(8), "{worst:?}");
        Ok(())
    }

    #[test]
    fn bytes_that_are_no_jpeg_are_an_error() {
        assert!(decode_jpeg(b"").is_err());
        assert!(decode_jpeg(&[0xff, 0xd8, 0xff, 0xd9]).is_err());
    }
}
