use flow::{LevelNumber, PixelRect, PixelSize, PyramidIndex, TileIndex};

/// Side of the tiles we cut ourselves where the slide's own are not square: Deep Zoom has one
/// number for both sides.
const CUT_TILE: u32 = 256;

/// A level in Deep Zoom's numbering: 0 is a single pixel, each next one twice as large, the last
/// the full resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DeepZoomLevel(pub(crate) u8);

/// A slide as Deep Zoom sees it: levels that halve, and square tiles without overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeepZoom {
    size: PixelSize,
    tile: u32,
}

impl DeepZoom {
    pub(crate) const fn new(size: PixelSize, tile: u32) -> Self {
        Self { size, tile }
    }

    /// The slide's own tile size where all its levels share one that is square.
    ///
    /// `None` without a level 0.
    pub(crate) fn of_index(index: &PyramidIndex) -> Option<Self> {
        let size = index.level(LevelNumber(0))?.grid.level;
        let mut tiles = index.levels.iter().map(|level| level.grid.tile);
        let first = tiles.next().unwrap_or(PixelSize::new(CUT_TILE, CUT_TILE));
        let is_usable = first.width == first.height && tiles.all(|tile| tile == first);
        Some(Self::new(
            size,
            if is_usable { first.width } else { CUT_TILE },
        ))
    }

    pub(crate) const fn size(&self) -> PixelSize {
        self.size
    }

    /// Side of a tile that is not cut by an edge.
    pub(crate) const fn tile(&self) -> u32 {
        self.tile
    }

    /// The full resolution.
    pub(crate) fn top_level(&self) -> DeepZoomLevel {
        let longest = self.size.width.max(self.size.height).max(1);
        DeepZoomLevel((u32::BITS - (longest - 1).leading_zeros()) as u8)
    }

    /// The number that the pyramid gives this level; `None` above the full resolution.
    pub(crate) fn pyramid_level(&self, level: DeepZoomLevel) -> Option<LevelNumber> {
        self.top_level().0.checked_sub(level.0).map(LevelNumber)
    }

    /// How many pixels of the full resolution a pixel of `level` is wide; `None` above the top.
    pub(crate) fn downsample(&self, level: DeepZoomLevel) -> Option<u64> {
        self.pyramid_level(level).map(|level| 1 << level.0)
    }

    /// The full size divided by the downsample, rounded up.
    pub(crate) fn level_size(&self, level: DeepZoomLevel) -> Option<PixelSize> {
        let downsample = self.downsample(level)?;
        let side = |full: u32| u64::from(full).div_ceil(downsample) as u32;
        Some(PixelSize::new(
            side(self.size.width),
            side(self.size.height),
        ))
    }

    /// The pixels of `level` that `tile` shows, clipped at the edges; `None` outside.
    pub(crate) fn rect(&self, level: DeepZoomLevel, tile: TileIndex) -> Option<PixelRect> {
        let size = self.level_size(level)?;
        let (x, width) = span(tile.column, self.tile, size.width)?;
        let (y, height) = span(tile.row, self.tile, size.height)?;
        Some(PixelRect {
            x,
            y,
            width,
            height,
        })
    }
}

fn span(position: u32, tile: u32, length: u32) -> Option<(u32, u32)> {
    let start = position.checked_mul(tile)?;
    let left = length.checked_sub(start).filter(|left| *left > 0)?;
    Some((start, left.min(tile)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small() -> DeepZoom {
        DeepZoom::new(PixelSize::new(2220, 2967), 240)
    }

    #[test]
    fn levels_run_from_one_pixel_to_the_full_size() {
        let slide = small();
        assert_eq!(slide.top_level(), DeepZoomLevel(12));
        assert_eq!(
            slide.level_size(DeepZoomLevel(0)),
            Some(PixelSize::new(1, 1))
        );
        assert_eq!(
            slide.level_size(DeepZoomLevel(1)),
            Some(PixelSize::new(2, 2))
        );
        assert_eq!(
            slide.level_size(DeepZoomLevel(11)),
            Some(PixelSize::new(1110, 1484))
        );
        assert_eq!(slide.level_size(DeepZoomLevel(12)), Some(slide.size()));
        assert_eq!(slide.level_size(DeepZoomLevel(13)), None);
        assert_eq!(slide.pyramid_level(DeepZoomLevel(11)), Some(LevelNumber(1)));
    }

    #[test]
    fn sides_that_are_powers_of_two_take_no_level_more() {
        let top = |side| DeepZoom::new(PixelSize::new(side, 1), 256).top_level().0;
        assert_eq!([1, 2, 3, 256, 257].map(top), [0, 1, 2, 8, 9]);
        assert_eq!(top(u32::MAX), 32);
    }

    #[test]
    fn tiles_at_the_edge_are_clipped_and_beyond_it_absent() {
        let slide = small();
        let top = slide.top_level();
        let last = TileIndex::new(9, 12);
        assert_eq!(
            slide.rect(top, last),
            Some(PixelRect {
                x: 2160,
                y: 2880,
                width: 60,
                height: 87
            })
        );
        assert_eq!(slide.rect(top, TileIndex::new(10, 0)), None);
        assert_eq!(slide.rect(top, TileIndex::new(u32::MAX, 0)), None);
        assert_eq!(slide.rect(DeepZoomLevel(200), TileIndex::new(0, 0)), None);
    }

    proptest! {
        #[test]
        fn tiles_cover_every_level_without_gap_or_overlap(
            width in 1_u32..3000, height in 1_u32..3000, tile in 1_u32..700,
        ) {
            let slide = DeepZoom::new(PixelSize::new(width, height), tile);
            for level in (0..=slide.top_level().0).map(DeepZoomLevel) {
                let size = slide.level_size(level).expect("a level up to the top");
                let columns: u32 = (0..)
                    .map_while(|column| slide.rect(level, TileIndex::new(column, 0)))
                    .map(|rect| rect.width)
                    .sum();
                let rows: u32 = (0..)
                    .map_while(|row| slide.rect(level, TileIndex::new(0, row)))
                    .map(|rect| rect.height)
                    .sum();
                prop_assert_eq!(PixelSize::new(columns, rows), size);
            }
        }
    }
}
