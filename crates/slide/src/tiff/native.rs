use flow::{PixelSize, TileGrid, TileIndex};

use crate::error::SlideError;
use crate::jpeg::{self, Colour, Headers, JpegProblem, Prefix, Sampling};
use crate::source_file::SourceFile;
use crate::tiff::page::{Chunks, Page, PixelFormat};

/// Larger tiles are one picture rather than tiles; smaller ones make no viewer happy.
const TILE_SIDES: std::ops::RangeInclusive<u32> = 16..=4096;
/// White, as the glass is.
const BLANK: [u8; 3] = [255; 3];

/// JPEG tiles of a TIFF, copied.
pub(crate) struct NativeFrames {
    file: SourceFile,
    levels: Vec<NativeLevel>,
}

pub(super) struct NativeLevel {
    pub(super) grid: TileGrid,
    chunks: Chunks,
    prefix: Prefix,
    colour: Colour,
    /// What stands in for every tile the scanner left out.
    blank: Vec<u8>,
}

impl NativeFrames {
    pub(super) fn new(file: SourceFile, levels: Vec<NativeLevel>) -> Self {
        Self { file, levels }
    }

    pub(crate) fn frame(&self, level: usize, tile: TileIndex) -> Result<Vec<u8>, SlideError> {
        let (native, position) = self.find(level, tile)?;
        let Some((offset, length)) = native.chunks.get(position) else {
            return Ok(native.blank.clone());
        };
        jpeg::splice(
            &native.prefix,
            length as usize,
            |bytes| self.file.read_at(bytes, offset),
            |bytes| {
                native
                    .check(bytes)
                    .map_err(|what| SlideError::corrupt_tile(level, tile, what))
            },
        )
    }

    pub(crate) fn frame_length(&self, level: usize, tile: TileIndex) -> Option<u32> {
        let (native, position) = self.find(level, tile).ok()?;
        Some(match native.chunks.get(position) {
            Some((_, length)) => native.prefix.spliced_length(length),
            None => native.blank.len() as u32,
        })
    }

    fn find(&self, level: usize, tile: TileIndex) -> Result<(&NativeLevel, usize), SlideError> {
        self.levels
            .get(level)
            .and_then(|native| Some((native, native.grid.position(tile)?)))
            .ok_or_else(|| SlideError::no_such_tile(level, tile))
    }
}

impl NativeLevel {
    /// `None` where the page's tiles cannot be copied: not baseline JPEG, or not meant as the JPEG
    /// alone says.
    pub(super) fn new(
        file: &SourceFile,
        level: usize,
        grid: TileGrid,
        page: Page,
    ) -> Result<Option<Self>, SlideError> {
        let Some(colour) = copyable_colour(page.format, grid.tile) else {
            return Ok(None);
        };
        let tables = page.jpeg_tables.as_deref();
        let sampled = match sample(file, &grid, &page.chunks, tables) {
            Sampled::Tile(headers) => Prefix::new(tables, &headers, colour)
                .ok()
                .map(|prefix| (prefix, headers.sampling())),
            Sampled::Nothing => Some((Prefix::empty(), Sampling::HalfBoth)),
            Sampled::Unsuitable => None,
            Sampled::Damaged(tile, what) => {
                return Err(SlideError::corrupt_tile(level, tile, what));
            }
        };
        let Some((prefix, sampling)) = sampled else {
            return Ok(None);
        };
        Ok(Some(Self {
            grid,
            chunks: page.chunks,
            prefix,
            colour,
            blank: jpeg::blank(grid.tile, colour, sampling, BLANK)?,
        }))
    }

    fn check(&self, tile: &[u8]) -> Result<(), &'static str> {
        let mut headers = self.prefix.headers().clone();
        headers
            .read_picture(tile)
            .map_err(|problem| match problem {
                JpegProblem::Malformed(what) | JpegProblem::Unsuitable(what) => what,
            })?;
        if headers.size() != Some(self.grid.tile) {
            return Err("its JPEG has another size than the level's tiles");
        }
        if headers.colour() != self.colour {
            return Err("its JPEG has other colours than the level's tiles");
        }
        Ok(())
    }
}

/// What the samples mean, if they are 8-bit JPEG in tiles of a sensible size (TIFF Technical Note
/// 2: compression 7; photometric 1 grey, 2 RGB, 6 YCbCr).
fn copyable_colour(format: PixelFormat, tile: PixelSize) -> Option<Colour> {
    let sides_fit = TILE_SIDES.contains(&tile.width) && TILE_SIDES.contains(&tile.height);
    let PixelFormat {
        compression: 7,
        photometric,
        samples,
        bits: 8,
        planar: 1,
    } = format
    else {
        return None;
    };
    let colour = match (photometric, samples) {
        (1, 1) => Colour::Grey,
        (2, 3) => Colour::Rgb,
        (6, 3) => Colour::YCbCr,
        _ => return None,
    };
    sides_fit.then_some(colour)
}

enum Sampled {
    Tile(Headers),
    /// Every tile was left out.
    Nothing,
    Unsuitable,
    Damaged(TileIndex, &'static str),
}

/// Looks at the first, a middle and the last tile that is there. One bad tile among them is left
/// to be reported when it is read; if all are bad, nothing can be said about the level.
fn sample(file: &SourceFile, grid: &TileGrid, chunks: &Chunks, tables: Option<&[u8]>) -> Sampled {
    let n_tiles = grid.n_tiles() as usize;
    let present = |position: &usize| chunks.get(*position).is_some();
    let samples = [
        (0..n_tiles).rev().find(present),
        (n_tiles / 2..n_tiles).find(present),
        (0..n_tiles).find(present),
    ];
    let mut answer = Sampled::Nothing;
    for position in samples.into_iter().flatten() {
        match read_headers(file, chunks.get(position), tables) {
            Ok(headers) if headers.size() == Some(grid.tile) => answer = Sampled::Tile(headers),
            Ok(_) | Err(JpegProblem::Unsuitable(_)) => return Sampled::Unsuitable,
            Err(JpegProblem::Malformed(what)) if !matches!(answer, Sampled::Tile(_)) => {
                answer = Sampled::Damaged(tile_at(grid, position), what);
            }
            Err(JpegProblem::Malformed(_)) => {}
        }
    }
    answer
}

fn tile_at(grid: &TileGrid, position: usize) -> TileIndex {
    let columns = grid.columns() as usize;
    TileIndex::new((position % columns) as u32, (position / columns) as u32)
}

fn read_headers(
    file: &SourceFile,
    chunk: Option<(u64, u32)>,
    tables: Option<&[u8]>,
) -> Result<Headers, JpegProblem> {
    const UNREADABLE: JpegProblem = JpegProblem::Malformed("it cannot be read from the file");
    let (offset, length) = chunk.ok_or(UNREADABLE)?;
    let tile = file
        .bytes("a tile", offset, length.into())
        .ok()
        .ok_or(UNREADABLE)?;
    let mut headers = Headers::default();
    if let Some(tables) = tables {
        headers.read_tables(tables)?;
    }
    headers.read_picture(&tile)?;
    Ok(headers)
}
