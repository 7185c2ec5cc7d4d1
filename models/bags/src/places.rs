use std::fmt;

use crate::stride::stride;

/// Where the tiles of a bag lie on their slide.
#[derive(Clone, Debug, PartialEq)]
pub struct TilePlaces {
    /// Top left corner (x, y) of each tile from the slide's top left, in `unit`.
    pub corners: Vec<[f64; 2]>,
    pub unit: PlaceUnit,
    pub unit_evidence: Evidence,
    /// `None` where the file does not say it and there are no neighbours to measure.
    pub side: Option<TileSide>,
    pub side_evidence: Evidence,
    /// Pixels on a side of the picture that the encoder was shown, where the file says it.
    pub shown_px: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceUnit {
    Level0Pixel,
    Micrometre,
}

/// Side of a square tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TileSide {
    Level0Pixels(f64),
    Micrometres(f64),
}

/// How something about a file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The file says so.
    Stated,
    /// Files of this tool are always so.
    ByFormat,
    /// From how far apart neighbouring tiles lie.
    Inferred,
}

impl TilePlaces {
    /// Places in level-0 pixels, as TRIDENT and CLAM always have them; a side that the file leaves
    /// out is measured.
    pub(crate) fn in_pixels(
        corners: Vec<[f64; 2]>,
        stated_side: Option<TileSide>,
        shown_px: Option<f64>,
    ) -> Self {
        let measured = || stride(&corners).map(TileSide::Level0Pixels);
        Self {
            unit: PlaceUnit::Level0Pixel,
            unit_evidence: Evidence::ByFormat,
            side: stated_side.or_else(measured),
            side_evidence: match stated_side {
                Some(_) => Evidence::Stated,
                None => Evidence::Inferred,
            },
            shown_px,
            corners,
        }
    }

    /// Corners in micrometres, on a slide whose level 0 has `mpp` micrometres a pixel.
    pub fn corners_um(&self, mpp: f64) -> impl Iterator<Item = [f64; 2]> {
        let scale = match self.unit {
            PlaceUnit::Level0Pixel => mpp,
            PlaceUnit::Micrometre => 1.0,
        };
        self.corners
            .iter()
            .map(move |[x, y]| [x * scale, y * scale])
    }
}

impl TileSide {
    /// On a slide whose level 0 has `mpp` micrometres a pixel.
    pub fn micrometres(self, mpp: f64) -> f64 {
        match self {
            Self::Level0Pixels(pixels) => pixels * mpp,
            Self::Micrometres(side) => side,
        }
    }
}

impl fmt::Display for PlaceUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Level0Pixel => "level-0 pixels",
            Self::Micrometre => "micrometres",
        })
    }
}

impl fmt::Display for TileSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level0Pixels(side) => write!(f, "{side} level-0 pixels"),
            Self::Micrometres(side) => write!(f, "{side} um"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stated => "stated",
            Self::ByFormat => "always so in this format",
            Self::Inferred => "inferred from how far apart tiles lie",
        })
    }
}

impl fmt::Display for TilePlaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "places in {} ({})", self.unit, self.unit_evidence)?;
        match self.side {
            Some(side) => write!(f, ", tile side {side} ({})", self.side_evidence),
            None => write!(f, ", tile side unknown"),
        }
    }
}
