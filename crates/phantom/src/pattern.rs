//! How epithelium grows: benign glands and the steps by which a tumour loses them.

use crate::Grade;
use crate::draw::Draws;

/// One way of growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Benign,
    /// Small, round, separate, crowded glands.
    WellFormed,
    /// Glands that have run into each other.
    Fused,
    /// Large masses punched with round holes.
    Cribriform,
    /// Small clusters and cords, hardly a lumen.
    PoorlyFormed,
    /// Sheets.
    Solid,
}

/// The measures of a pattern, in micrometres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Distance between neighbouring glands.
    pub(crate) spacing: f32,
    pub(crate) radius: (f32, f32),
    /// Greatest ratio of length to breadth.
    pub(crate) elongation: f32,
    /// Depth of the lobes, relative to the radius.
    pub(crate) lobes: f32,
    /// How far outlines are bent.
    pub(crate) bend: f32,
    /// Stroma kept between two glands; negative lets them fuse.
    pub(crate) gap: f32,
    /// Height of the epithelium.
    pub(crate) wall: f32,
    /// Depth of the folds of the lumen's outline.
    pub(crate) folds: f32,
    /// Share of glands that open a lumen.
    pub(crate) open: f32,
    /// 0: nuclei in one row at the base; 1: everywhere in the epithelium.
    pub(crate) strata: f32,
}

impl Pattern {
    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Benign => Shape {
                spacing: 128.0,
                radius: (38.0, 78.0),
                elongation: 1.7,
                lobes: 0.2,
                bend: 9.0,
                gap: 11.0,
                wall: 17.0,
                folds: 9.0,
                open: 1.0,
                strata: 0.1,
            },
            Self::WellFormed => Shape {
                spacing: 56.0,
                radius: (21.0, 33.0),
                elongation: 1.35,
                lobes: 0.07,
                bend: 2.5,
                gap: 5.0,
                wall: 12.5,
                folds: 1.5,
                open: 1.0,
                strata: 0.0,
            },
            Self::Fused => Shape {
                spacing: 50.0,
                radius: (24.0, 36.0),
                elongation: 1.5,
                lobes: 0.16,
                bend: 6.0,
                gap: -90.0,
                wall: 16.5,
                folds: 3.5,
                open: 0.75,
                strata: 0.25,
            },
            Self::Cribriform => Shape {
                spacing: 118.0,
                radius: (60.0, 88.0),
                elongation: 1.5,
                lobes: 0.16,
                bend: 9.0,
                gap: 9.0,
                wall: 11.0,
                folds: 2.0,
                open: 1.0,
                strata: 1.0,
            },
            Self::PoorlyFormed => Shape {
                spacing: 36.0,
                radius: (11.0, 20.0),
                elongation: 2.3,
                lobes: 0.3,
                bend: 7.0,
                gap: 1.5,
                wall: 9.0,
                folds: 3.0,
                open: 0.22,
                strata: 1.0,
            },
            Self::Solid => Shape {
                spacing: 120.0,
                radius: (66.0, 105.0),
                elongation: 1.7,
                lobes: 0.2,
                bend: 14.0,
                gap: 4.0,
                wall: 0.0,
                folds: 0.0,
                open: 0.0,
                strata: 1.0,
            },
        }
    }

    /// The patterns seen in a tumour of this grade with their shares, which sum to 1.
    pub(crate) const fn of_grade(grade: Grade) -> &'static [(Self, f32)] {
        match grade.get() {
            1 => &[(Self::WellFormed, 1.0)],
            2 => &[(Self::WellFormed, 0.55), (Self::Fused, 0.45)],
            3 => &[(Self::Fused, 0.45), (Self::Cribriform, 0.55)],
            4 => &[(Self::Cribriform, 0.15), (Self::PoorlyFormed, 0.85)],
            _ => &[(Self::PoorlyFormed, 0.2), (Self::Solid, 0.8)],
        }
    }
}

/// What nuclei look like, lengths in micrometres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atypia {
    pub(crate) radius: f32,
    /// Spread of the radius, relative to it.
    pub(crate) variation: f32,
    /// Distance between neighbouring nuclei.
    pub(crate) spacing: f32,
    /// Amount of haematoxylin.
    pub(crate) chromatin: f32,
    /// Deviation from an ellipse, relative to the radius.
    pub(crate) irregularity: f32,
    /// Share with a visible nucleolus.
    pub(crate) nucleoli: f32,
    /// Share caught dividing.
    pub(crate) mitoses: f32,
    /// Share dying.
    pub(crate) apoptosis: f32,
}

impl Atypia {
    pub(crate) const BENIGN: Self = Self {
        radius: 2.9,
        variation: 0.08,
        spacing: 6.6,
        chromatin: 1.22,
        irregularity: 0.04,
        nucleoli: 0.05,
        mitoses: 0.0,
        apoptosis: 0.001,
    };

    pub(crate) const fn of_grade(grade: Grade) -> Self {
        // Columns: radius, variation, spacing, chromatin, irregularity, nucleoli, mitoses, apoptosis.
        let row = match grade.get() {
            1 => [3.3, 0.10, 7.0, 1.22, 0.05, 0.30, 0.001, 0.002],
            2 => [3.6, 0.13, 7.5, 1.30, 0.07, 0.42, 0.003, 0.004],
            3 => [4.0, 0.16, 8.2, 1.38, 0.09, 0.55, 0.006, 0.006],
            4 => [4.4, 0.20, 9.0, 1.48, 0.12, 0.62, 0.012, 0.010],
            _ => [5.1, 0.28, 11.4, 1.52, 0.15, 0.68, 0.022, 0.018],
        };
        Self {
            radius: row[0],
            variation: row[1],
            spacing: row[2],
            chromatin: row[3],
            irregularity: row[4],
            nucleoli: row[5],
            mitoses: row[6],
            apoptosis: row[7],
        }
    }

    pub(crate) fn draw_radius(&self, draws: &mut Draws) -> f32 {
        let radius = self.radius * (1.0 + self.variation * draws.normal());
        radius.clamp(0.55 * self.radius, 2.2 * self.radius)
    }
}
