use flow::{PixelRect, PixelSize, TileIndex};

use super::region::{Frame, RegionPlan};
use crate::jpeg::{decode_into, decode_scaled};
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

    pub(super) fn draw(&mut self, tile: TileIndex, jpeg: &[u8]) -> Result<(), PyramidError> {
        let whole = self.tile_size();
        let valid = self.plan.valid_part(tile);
        let left = i64::from(tile.column) * i64::from(whole.width) - self.frame.left;
        let top = i64::from(tile.row) * i64::from(whole.height) - self.frame.top;
        let size = self.frame.size;
        let fits = left >= 0
            && top >= 0
            && left + i64::from(whole.width) <= i64::from(size.width)
            && top + i64::from(whole.height) <= i64::from(size.height);
        if fits && valid == whole {
            return decode_into(
                jpeg,
                self.plan.scale,
                &mut self.image,
                (left as u32, top as u32),
            );
        }
        let decoded = decode_scaled(jpeg, self.plan.scale)?;
        self.paste_visible(&decoded, valid, left, top);
        Ok(())
    }

    /// The picture, with the position of its top left corner in the level.
    pub(super) fn finish(self) -> (RgbImage, Frame) {
        (self.image, self.frame)
    }

    fn tile_size(&self) -> PixelSize {
        self.plan.grid.tile.downsampled(self.plan.scale.divisor())
    }

    fn paste_visible(&mut self, decoded: &RgbImage, valid: PixelSize, left: i64, top: i64) {
        let size = self.frame.size;
        let usable_width = valid.width.min(decoded.size.width);
        let usable_height = valid.height.min(decoded.size.height);
        let (x, to_x, width) = overlap(left, usable_width, size.width);
        let (y, to_y, height) = overlap(top, usable_height, size.height);
        let part = PixelRect {
            x,
            y,
            width,
            height,
        };
        self.image.paste(decoded, part, (to_x, to_y));
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
