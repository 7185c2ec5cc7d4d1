use flow::{Mpp, PixelRect, PixelSize};

use crate::artefact::BLUR_REACH;
use crate::canvas::Canvas;
use crate::frame::{Frame, Window};
use crate::ground;
use crate::placement::{MARGIN, nuclei_in};
use crate::point::Point;
use crate::terrain::Terrain;
use crate::{PhantomError, Scene};

/// A painted rectangle: rows of red, green and blue bytes, `3 * width * height` of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RgbPixels {
    pub size: PixelSize,
    pub pixels: Vec<u8>,
}

/// Paints `rect` (in pixels of a level with `mpp` micrometres each, from the top left of the
/// glass). A level coarser than the slide by a whole factor is the average of the slide's pixels,
/// as in its pyramid; any other mpp is painted as a scanner of that resolution would see it.
pub fn paint(scene: &Scene, rect: PixelRect, mpp: Mpp) -> RgbPixels {
    let factor = (mpp.get() / scene.mpp().get()).round().clamp(1.0, 64.0) as usize;
    let mpp = (mpp.get() / factor as f64) as f32;
    let mut picture = RgbPixels::new(rect.width as usize, rect.height as usize);
    // In blocks, so that memory stays small however large the rectangle.
    let side = (BLOCK / factor).max(1) as u32;
    for top in (0..rect.height).step_by(side as usize) {
        for left in (0..rect.width).step_by(side as usize) {
            let block = PixelRect {
                x: rect.x + left,
                y: rect.y + top,
                width: side.min(rect.width - left),
                height: side.min(rect.height - top),
            };
            let fine = paint_frame(scene, &Frame::of(block, factor, mpp));
            picture.put(&fine.averaged(factor), left as usize, top as usize);
        }
    }
    picture
}

/// Side of the blocks a rectangle is painted in, pixels of the finest level.
const BLOCK: usize = 256;

pub(crate) fn paint_frame(scene: &Scene, frame: &Frame) -> RgbPixels {
    let focus = &scene.artefacts.focus;
    let margin = match focus.is_sharp(frame.area()) {
        true => 0,
        false => (BLUR_REACH / frame.mpp).ceil() as usize,
    };
    let wide = frame.grown(margin);
    let area = wide.area().grown(MARGIN);
    let mut picture = match Terrain::survey(&scene.anatomy, area.grown(4.0)) {
        None => scene.bare_glass(frame),
        Some(terrain) if margin == 0 => sharp(scene, &terrain, &wide),
        Some(terrain) => focus.soften(&sharp(scene, &terrain, &wide), margin, frame),
    };
    scene.artefacts.glass.cover(&mut picture, frame);
    if let Some(pen) = &scene.artefacts.pen {
        pen.draw(&mut picture, frame);
    }
    picture
}

/// The tissue in perfect focus.
fn sharp(scene: &Scene, terrain: &Terrain<'_>, frame: &Frame) -> RgbPixels {
    let mut canvas = Canvas::new(*frame);
    let nuclei = nuclei_in(terrain, frame.area().grown(MARGIN));
    for nucleus in nuclei.iter().filter(|nucleus| nucleus.has_cell) {
        nucleus.claim(&mut canvas);
    }
    ground::lay(terrain, &mut canvas);
    for nucleus in &nuclei {
        nucleus.stain(&mut canvas, scene.anatomy.seed.branch(70));
    }
    if let Some(fold) = &scene.artefacts.fold {
        fold.press(&mut canvas);
    }
    scene.develop(&canvas)
}

impl RgbPixels {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            size: PixelSize::new(width as u32, height as u32),
            pixels: vec![0; 3 * width * height],
        }
    }

    /// Multiplies the pixels of `window` by `shade` of their place.
    pub(crate) fn shade(&mut self, frame: &Frame, window: Window, shade: impl Fn(Point) -> f32) {
        for row in window.rows.0..window.rows.1 {
            for column in window.columns.0..window.columns.1 {
                let factor = shade(Point::new(frame.x_um(column), frame.y_um(row)));
                if factor < 1.0 {
                    self.tint(row * frame.width + column, [0.0; 3], 1.0 - factor);
                }
            }
        }
    }

    /// Lets only `ink` of the light pass a pixel, as far as it is covered.
    pub(crate) fn tint(&mut self, pixel: usize, ink: [f32; 3], cover: f32) {
        for (value, passed) in self.pixels[3 * pixel..][..3].iter_mut().zip(ink) {
            *value = (f32::from(*value) * (1.0 - cover * (1.0 - passed)) + 0.5) as u8;
        }
    }

    /// Puts `below` at half its size into one quarter (0 to 3, row by row).
    pub(crate) fn put_half(&mut self, below: &Self, quarter: usize) {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (left, top) = (quarter % 2 * width / 2, quarter / 2 * height / 2);
        self.put(&below.averaged(2), left, top);
    }

    fn put(&mut self, part: &Self, left: usize, top: usize) {
        let width = self.size.width as usize;
        let lines = part.pixels.chunks_exact(3 * part.size.width as usize);
        for (row, line) in lines.enumerate() {
            let at = 3 * ((top + row) * width + left);
            self.pixels[at..at + line.len()].copy_from_slice(line);
        }
    }

    /// Baseline JPEG, YCbCr 4:2:0.
    pub(crate) fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, PhantomError> {
        let image = turbojpeg::Image {
            pixels: self.pixels.as_slice(),
            width: self.size.width as usize,
            pitch: 3 * self.size.width as usize,
            height: self.size.height as usize,
            format: turbojpeg::PixelFormat::RGB,
        };
        let jpeg = turbojpeg::compress(image, i32::from(quality), turbojpeg::Subsamp::Sub2x2)?;
        Ok(jpeg.to_vec())
    }

    /// Each `factor` x `factor` block as one pixel.
    fn averaged(&self, factor: usize) -> Self {
        if factor == 1 {
            return self.clone();
        }
        let width = self.size.width as usize / factor;
        let height = self.size.height as usize / factor;
        let mut small = Self::new(width, height);
        let n = (factor * factor) as u32;
        for (index, value) in small.pixels.iter_mut().enumerate() {
            let (pixel, channel) = (index / 3, index % 3);
            let (column, row) = (pixel % width * factor, pixel / width * factor);
            let sum: u32 = (0..factor * factor)
                .map(|k| (row + k / factor) * self.size.width as usize + column + k % factor)
                .map(|at| u32::from(self.pixels[3 * at + channel]))
                .sum();
            *value = ((sum + n / 2) / n) as u8;
        }
        small
    }
}
