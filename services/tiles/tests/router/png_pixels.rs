use std::error::Error;
use std::io::Cursor;

use flow::PixelSize;
use pyramid::RgbImage;

/// A decoded PNG.
pub(crate) struct Rgba {
    pub(crate) size: PixelSize,
    pixels: Vec<u8>,
}

impl Rgba {
    pub(crate) fn read(png: &[u8]) -> Result<Self, Box<dyn Error>> {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or("a PNG too large")?];
        let info = reader.next_frame(&mut pixels)?;
        if info.color_type == png::ColorType::GrayscaleAlpha {
            let (gray, _) = pixels.as_chunks::<2>();
            pixels = gray
                .iter()
                .flat_map(|[gray, alpha]| [*gray, *gray, *gray, *alpha])
                .collect();
        }
        Ok(Self {
            size: PixelSize::new(info.width, info.height),
            pixels,
        })
    }

    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let at = (y * self.size.width + x) as usize * 4;
        std::array::from_fn(|channel| self.pixels[at + channel])
    }

    /// Without its alpha.
    pub(crate) fn rgb(&self) -> RgbImage {
        let (pixels, _) = self.pixels.as_chunks::<4>();
        RgbImage {
            size: self.size,
            pixels: pixels
                .iter()
                .flat_map(|[r, g, b, _]| [*r, *g, *b])
                .collect(),
        }
    }
}
