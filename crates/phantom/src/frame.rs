use flow::PixelRect;

use crate::point::{Area, Point};

/// A window of pixels on the glass. Places are computed from absolute pixel numbers, so that a
/// pixel gets the same bits whichever window it is painted in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Micrometres per pixel.
    pub(crate) mpp: f32,
}

impl Frame {
    /// The pixels `factor` times finer than those of `rect`.
    pub(crate) fn of(rect: PixelRect, factor: usize, mpp: f32) -> Self {
        Self {
            x: i64::from(rect.x) * factor as i64,
            y: i64::from(rect.y) * factor as i64,
            width: rect.width as usize * factor,
            height: rect.height as usize * factor,
            mpp,
        }
    }

    /// Micrometres of the middle of column `column` of this window.
    #[inline(always)]
    pub(crate) fn x_um(&self, column: usize) -> f32 {
        ((self.x + column as i64) as f32 + 0.5) * self.mpp
    }

    #[inline(always)]
    pub(crate) fn y_um(&self, row: usize) -> f32 {
        ((self.y + row as i64) as f32 + 0.5) * self.mpp
    }

    pub(crate) const fn n_pixels(&self) -> usize {
        self.width * self.height
    }

    pub(crate) fn area(&self) -> Area {
        Area {
            low: Point::new(self.x as f32 * self.mpp, self.y as f32 * self.mpp),
            high: Point::new(
                (self.x + self.width as i64) as f32 * self.mpp,
                (self.y + self.height as i64) as f32 * self.mpp,
            ),
        }
    }

    pub(crate) const fn grown(&self, margin: usize) -> Self {
        Self {
            x: self.x - margin as i64,
            y: self.y - margin as i64,
            width: self.width + 2 * margin,
            height: self.height + 2 * margin,
            mpp: self.mpp,
        }
    }

    /// Columns and rows of the pixels within `reach` of `centre`.
    pub(crate) fn window(&self, centre: Point, reach: f32) -> Window {
        let columns = self.span(centre.x, reach, self.x, self.width);
        let rows = self.span(centre.y, reach, self.y, self.height);
        Window { columns, rows }
    }

    fn span(&self, middle: f32, reach: f32, start: i64, length: usize) -> (usize, usize) {
        let inside = |pixel: f32| (pixel as i64 - start).clamp(0, length as i64) as usize;
        (
            inside(((middle - reach) / self.mpp).floor()),
            inside(((middle + reach) / self.mpp).ceil() + 1.0),
        )
    }
}

/// Half-open ranges of columns and rows of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) columns: (usize, usize),
    pub(crate) rows: (usize, usize),
}
