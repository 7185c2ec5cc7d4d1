use flow::{HoldReason, Instance, Mpp, SlideManifest, TissueMask};

/// An encoder may be shown a slide this much coarser than it was trained at: 0.2525 um where it
/// wants 0.25 um, which is within what scanners of one model differ.
const COARSER_TOLERANCE: f64 = 0.01;

/// What an encoder wants to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileSpec {
    pub tile_px: u32,
    pub mpp: Mpp,
}

impl TileSpec {
    /// Side of a tile on the glass.
    pub fn tile_um(&self) -> f64 {
        f64::from(self.tile_px) * self.mpp.get()
    }
}

/// The tiles of a slide that an encoder is shown, on a grid of exact pitch from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct TileLayout {
    pub tile_um: f64,
    pub columns: u32,
    pub rows: u32,
    /// Row by row.
    pub instances: Vec<Instance>,
}

/// Chooses the tiles of which at least `min_tissue` (0 to 1) is tissue.
///
/// A slide with tissue always gets tiles: where every piece is too small for that share, each tile
/// with any tissue is taken. Tiles of the last column and row may hang over the edge of the slide.
pub fn lay_out(
    slide: &SlideManifest,
    spec: TileSpec,
    min_tissue: f64,
) -> Result<TileLayout, HoldReason> {
    if slide.mpp.get() > spec.mpp.get() * (1.0 + COARSER_TOLERANCE) {
        return Err(HoldReason::CoarserThanEncoder {
            slide_mpp: slide.mpp,
            encoder_mpp: spec.mpp,
        });
    }
    let (width_um, height_um) = slide.size_um();
    let tile_um = spec.tile_um();
    let grid = Grid {
        tile_um,
        columns: (width_um / tile_um).ceil() as u32,
        rows: (height_um / tile_um).ceil() as u32,
    };
    let mut instances = grid.with_tissue(&slide.tissue, |share| share >= min_tissue);
    if instances.is_empty() {
        instances = grid.with_tissue(&slide.tissue, |share| share > 0.0);
    }
    if instances.is_empty() {
        return Err(HoldReason::NoTissue);
    }
    Ok(TileLayout {
        tile_um,
        columns: grid.columns,
        rows: grid.rows,
        instances,
    })
}

struct Grid {
    tile_um: f64,
    columns: u32,
    rows: u32,
}

impl Grid {
    fn with_tissue(&self, tissue: &TissueMask, enough: impl Fn(f64) -> bool) -> Vec<Instance> {
        let tiles = (0..self.rows)
            .flat_map(|row| (0..self.columns).map(move |column| (column, row)))
            .map(|(column, row)| Instance {
                x_um: f64::from(column) * self.tile_um,
                y_um: f64::from(row) * self.tile_um,
            });
        tiles
            .filter(|tile| enough(tissue.fraction(tile.rect(self.tile_um))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use flow::{MppSource, PixelSize, Sha256Digest, SlideId};
    use proptest::prelude::*;

    use super::*;

    fn spec() -> TileSpec {
        TileSpec {
            tile_px: 224,
            mpp: Mpp::new(0.5).expect("an mpp"),
        }
    }

    fn slide(mpp: f64, size: PixelSize, cells: impl Fn(u32, u32) -> bool) -> SlideManifest {
        let mpp = Mpp::new(mpp).expect("an mpp");
        let n_cells = |pixels: u32| (f64::from(pixels) * mpp.get() / 32.0).ceil() as u32;
        let (columns, rows) = (n_cells(size.width), n_cells(size.height));
        let cells = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (column, row)))
            .map(|(column, row)| cells(column, row))
            .collect();
        let digest = Sha256Digest::of(b"slide");
        SlideManifest {
            slide: SlideId::from_digest(&digest),
            original: digest,
            pyramid: digest,
            format: "test".to_owned(),
            scanner: None,
            mpp,
            mpp_source: MppSource::File,
            objective_power: None,
            size,
            tile: PixelSize::new(256, 256),
            levels: Vec::new(),
            associated: Vec::new(),
            deidentification: None,
            icc: None,
            tissue: TissueMask::new(32.0, columns, rows, cells).expect("a mask"),
            uids: None,
        }
    }

    #[test]
    fn a_slide_a_little_finer_or_coarser_is_taken_at_the_exact_pitch() {
        for mpp in [0.2499, 0.499, 0.5, 0.5049] {
            let laid = lay_out(
                &slide(mpp, PixelSize::new(1000, 1000), |_, _| true),
                spec(),
                0.1,
            );
            assert_eq!(laid.map(|laid| laid.tile_um), Ok(112.0), "{mpp}");
        }
    }

    #[test]
    fn a_slide_coarser_than_the_encoder_is_held() {
        let coarse = slide(0.506, PixelSize::new(1000, 1000), |_, _| true);
        let held = lay_out(&coarse, spec(), 0.1);
        assert!(matches!(held, Err(HoldReason::CoarserThanEncoder { .. })));
    }

    #[test]
    fn bare_glass_is_held() {
        let bare = slide(0.5, PixelSize::new(1000, 1000), |_, _| false);
        assert_eq!(lay_out(&bare, spec(), 0.1), Err(HoldReason::NoTissue));
    }

    #[test]
    fn a_crumb_of_tissue_is_kept_where_there_is_nothing_else() {
        let crumb = slide(0.5, PixelSize::new(1000, 1000), |column, row| {
            (column, row) == (4, 4)
        });
        let laid = lay_out(&crumb, spec(), 0.5).expect("the crumb's tiles");
        assert_eq!(laid.instances.len(), 1);
        let tile = laid.instances[0].rect(laid.tile_um);
        assert_eq!((tile.x, tile.y), (112.0, 112.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn tiles_cover_all_tissue_and_lie_on_the_grid(
            width in 1_u32..6000,
            height in 1_u32..6000,
            mpp in 0.1_f64..0.505,
            seed: u32,
        ) {
            let has_tissue = |column: u32, row: u32| {
                (column.wrapping_mul(31) ^ row.wrapping_mul(17) ^ seed).is_multiple_of(7)
            };
            let slide = slide(mpp, PixelSize::new(width, height), has_tissue);
            let Ok(laid) = lay_out(&slide, spec(), f64::MIN_POSITIVE) else {
                prop_assert_eq!(slide.tissue.area_mm2(), 0.0);
                return Ok(());
            };
            let on_grid = |um: f64| (um / laid.tile_um).fract() == 0.0;
            prop_assert!(laid.instances.iter().all(|tile| on_grid(tile.x_um) && on_grid(tile.y_um)));
            let row_major = |a: &Instance, b: &Instance| (a.y_um, a.x_um) < (b.y_um, b.x_um);
            prop_assert!(laid.instances.is_sorted_by(row_major));
            // All tissue on the slide itself lies in one of the tiles, and is counted once.
            let grid_um = (f64::from(laid.columns) * laid.tile_um, f64::from(laid.rows) * laid.tile_um);
            prop_assert!(grid_um.0 >= slide.size_um().0 && grid_um.1 >= slide.size_um().1);
            let area = |rect: flow::MicrometreRect| {
                slide.tissue.fraction(rect) * rect.width * rect.height
            };
            let tiled: f64 = laid.instances.iter().map(|tile| area(tile.rect(laid.tile_um))).sum();
            let whole = area(flow::MicrometreRect { x: 0.0, y: 0.0, width: grid_um.0, height: grid_um.1 });
            prop_assert!((tiled - whole).abs() <= 1e-6 * whole.max(1.0), "{tiled} of {whole}");
        }
    }
}
