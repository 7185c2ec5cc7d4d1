use flow::{MicrometreRect, TissueMask};

use super::Overview;
use super::bitmap::Bitmap;
use super::folds::{self, FoldRule};
use super::glass::{self, Glass};
use super::ink;
use super::stain::Stain;

/// Where a pen was used on the slide, and where the section lies double.
pub struct Artefacts {
    pen: Cover,
    fold: Cover,
}

impl Artefacts {
    /// `None` of a slide in fluorescence: both are told by the light that they take away.
    pub fn find(overview: &Overview, tissue: &TissueMask) -> Option<Self> {
        let Glass::Bright(colour) = glass::estimate(overview) else {
            return None;
        };
        let stain = Stain::measure(overview, colour);
        let pen = ink::coloured(overview, &stain);
        let mut fold = folds::find(overview, &stain, tissue, &FoldRule::DEFAULT);
        fold.remove(&pen);
        let um_per_pixel = overview.um_per_pixel;
        let cover = |map| Cover { map, um_per_pixel };
        Some(Self {
            pen: cover(pen),
            fold: cover(fold),
        })
    }

    /// The share of `rect` that ink covers, from 0 to 1.
    pub fn pen_share(&self, rect: MicrometreRect) -> f32 {
        self.pen.share(rect)
    }

    /// The share of `rect` that folds cover, from 0 to 1.
    pub fn fold_share(&self, rect: MicrometreRect) -> f32 {
        self.fold.share(rect)
    }
}

/// A bitmap on the glass.
struct Cover {
    map: Bitmap,
    um_per_pixel: f64,
}

impl Cover {
    /// Of the pixels with their middle in `rect`; 0 where there are none.
    fn share(&self, rect: MicrometreRect) -> f32 {
        let columns = self.span(rect.x, rect.width, self.map.width());
        let rows = self.span(rect.y, rect.height, self.map.height());
        let n_pixels = columns.len() * rows.len();
        let set = |row: usize| {
            let line = &self.map.bits[row * self.map.width()..][columns.clone()];
            line.iter().filter(|bit| **bit).count()
        };
        let n_set: usize = rows.map(set).sum();
        match n_pixels {
            0 => 0.0,
            _ => n_set as f32 / n_pixels as f32,
        }
    }

    fn span(&self, start: f64, length: f64, n_pixels: usize) -> std::ops::Range<usize> {
        let pixel = |um: f64| ((um / self.um_per_pixel).round().max(0.0) as usize).min(n_pixels);
        pixel(start)..pixel(start + length)
    }
}
