use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::FlowError;

/// Micrometres per pixel, between 0.01 and 1,000.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Mpp(f64);

impl Mpp {
    pub fn new(micrometres_per_pixel: f64) -> Result<Self, FlowError> {
        if (0.01..=1000.0).contains(&micrometres_per_pixel) {
            return Ok(Self(micrometres_per_pixel));
        }
        Err(FlowError::parse(
            "micrometres per pixel",
            &micrometres_per_pixel.to_string(),
            "a number from 0.01 to 1000",
        ))
    }

    pub const fn get(self) -> f64 {
        self.0
    }

    /// The mpp of a level `downsample` times smaller.
    pub fn times(self, downsample: f64) -> Self {
        Self(self.0 * downsample)
    }
}

impl fmt::Display for Mpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Mpp {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        text.trim()
            .parse::<f64>()
            .ok()
            .and_then(|value| Self::new(value).ok())
            .ok_or_else(|| {
                FlowError::parse("micrometres per pixel", text, "a number from 0.01 to 1000")
            })
    }
}

impl TryFrom<f64> for Mpp {
    type Error = FlowError;

    fn try_from(value: f64) -> Result<Self, FlowError> {
        Self::new(value)
    }
}

impl From<Mpp> for f64 {
    fn from(mpp: Mpp) -> Self {
        mpp.0
    }
}

/// Number of a pyramid level: 0 is the full resolution, each next one half of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LevelNumber(pub u8);

impl fmt::Display for LevelNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelSize {
    pub width: u32,
    pub height: u32,
}

impl PixelSize {
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// This size divided by `downsample`, rounded up: the size of the level Deep Zoom expects.
    pub const fn downsampled(self, downsample: u32) -> Self {
        Self {
            width: self.width.div_ceil(downsample),
            height: self.height.div_ceil(downsample),
        }
    }
}

impl fmt::Display for PixelSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.width, self.height)
    }
}

/// A rectangle of pixels of one level, inside that level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelRect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// A rectangle on the glass, in micrometres from the top left corner of level 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MicrometreRect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl MicrometreRect {
    pub fn square(x: f64, y: f64, side: f64) -> Self {
        Self {
            x,
            y,
            width: side,
            height: side,
        }
    }

    /// The same rectangle in (fractional) pixels of a level with this mpp: x, y, width, height.
    pub fn in_pixels(&self, mpp: Mpp) -> [f64; 4] {
        [self.x, self.y, self.width, self.height].map(|length| length / mpp.get())
    }
}

/// Column and row of a tile in its level's grid, from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TileIndex {
    pub column: u32,
    pub row: u32,
}

impl TileIndex {
    pub const fn new(column: u32, row: u32) -> Self {
        Self { column, row }
    }
}

/// A level cut into tiles of one size; those of the last column and row may hang over the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TileGrid {
    pub level: PixelSize,
    pub tile: PixelSize,
}

impl TileGrid {
    pub const fn new(level: PixelSize, tile: PixelSize) -> Self {
        Self { level, tile }
    }

    pub const fn columns(&self) -> u32 {
        self.level.width.div_ceil(self.tile.width)
    }

    pub const fn rows(&self) -> u32 {
        self.level.height.div_ceil(self.tile.height)
    }

    pub const fn n_tiles(&self) -> u64 {
        self.columns() as u64 * self.rows() as u64
    }

    pub const fn contains(&self, tile: TileIndex) -> bool {
        tile.column < self.columns() && tile.row < self.rows()
    }

    /// Position of `tile` in row-major order, `None` outside the grid.
    pub fn position(&self, tile: TileIndex) -> Option<usize> {
        self.contains(tile)
            .then(|| tile.row as usize * self.columns() as usize + tile.column as usize)
    }

    /// The part of the level that `tile` covers, clipped at the edges; `None` outside the grid.
    pub fn clipped(&self, tile: TileIndex) -> Option<PixelRect> {
        if !self.contains(tile) {
            return None;
        }
        let (x, y) = (tile.column * self.tile.width, tile.row * self.tile.height);
        Some(PixelRect {
            x,
            y,
            width: self.tile.width.min(self.level.width - x),
            height: self.tile.height.min(self.level.height - y),
        })
    }

    /// All tiles in row-major order.
    pub fn tiles(&self) -> impl Iterator<Item = TileIndex> + use<> {
        let columns = self.columns();
        (0..self.rows())
            .flat_map(move |row| (0..columns).map(move |column| TileIndex { column, row }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edge_tiles_are_clipped() {
        let grid = TileGrid::new(PixelSize::new(500, 256), PixelSize::new(240, 240));
        assert_eq!((grid.columns(), grid.rows()), (3, 2));
        assert_eq!(
            grid.clipped(TileIndex::new(2, 1)),
            Some(PixelRect {
                x: 480,
                y: 240,
                width: 20,
                height: 16
            })
        );
        assert_eq!(grid.clipped(TileIndex::new(3, 0)), None);
        assert_eq!(grid.position(TileIndex::new(2, 1)), Some(5));
        assert_eq!(grid.tiles().count(), 6);
    }

    #[test]
    fn an_impossible_mpp_is_refused() {
        for bad in ["0", "-1", "nan", "inf", "", "0.25um"] {
            assert!(bad.parse::<Mpp>().is_err(), "{bad}");
        }
        assert_eq!("0.25".parse::<Mpp>().map(Mpp::get).ok(), Some(0.25));
    }
}
