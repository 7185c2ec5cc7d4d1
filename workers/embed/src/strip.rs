use std::ops::Range;

use flow::{Instance, MicrometreRect, PixelRect, PixelSize};
use pyramid::{Fetched, PyramidError, PyramidReader, RgbImage};

use crate::TileSpec;

/// Tiles rendered in one go. Neighbours share the pyramid's frames, which are then decoded once;
/// more than this saves little and leaves the last core of a batch alone.
const LONGEST: usize = 8;

/// Neighbours in a row of the layout, not yet decoded.
pub(crate) struct Strip {
    fetched: Fetched,
    n_tiles: u32,
    tile_px: u32,
}

/// Cuts `instances` (row by row) into runs of neighbours.
pub(crate) fn runs(instances: &[Instance], tile_um: f64) -> Vec<Range<usize>> {
    let follows = |left: &Instance, right: &Instance| {
        left.y_um == right.y_um && (right.x_um - left.x_um - tile_um).abs() < 0.5 * tile_um
    };
    let mut start = 0;
    let mut runs = Vec::new();
    for run in instances.chunk_by(follows) {
        let end = start + run.len();
        runs.extend(
            (start..end)
                .step_by(LONGEST)
                .map(|at| at..(at + LONGEST).min(end)),
        );
        start = end;
    }
    runs
}

impl Strip {
    /// Reads the frames under `tiles`, one of the [`runs`] of a layout.
    pub(crate) async fn fetch(
        reader: &PyramidReader,
        tiles: &[Instance],
        spec: TileSpec,
    ) -> Result<Self, PyramidError> {
        let first = tiles.first().copied().unwrap_or(Instance {
            x_um: 0.0,
            y_um: 0.0,
        });
        let n_tiles = tiles.len() as u32;
        let rect = MicrometreRect {
            x: first.x_um,
            y: first.y_um,
            width: f64::from(n_tiles) * spec.tile_um(),
            height: spec.tile_um(),
        };
        let out = PixelSize::new(n_tiles * spec.tile_px, spec.tile_px);
        Ok(Self {
            fetched: reader.fetch(spec.mpp, rect, out).await?,
            n_tiles,
            tile_px: spec.tile_px,
        })
    }

    /// Decodes and resamples the tiles, in their order.
    pub(crate) fn render(&self) -> Result<Vec<RgbImage>, PyramidError> {
        let image = self.fetched.render()?;
        let tile = |number: u32| {
            image.cropped(PixelRect {
                x: number * self.tile_px,
                y: 0,
                width: self.tile_px,
                height: self.tile_px,
            })
        };
        Ok((0..self.n_tiles).map(tile).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_with_the_row_at_gaps_and_at_eight() {
        let row = |y: f64, columns: Vec<u32>| {
            columns.into_iter().map(move |column| Instance {
                x_um: f64::from(column) * 0.3,
                y_um: y,
            })
        };
        let instances: Vec<Instance> = row(0.0, vec![0, 1, 3])
            .chain(row(0.3, (4..14).collect()))
            .chain(row(0.6, vec![14]))
            .collect();
        assert_eq!(runs(&instances, 0.3), [0..2, 2..3, 3..11, 11..13, 13..14]);
        assert!(runs(&[], 0.3).is_empty());
    }
}
