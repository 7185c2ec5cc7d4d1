use std::cell::RefCell;

use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::{PyramidError, RgbImage};

/// The picture as a baseline JPEG, YCbCr with 4:2:0 subsampling; `quality` from 1 to 100.
pub fn encode_jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, PyramidError> {
    encode_rgb(image, quality, Subsamp::Sub2x2)
}

/// Like [`encode_jpeg`] without subsampling, for pixels that were in a JPEG before: where colour was
/// not subsampled then, it must not be now. About half as large again.
pub fn encode_jpeg_full_colour(image: &RgbImage, quality: u8) -> Result<Vec<u8>, PyramidError> {
    encode_rgb(image, quality, Subsamp::None)
}

/// Like [`encode_jpeg`] with a subsampling of choice; `Gray` keeps the luminance alone.
pub(crate) fn encode_rgb(
    image: &RgbImage,
    quality: u8,
    subsampling: Subsamp,
) -> Result<Vec<u8>, PyramidError> {
    with_compressor(quality, |compressor| {
        compressor.set_subsamp(subsampling)?;
        compressor.compress_to_vec(Image {
            pixels: &image.pixels,
            width: image.size.width as usize,
            pitch: image.size.width as usize * PixelFormat::RGB.size(),
            height: image.size.height as usize,
            format: PixelFormat::RGB,
        })
    })
}

pub(crate) fn with_compressor<T>(
    quality: u8,
    work: impl FnOnce(&mut Compressor) -> turbojpeg::Result<T>,
) -> Result<T, PyramidError> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor>> = const { RefCell::new(None) };
    }
    COMPRESSOR
        .with_borrow_mut(|slot| {
            let compressor = match slot {
                Some(compressor) => compressor,
                None => slot.insert(Compressor::new()?),
            };
            compressor.set_quality(i32::from(quality.clamp(1, 100)))?;
            work(compressor)
        })
        .map_err(PyramidError::jpeg("encoded"))
}
