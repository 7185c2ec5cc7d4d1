use flow::{TileGrid, TileIndex};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::progress::TileCount;
use super::stored_frames::{FrameRows, StoredFrames};
use super::{halve_pixels, halve_planes};
use crate::PyramidError;
use crate::dicom::InstanceWriter;
use crate::jpeg::FrameModel;

/// How the frames of a halved level are to be compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Halving {
    pub(super) model: FrameModel,
    pub(super) quality: u8,
}

/// The up to four tiles that one tile of the next level covers: top left, top right, bottom left,
/// bottom right. Those outside the level are `None`.
pub(super) struct Quad<'a> {
    pub(super) above: TileGrid,
    pub(super) tiles: [Option<(TileIndex, &'a [u8])>; 4],
}

/// Appends the frames of the level below `above`, a row of tiles at a time.
pub(super) fn halve_level(
    above: &StoredFrames<'_>,
    halving: Halving,
    writer: &mut InstanceWriter,
    count: &mut TileCount<'_>,
) -> Result<(), PyramidError> {
    let grid = writer.grid();
    for row in 0..grid.rows() {
        let rows = above.rows(2 * row..2 * row + 2)?;
        let frames: Vec<Vec<u8>> = (0..grid.columns())
            .into_par_iter()
            .map(|column| {
                let quad = Quad::new(above.grid(), &rows, TileIndex::new(column, row));
                halve_quad(&quad, halving)
            })
            .collect::<Result<_, _>>()?;
        for jpeg in &frames {
            writer.append(jpeg)?;
        }
        count.add(frames.len());
    }
    Ok(())
}

fn halve_quad(quad: &Quad<'_>, halving: Halving) -> Result<Vec<u8>, PyramidError> {
    match halve_planes::halved(quad, halving)? {
        Some(jpeg) => Ok(jpeg),
        None => halve_pixels::halved(quad, halving),
    }
}

impl<'a> Quad<'a> {
    fn new(above: TileGrid, rows: &'a FrameRows<'_>, below: TileIndex) -> Self {
        let (column, row) = (2 * below.column, 2 * below.row);
        let tiles = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| {
            let tile = TileIndex::new(column + right, row + down);
            rows.frame(tile).map(|jpeg| (tile, jpeg))
        });
        Self { above, tiles }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use turbojpeg::Subsamp;

    use super::*;
    use crate::fixture::{self, mean_difference};
    use crate::{RgbImage, decode_jpeg};

    /// The halved level put together from its tiles, with the padding of the edge tiles.
    fn halved_level(above: TileGrid, subsampling: Subsamp) -> Result<RgbImage, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let written = fixture::level_zero(directory.path(), above, subsampling)?;
        let below = TileGrid::new(above.level.downsampled(2), above.tile);
        let path = directory.path().join("level-01.dcm");
        let mut writer = InstanceWriter::create(&path, fixture::facts(1, below)?)?;
        let halving = Halving {
            model: FrameModel::YCbCr(subsampling),
            quality: 95,
        };
        let frames = StoredFrames::open(&written)?;
        halve_level(
            &frames,
            halving,
            &mut writer,
            &mut TileCount::new(&|_| {}, 0),
        )?;
        let halved = writer.finish()?;
        let stored = StoredFrames::open(&halved)?;
        let rows = stored.rows(0..below.rows())?;
        let size = flow::PixelSize::new(
            below.columns() * below.tile.width,
            below.rows() * below.tile.height,
        );
        let mut whole = RgbImage::filled(size, [0; 3]);
        for tile in below.tiles() {
            let image = decode_jpeg(rows.frame(tile).ok_or("no frame")?)?;
            let part = flow::PixelRect {
                x: 0,
                y: 0,
                width: image.size.width,
                height: image.size.height,
            };
            let at = (tile.column * below.tile.width, tile.row * below.tile.height);
            whole.paste(&image, part, at);
        }
        Ok(whole)
    }

    /// What a level at half size should look like: the mean of every two by two pixels.
    fn expected(above: TileGrid) -> RgbImage {
        let full = fixture::painted(0, 0, above.level);
        let size = above.level.downsampled(2);
        let mean = |x: u32, y: u32| {
            let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| {
                let x = (2 * x + right).min(above.level.width - 1);
                let y = (2 * y + down).min(above.level.height - 1);
                full.pixel(x, y)
            });
            [0, 1, 2].map(|c| (corners.iter().map(|p| u32::from(p[c])).sum::<u32>() / 4) as u8)
        };
        let pixels = (0..size.height)
            .flat_map(|y| (0..size.width).flat_map(move |x| mean(x, y)))
            .collect();
        RgbImage { size, pixels }
    }

    const CASES: [(u32, u32, u32); 3] = [(1024, 768, 256), (700, 500, 240), (333, 401, 101)];

    #[test]
    fn a_halved_level_is_close_to_a_box_filter() -> Result<(), Box<dyn Error>> {
        for (width, height, tile) in CASES {
            for subsampling in [Subsamp::Sub2x2, Subsamp::Sub2x1, Subsamp::None] {
                let above = fixture::grid(width, height, tile);
                let expected = expected(above);
                let inside = flow::PixelRect {
                    x: 0,
                    y: 0,
                    width: expected.size.width,
                    height: expected.size.height,
                };
                let halved = halved_level(above, subsampling)?.cropped(inside);
                let error = mean_difference(&halved, &expected);
                assert!(
                    error < 1.5,
                    "{width} x {height} / {tile} {subsampling:?}: {error}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn beyond_the_edge_the_picture_goes_on() -> Result<(), Box<dyn Error>> {
        for (width, height, tile) in CASES {
            let above = fixture::grid(width, height, tile);
            let halved = halved_level(above, Subsamp::None)?;
            let darkest = halved
                .pixels
                .chunks_exact(3)
                .map(|rgb| rgb[0].max(rgb[1]))
                .min();
            assert!(
                darkest > Some(60),
                "{width} x {height} / {tile}: {darkest:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn whole_tiles_stay_in_their_planes_and_others_do_not() -> Result<(), Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let above = fixture::grid(700, 512, 256);
        let written = fixture::level_zero(directory.path(), above, Subsamp::Sub2x2)?;
        let frames = StoredFrames::open(&written)?;
        let rows = frames.rows(0..2)?;
        let planes = |column: u32, model: FrameModel| {
            let quad = Quad::new(above, &rows, TileIndex::new(column, 0));
            halve_planes::halved(&quad, Halving { model, quality: 85 })
        };
        assert!(planes(0, FrameModel::YCbCr(Subsamp::Sub2x2))?.is_some());
        assert!(planes(0, FrameModel::YCbCr(Subsamp::None))?.is_none());
        assert!(planes(1, FrameModel::YCbCr(Subsamp::Sub2x2))?.is_none());
        Ok(())
    }
}
