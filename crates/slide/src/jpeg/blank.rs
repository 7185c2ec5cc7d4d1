use flow::PixelSize;
use turbojpeg::PixelFormat;

use crate::error::SlideError;
use crate::jpeg::{Colour, Encoder, JpegQuality, Sampling};

/// A tile of one colour, for places the scanner left out. It says by itself what its samples mean.
pub(crate) fn blank(
    size: PixelSize,
    colour: Colour,
    sampling: Sampling,
    rgb: [u8; 3],
) -> Result<Vec<u8>, SlideError> {
    let (pixels, format) = match colour {
        Colour::Grey => (vec![rgb[0]; size.area() as usize], PixelFormat::GRAY),
        Colour::Rgb | Colour::YCbCr => (rgb.repeat(size.area() as usize), PixelFormat::RGB),
    };
    // At the highest quality white stays exactly white, and one colour is small at any quality.
    Encoder::with_sampling(JpegQuality::new(100), colour, sampling)?.encode(size, &pixels, format)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::Headers;

    #[test]
    fn blanks_are_exactly_white_and_keep_colour_and_sampling() -> Result<(), SlideError> {
        let size = PixelSize::new(240, 240);
        for (colour, sampling) in [
            (Colour::YCbCr, Sampling::HalfBoth),
            (Colour::YCbCr, Sampling::HalfWidth),
            (Colour::Rgb, Sampling::HalfBoth),
            (Colour::Rgb, Sampling::Full),
            (Colour::Grey, Sampling::Full),
        ] {
            let jpeg = blank(size, colour, sampling, [255; 3])?;
            let mut headers = Headers::default();
            assert_eq!(headers.read_picture(&jpeg), Ok(()));
            assert_eq!(headers.colour(), colour);
            assert_eq!(headers.sampling(), sampling);
            assert_eq!(headers.size(), Some(size));
            let decoded = turbojpeg::decompress(&jpeg, PixelFormat::RGB)
                .map_err(|source| SlideError::Encode { size, source })?;
            assert!(decoded.pixels.iter().all(|&sample| sample == 255));
        }
        Ok(())
    }
}
