use flow::{PixelSize, TileGrid};

use crate::tiff::page::Page;

/// How far a level's height may be from what its width says, in its own pixels: writers round
/// differently and may round at every halving.
const TOLERANCE_PX: f64 = 2.0;

/// The pages that are levels of one pyramid, largest first, starting with the first page: tiled,
/// of the same shape, each smaller than the one before. Label, macro and thumbnail fail one of
/// these; pages of another focal plane or channel are not smaller.
pub(super) fn level_pages(pages: Vec<Page>) -> Vec<(TileGrid, Page)> {
    let mut levels: Vec<(TileGrid, Page)> = Vec::new();
    for page in pages {
        let Some(tile) = page.tile else { continue };
        let fits = match (levels.first(), levels.last()) {
            (Some((full, _)), Some((last, _))) => {
                page.size.width < last.level.width && same_shape(full.level, page.size)
            }
            _ => true,
        };
        if fits {
            levels.push((TileGrid::new(page.size, tile), page));
        }
    }
    levels
}

fn same_shape(full: PixelSize, level: PixelSize) -> bool {
    let downsample = f64::from(full.width) / f64::from(level.width);
    let height = f64::from(full.height) / downsample;
    // A width rounded by one pixel moves the height by this much.
    let rounding = height / f64::from(level.width);
    (height - f64::from(level.height)).abs() <= TOLERANCE_PX + rounding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_levels_fit_and_other_pictures_do_not() {
        let full = PixelSize::new(46000, 32914);
        assert!(same_shape(full, PixelSize::new(11500, 8228)));
        assert!(same_shape(full, PixelSize::new(2875, 2057)));
        assert!(same_shape(PixelSize::new(300, 250), PixelSize::new(37, 31)));
        assert!(!same_shape(full, PixelSize::new(1280, 431)));
        assert!(!same_shape(full, PixelSize::new(387, 463)));
    }
}
