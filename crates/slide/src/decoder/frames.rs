use flow::{AssociatedName, PixelSize, TileGrid, TileIndex};

use crate::decoder::DecoderPool;
use crate::decoder::pool::OpenedChild;
use crate::decoder::protocol::{DecodedFacts, DecodedLevel, FrameRequest, Request};
use crate::error::SlideError;
use crate::facts::{ScannerNames, SlideFacts, SourceLevel};
use crate::tiff::{Codestreams, Hints, plausible_mpp};

/// The tile side where the file's own tiles are too large, too small or not square.
const TILE_SIDE: u32 = 256;
const TILE_SIDES: std::ops::RangeInclusive<u32> = 128..=1024;
const MAX_TILES: u64 = 1 << 26;

/// Frames of a format that only OpenSlide reads.
pub(crate) struct DecodedFrames {
    grids: Vec<TileGrid>,
    /// Of level 0.
    codestreams: Option<Codestreams>,
}

impl DecodedFrames {
    pub(crate) fn open(
        pool: &DecoderPool,
        mut hints: Hints,
    ) -> Result<(SlideFacts, Vec<SourceLevel>, Self), SlideError> {
        let decoded = match pool.open()? {
            OpenedChild::Facts(decoded) => *decoded,
            OpenedChild::UnknownFormat => return Err(unknown_format(&hints)),
        };
        let grids = offered(&decoded)
            .iter()
            .map(grid)
            .collect::<Result<Vec<_>, _>>()?;
        let full = match grids.first() {
            Some(grid) => grid.level,
            None => return Err(SlideError::corrupt("it has no levels")),
        };
        let levels = grids
            .iter()
            .map(|&grid| SourceLevel::new(grid, full))
            .collect();
        let codestreams = hints.codestreams.take();
        let frames = Self {
            codestreams: codestreams.filter(|streams| streams.grid() == grids[0]),
            grids,
        };
        Ok((facts(decoded, hints, full), levels, frames))
    }

    pub(crate) fn frame(
        &self,
        pool: &DecoderPool,
        level: usize,
        tile: TileIndex,
    ) -> Result<Vec<u8>, SlideError> {
        let (grid, rect) = self
            .grids
            .get(level)
            .and_then(|grid| Some((grid, grid.clipped(tile)?)))
            .ok_or_else(|| SlideError::no_such_tile(level, tile))?;
        let request = Request::Frame(FrameRequest {
            level: level as u32,
            x: rect.x,
            y: rect.y,
            width: rect.width,
            height: rect.height,
            tile_width: grid.tile.width,
            tile_height: grid.tile.height,
            codestream: self.codestream(level, tile),
        });
        pool.jpeg(&request).map_err(|error| match error {
            SlideError::Corrupt { what } => SlideError::corrupt_tile(level, tile, what),
            other => other,
        })
    }

    fn codestream(&self, level: usize, tile: TileIndex) -> Option<(u64, u32)> {
        let codestreams = self.codestreams.as_ref().filter(|_| level == 0)?;
        codestreams.get(tile)
    }
}

fn unknown_format(hints: &Hints) -> SlideError {
    match (&hints.refusal, hints.is_tiff) {
        (Some(reason), _) => SlideError::not_a_slide(*reason),
        (None, true) => SlideError::unsupported("OpenSlide does not take this kind of TIFF"),
        (None, false) => {
            SlideError::not_a_slide("neither its first bytes nor OpenSlide know its format")
        }
    }
}

/// The levels worth reading from the file. Hamamatsu's are whole JPEGs that libjpeg reads at 2,000
/// tiles a CPU-second. Elsewhere OpenSlide gives 100 (JPEG 2000) to 500, while halving the level
/// above by DCT scaling and compressing it gives 900: those are not offered.
fn offered(decoded: &DecodedFacts) -> &[DecodedLevel] {
    match decoded.vendor.as_str() {
        "hamamatsu" => &decoded.levels,
        _ => &decoded.levels[..decoded.levels.len().min(1)],
    }
}

fn grid(level: &DecodedLevel) -> Result<TileGrid, SlideError> {
    let side = level
        .tile
        .filter(|side| TILE_SIDES.contains(side))
        .unwrap_or(TILE_SIDE);
    let size = PixelSize::new(level.width, level.height);
    let grid = TileGrid::new(size, PixelSize::new(side, side));
    if size.width.max(size.height) > 1 << 31 || grid.n_tiles() > MAX_TILES {
        return Err(SlideError::unsupported(format!(
            "it claims a level of {size} pixels"
        )));
    }
    match size.area() {
        0 => Err(SlideError::corrupt("it has a level without pixels")),
        _ => Ok(grid),
    }
}

fn facts(decoded: DecodedFacts, hints: Hints, size: PixelSize) -> SlideFacts {
    let named = |name: &String| name.parse::<AssociatedName>().ok();
    SlideFacts {
        mpp: decoded.mpp.and_then(|(x, y)| plausible_mpp(x, y)),
        objective_power: decoded.objective_power,
        scanner: hints.scanner,
        size,
        icc: hints.icc,
        associated: decoded.associated.iter().filter_map(named).collect(),
        background: decoded.background,
        named: ScannerNames {
            barcode: decoded.barcode,
            accession: None,
        },
        confinement: Some(decoded.confinement),
        dicom: None,
        format: decoded.vendor,
    }
}
