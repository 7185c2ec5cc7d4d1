use flow::{MicrometreRect, Mpp, PixelSize};
use pyramid::{PyramidError, PyramidReader};

/// Nuclei blur into tissue here, and a crumb of 50 um still has some pixels.
const UM_PER_PIXEL: f64 = 8.0;

/// A slide in few pixels: 8-bit RGB, row-major.
pub struct Overview {
    pub size: PixelSize,
    pub um_per_pixel: f64,
    /// `3 * size.area()` bytes.
    pub rgb: Vec<u8>,
}

/// What part of a slide an overview shows, and how finely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverviewPlan {
    /// Width and height of the slide on the glass, micrometres.
    pub size_um: (f64, f64),
    /// Larger slides are looked at more coarsely than 8 um per pixel, to keep memory flat.
    pub most_pixels: f64,
}

impl Overview {
    /// Reads the whole slide in square pixels of 8 um, or of its own where those are larger.
    ///
    /// # Errors
    /// If the pyramid cannot be read.
    pub async fn read(reader: &PyramidReader, plan: OverviewPlan) -> Result<Self, PyramidError> {
        let um_per_pixel = plan.resolution(reader.mpp());
        let pixels = |length_um: f64| ((length_um / um_per_pixel) as u32).max(1);
        let size = PixelSize::new(pixels(plan.size_um.0), pixels(plan.size_um.1));
        // Whole and square pixels inside the slide: what is left over is thinner than one of them, and
        // beyond the edge the picture would be white, which glows on a dark slide.
        let rect = MicrometreRect {
            x: 0.0,
            y: 0.0,
            width: f64::from(size.width) * um_per_pixel,
            height: f64::from(size.height) * um_per_pixel,
        };
        let image = reader
            .read_region(Mpp::new(um_per_pixel)?, rect, size)
            .await?;
        Ok(Self {
            size: image.size,
            um_per_pixel,
            rgb: image.pixels,
        })
    }

    pub(crate) fn pixel(&self, position: usize) -> [u8; 3] {
        let at = position * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    pub(crate) fn n_pixels(&self) -> usize {
        self.rgb.len() / 3
    }

    /// A length as a whole number of pixels, at least one.
    pub(crate) fn pixels(&self, length_um: f64) -> usize {
        (length_um / self.um_per_pixel).round().max(1.0) as usize
    }

    /// An area as a whole number of pixels, at least one.
    pub(crate) fn pixel_area(&self, area_um2: f64) -> usize {
        (area_um2 / (self.um_per_pixel * self.um_per_pixel))
            .round()
            .max(1.0) as usize
    }
}

impl OverviewPlan {
    fn resolution(&self, mpp: Mpp) -> f64 {
        let coarse = (self.size_um.0 * self.size_um.1 / self.most_pixels).sqrt();
        UM_PER_PIXEL.max(mpp.get()).max(coarse)
    }
}
