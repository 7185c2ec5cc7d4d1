use dicom_objects::CellPicture;
use flow::{MicrometreRect, PixelRect, PixelSize, TileGrid};
use pyramid::RgbImage;

use super::viewport::Asked;
use crate::error::DicomwebError;
use crate::state::DicomwebState;
use crate::study::{Instance, Level};

/// Where the pixels come from, and which of them.
pub(super) enum Source {
    Level(Level, PixelRect),
    Cells(CellPicture, PixelRect),
}

/// All that is needed to draw.
pub(super) enum Fetched {
    Level(pyramid::Fetched),
    Cells(CellPicture, PixelRect, PixelSize),
}

impl Source {
    pub(super) async fn of(
        state: &DicomwebState,
        instance: &Instance,
        frame: Option<u32>,
    ) -> Result<Self, DicomwebError> {
        match instance {
            Instance::Level(level) => {
                let grid = level.frames()?.grid;
                Ok(Self::Level(level.clone(), part(grid, frame)?))
            }
            Instance::Told(told) => {
                let picture = state.made.picture(told).await?;
                let made = state.made.of(told).await?;
                let grid = made.pixels.as_ref().ok_or(DicomwebError::NoPicture)?.grid;
                Ok(Self::Cells(picture, part(grid, frame)?))
            }
        }
    }

    pub(super) async fn fetch(
        self,
        asked: Asked,
        usual_side: u32,
    ) -> Result<Fetched, DicomwebError> {
        let (level, part) = match self {
            Self::Level(level, part) => (level, part),
            Self::Cells(cells, part) => {
                let out = asked.size(PixelSize::new(part.width, part.height), usual_side);
                return Ok(Fetched::Cells(cells, part, out));
            }
        };
        let reader = &level.slide.reader;
        let downsample = f64::from(1_u32 << level.level.0.min(31));
        let mpp = reader.mpp().times(downsample);
        let out = asked.size(PixelSize::new(part.width, part.height), usual_side);
        let um = |pixels: u32| f64::from(pixels) * mpp.get();
        let rect = MicrometreRect {
            x: um(part.x),
            y: um(part.y),
            width: um(part.width),
            height: um(part.height),
        };
        // The finer of the two axes decides from which level the pixels come.
        let across = f64::from(part.width) / f64::from(out.width);
        let down = f64::from(part.height) / f64::from(out.height);
        let mpp = mpp.times(across.min(down).max(1.0));
        Ok(Fetched::Level(reader.fetch(mpp, rect, out).await?))
    }
}

impl Fetched {
    pub(super) fn draw(&self) -> Result<RgbImage, DicomwebError> {
        match self {
            Self::Level(fetched) => Ok(fetched.render()?),
            Self::Cells(cells, part, out) => Ok(sampled(cells, *part, *out)),
        }
    }
}

/// What is drawn of the pixels: all, or what of a frame lies inside of them.
fn part(grid: TileGrid, frame: Option<u32>) -> Result<PixelRect, DicomwebError> {
    let PixelSize { width, height } = grid.level;
    let Some(number) = frame else {
        return Ok(PixelRect {
            x: 0,
            y: 0,
            width,
            height,
        });
    };
    let position = (number as usize).checked_sub(1);
    let tile = position.and_then(|position| grid.tiles().nth(position));
    let part = tile.and_then(|tile| grid.clipped(tile));
    part.ok_or(DicomwebError::NoSuchFrame {
        number,
        n_frames: grid.n_tiles() as usize,
    })
}

/// Of each pixel of the picture the cell in its middle: mixed colours would stand for values that
/// are not there.
fn sampled(cells: &CellPicture, part: PixelRect, out: PixelSize) -> RgbImage {
    let along = |start: u32, length: u32, out: u32, at: u32| {
        let middle = (f64::from(at) + 0.5) * f64::from(length) / f64::from(out);
        start + (middle as u32).min(length - 1)
    };
    let mut pixels = Vec::with_capacity(3 * out.area() as usize);
    for y in 0..out.height {
        let row = along(part.y, part.height, out.height, y);
        for x in 0..out.width {
            let column = along(part.x, part.width, out.width, x);
            let at = 3 * (row as usize * cells.size.width as usize + column as usize);
            pixels.extend_from_slice(&cells.pixels[at..at + 3]);
        }
    }
    RgbImage { size: out, pixels }
}
