use flow::{PixelRect, PixelSize};

use crate::PyramidError;

/// Bytes of one RGB pixel.
pub(crate) const CHANNELS: usize = 3;

/// An 8-bit RGB picture, rows from the top, without gaps: `3 * width * height` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbImage {
    pub size: PixelSize,
    pub pixels: Vec<u8>,
}

impl RgbImage {
    /// Fails unless `pixels` holds `3 * width * height` bytes.
    pub fn new(size: PixelSize, pixels: Vec<u8>) -> Result<Self, PyramidError> {
        if pixels.len() as u64 == size.area() * CHANNELS as u64 {
            return Ok(Self { size, pixels });
        }
        Err(PyramidError::Region("pixels do not fill the picture"))
    }

    /// A picture of one colour.
    pub fn filled(size: PixelSize, colour: [u8; 3]) -> Self {
        let pixels = match colour {
            [r, g, b] if r == g && g == b => vec![r; size.area() as usize * CHANNELS],
            _ => colour.repeat(size.area() as usize),
        };
        Self { size, pixels }
    }

    /// Colour at column `x` and row `y`, which must lie inside.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.size.width as usize + x as usize) * CHANNELS;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    /// Copies out `part`, which must lie inside.
    pub fn cropped(&self, part: PixelRect) -> Self {
        let mut out = Self::filled(PixelSize::new(part.width, part.height), [0; 3]);
        out.paste(self, part, (0, 0));
        out
    }

    /// Copies `part` of `source` to `at`; both places must lie inside.
    pub(crate) fn paste(&mut self, source: &Self, part: PixelRect, at: (u32, u32)) {
        let from_row = source.size.width as usize * CHANNELS;
        let to_row = self.size.width as usize * CHANNELS;
        let n_bytes = part.width as usize * CHANNELS;
        for row in 0..part.height as usize {
            let from = (part.y as usize + row) * from_row + part.x as usize * CHANNELS;
            let to = (at.1 as usize + row) * to_row + at.0 as usize * CHANNELS;
            self.pixels[to..to + n_bytes].copy_from_slice(&source.pixels[from..from + n_bytes]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_is_what_was_pasted() {
        let mut image = RgbImage::filled(PixelSize::new(5, 4), [1, 2, 3]);
        let stamp = RgbImage::filled(PixelSize::new(2, 2), [9, 8, 7]);
        let whole = PixelRect {
            x: 0,
            y: 0,
            width: 2,
            height: 2,
        };
        image.paste(&stamp, whole, (3, 1));
        assert_eq!(image.pixel(2, 1), [1, 2, 3]);
        assert_eq!(image.pixel(3, 1), [9, 8, 7]);
        assert_eq!(
            image.cropped(PixelRect {
                x: 3,
                y: 1,
                ..whole
            }),
            stamp
        );
        assert!(RgbImage::new(PixelSize::new(5, 4), vec![0; 59]).is_err());
    }
}
