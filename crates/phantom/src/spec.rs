use std::fmt;
use std::str::FromStr;

use flow::Mpp;
use serde::{Deserialize, Serialize};

use crate::{PhantomError, StainChoice};

/// What to paint. Equal specs give equal slides, byte for byte.
#[derive(Clone, Debug)]
pub struct PhantomSpec {
    /// Side of the square slide in pixels of level 0, from 256 to 1,000,000.
    pub size: u32,
    /// Micrometres per pixel of level 0.
    pub mpp: Mpp,
    /// Share of the tissue area that is tumour, from 0 (a benign slide) to 0.9.
    pub tumour_fraction: f64,
    /// How far the tumour has lost the shape of glands; without effect on a benign slide.
    pub grade: Grade,
    pub seed: u64,
    /// From 1 to 100.
    pub jpeg_quality: u8,
    pub pyramid: PyramidStep,
    pub stain: StainChoice,
    /// What the barcode of its label says; without a label the file has none.
    pub label: Option<String>,
    pub scanner: PhantomScanner,
}

/// What the slide was scanned by.
#[derive(Clone, Debug, PartialEq)]
pub struct PhantomScanner {
    /// As the file says; without a name it says none.
    pub model: Option<String>,
    /// How much of the light it sees in red, green and blue; 1 each where its colours are true.
    pub light: [f32; 3],
}

impl Default for PhantomScanner {
    fn default() -> Self {
        Self {
            model: None,
            light: [1.0; 3],
        }
    }
}

impl PhantomSpec {
    /// A benign slide at 0.25 um/px, JPEG quality 85, all levels, stained as its seed says.
    pub fn benign(size: u32, seed: u64) -> Self {
        Self {
            size,
            mpp: Mpp::new(0.25).expect("0.25 is a possible mpp"),
            tumour_fraction: 0.0,
            grade: Grade::LOWEST,
            seed,
            jpeg_quality: 85,
            pyramid: PyramidStep::Two,
            stain: StainChoice::FromSeed,
            label: None,
            scanner: PhantomScanner::default(),
        }
    }

    /// The same with tumour on `fraction` of the tissue.
    pub fn with_tumour(self, fraction: f64, grade: Grade) -> Self {
        Self {
            tumour_fraction: fraction,
            grade,
            ..self
        }
    }

    /// Side of the slide in micrometres.
    pub fn side_um(&self) -> f64 {
        f64::from(self.size) * self.mpp.get()
    }

    pub(crate) fn check(&self) -> Result<(), PhantomError> {
        if !(256..=1_000_000).contains(&self.size) {
            return Err(PhantomError::Size(self.size));
        }
        if !(0.0..=0.9).contains(&self.tumour_fraction) {
            return Err(PhantomError::TumourFraction(self.tumour_fraction));
        }
        if !(1..=100).contains(&self.jpeg_quality) {
            return Err(PhantomError::JpegQuality(self.jpeg_quality));
        }
        if !self
            .scanner
            .light
            .iter()
            .all(|light| (0.2..=1.2).contains(light))
        {
            return Err(PhantomError::Light);
        }
        Ok(())
    }
}

/// Tumour grade from 1 (well formed glands) to 5 (no glands at all), like an ISUP grade group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Grade(u8);

impl Grade {
    pub const LOWEST: Self = Self(1);
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    pub fn new(grade: u8) -> Result<Self, PhantomError> {
        (1..=5)
            .contains(&grade)
            .then_some(Self(grade))
            .ok_or(PhantomError::Grade(grade))
    }

    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Grade {
    type Err = PhantomError;

    fn from_str(text: &str) -> Result<Self, PhantomError> {
        // What is no number at all is as far off the scale as 0.
        Self::new(text.trim().parse().unwrap_or_default())
    }
}

impl TryFrom<u8> for Grade {
    type Error = PhantomError;

    fn try_from(grade: u8) -> Result<Self, PhantomError> {
        Self::new(grade)
    }
}

impl From<Grade> for u8 {
    fn from(grade: Grade) -> Self {
        grade.0
    }
}

/// How much smaller each stored level is than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PyramidStep {
    /// Every level, each half of the one before.
    Two,
    /// Levels 4, 16, 64, ... times smaller, as Aperio scanners write.
    Four,
}
