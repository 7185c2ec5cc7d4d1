use std::cell::RefCell;

use bytes::Bytes;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use flow::TileIndex;

use super::canvas::Canvas;
use super::region::{Frame, RegionPlan, Resampling};
use super::shift::shifted;
use crate::{PyramidError, RgbImage};

/// The encoded frames of a region, read but not yet decoded. Rendering is left to a thread of the
/// caller's choice: it takes processor time and nothing else.
#[derive(Debug)]
pub struct Fetched {
    pub(super) plan: RegionPlan,
    pub(super) frames: Vec<(TileIndex, Bytes)>,
    pub(super) background: [u8; 3],
}

impl Fetched {
    /// Decodes the frames and resamples them to the size asked for.
    ///
    /// Where the region's pixels coincide with those of a level nothing is resampled: the result is
    /// then exactly what the frames decode to. Elsewhere a triangle filter as wide as one output
    /// pixel (bilinear with antialiasing) is laid at the exact position in micrometres.
    pub fn render(&self) -> Result<RgbImage, PyramidError> {
        let mut canvas = Canvas::new(&self.plan, self.background);
        for (tile, jpeg) in &self.frames {
            canvas.draw(*tile, jpeg)?;
        }
        let (image, frame) = canvas.finish();
        match self.plan.resampling() {
            Resampling::Copy => Ok(image),
            Resampling::Shift => {
                let mut out = RgbImage::filled(self.plan.out, self.background);
                shifted(&image, frame, self.plan.cover, &mut out);
                Ok(out)
            }
            Resampling::Scale => scaled(&image, frame, &self.plan),
        }
    }

    /// How many frames the region needs.
    pub fn n_frames(&self) -> usize {
        self.frames.len()
    }
}

fn scaled(image: &RgbImage, frame: Frame, plan: &RegionPlan) -> Result<RgbImage, PyramidError> {
    thread_local! {
        static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
    }
    let size = image.size;
    let source = ImageRef::new(size.width, size.height, &image.pixels, PixelType::U8x3)
        .map_err(|_small| PyramidError::Region("its pixels do not fill it"))?;
    let mut out = Image::new(plan.out.width, plan.out.height, PixelType::U8x3);
    let cover = plan.cover;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        .crop(
            cover.x - frame.left as f64,
            cover.y - frame.top as f64,
            cover.width,
            cover.height,
        );
    RESIZER.with_borrow_mut(|resizer| resizer.resize(&source, &mut out, &options))?;
    RgbImage::new(plan.out, out.into_vec())
}
