use flow::{PixelRect, TileIndex};

use super::region::{Frame, RegionPlan};
use crate::jpeg::decode_part;
use crate::{PyramidError, RgbImage};

/// The needed pixels of a level, put together from its tiles; glass colour where there are none.
pub(super) struct Canvas<'a> {
    plan: &'a RegionPlan,
    frame: Frame,
    image: RgbImage,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(plan: &'a RegionPlan, background: [u8; 3]) -> Self {
        let frame = plan.needed();
        Self {
            plan,
            frame,
            image: RgbImage::filled(frame.size, background),
        }
    }

    /// Decodes the part of a tile that lies inside both the level and the canvas.
    pub(super) fn draw(&mut self, tile: TileIndex, jpeg: &[u8]) -> Result<(), PyramidError> {
        let whole = self.plan.grid.tile.downsampled(self.plan.scale.divisor());
        let valid = self.plan.valid_part(tile);
        let left = i64::from(tile.column) * i64::from(whole.width) - self.frame.left;
        let top = i64::from(tile.row) * i64::from(whole.height) - self.frame.top;
        let (x, to_x, width) = overlap(left, valid.width, self.frame.size.width);
        let (y, to_y, height) = overlap(top, valid.height, self.frame.size.height);
        let part = PixelRect {
            x,
            y,
            width,
            height,
        };
        if width == 0 || height == 0 {
            return Ok(());
        }
        decode_part(jpeg, self.plan.scale, part, &mut self.image, (to_x, to_y))
    }

    /// The picture, with the position of its top left corner in the level.
    pub(super) fn finish(self) -> (RgbImage, Frame) {
        (self.image, self.frame)
    }
}

/// Of `length` pixels laid at `position` on a canvas of `room`: the first that shows, where, and
/// how many.
fn overlap(position: i64, length: u32, room: u32) -> (u32, u32, u32) {
    let start = position.clamp(0, i64::from(room));
    let end = (position + i64::from(length)).clamp(start, i64::from(room));
    let skipped = (start - position).clamp(0, i64::from(length));
    (skipped as u32, start as u32, (end - start) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_clipped_at_both_ends() {
        assert_eq!(overlap(-3, 10, 5), (3, 0, 5));
        assert_eq!(overlap(2, 10, 5), (0, 2, 3));
        assert_eq!(overlap(1, 2, 5), (0, 1, 2));
        assert_eq!(overlap(-10, 4, 5), (4, 0, 0));
        assert_eq!(overlap(7, 4, 5), (0, 5, 0));
    }
}
