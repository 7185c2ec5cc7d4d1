use std::fmt;

use flow::{Heatmap, HeatmapLayer, ValueRange};
use serde::Deserialize;
use thiserror::Error;

use crate::colormap::{Colormap, N_COLOURS};

/// How a heatmap is coloured, as the address says it: `?colormap=&min=&max=&threshold=&smooth=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Colouring {
    /// By default viridis, and coolwarm for a signed layer.
    colormap: Option<Colormap>,
    /// The value with the first colour, by default the smallest there is; for a signed layer as far
    /// below 0 as the last colour is above.
    min: Option<f32>,
    /// The value with the last colour, by default the largest there is, of either sign.
    max: Option<f32>,
    /// Smaller values are not shown; of a signed layer those nearer to 0.
    threshold: Option<f32>,
    #[serde(default)]
    smooth: Smoothing,
}

/// How a picture finer than the grid is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Smoothing {
    /// Cells as they are.
    #[default]
    #[serde(rename = "false")]
    Cells,
    /// Mixed from the centres of the four nearest cells.
    #[serde(rename = "true")]
    Mixed,
}

#[derive(Clone, Debug, PartialEq, Error)]
pub enum ColouringError {
    #[error("{0} is not a usable number")]
    NotFinite(&'static str),
    #[error("min ({min}) must be less than max ({max})")]
    EmptyRange { min: f32, max: f32 },
}

impl Colouring {
    pub fn checked(self) -> Result<Self, ColouringError> {
        let numbers = [
            ("min", self.min),
            ("max", self.max),
            ("threshold", self.threshold),
        ];
        for (name, number) in numbers {
            if number.is_some_and(|number| !number.is_finite()) {
                return Err(ColouringError::NotFinite(name));
            }
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) if min >= max => Err(ColouringError::EmptyRange { min, max }),
            _ => Ok(self),
        }
    }

    pub const fn smoothing(&self) -> Smoothing {
        self.smooth
    }

    /// Settles colours and range for values of a result.
    pub fn scale(&self, heatmap: &Heatmap, layer: HeatmapLayer) -> Scale {
        let found = heatmap.range().unwrap_or(ValueRange { min: 0.0, max: 1.0 });
        if !layer.is_signed() {
            return self.scale_between(found);
        }
        let furthest = found.max.max(-found.min);
        // One end given settles the other: 0 stays in the middle of the colours.
        let furthest = self.max.or(self.min.map(|min| -min)).unwrap_or(furthest);
        Scale {
            colormap: self.colormap.unwrap_or(Colormap::Coolwarm),
            min: self.min.unwrap_or(-furthest),
            max: self.max.unwrap_or(furthest),
            threshold: self.threshold.unwrap_or(f32::NEG_INFINITY),
            strength: Strength::FromZero,
        }
    }

    /// Settles them for values with no zero in the middle, between these ends where none are given.
    pub fn scale_between(&self, ends: ValueRange) -> Scale {
        Scale {
            colormap: self.colormap.unwrap_or(Colormap::Viridis),
            min: self.min.unwrap_or(ends.min),
            max: self.max.unwrap_or(ends.max),
            threshold: self.threshold.unwrap_or(f32::NEG_INFINITY),
            strength: Strength::Value,
        }
    }
}

/// For entity tags: everything that changes the picture.
impl fmt::Display for Colouring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let smooth = match self.smooth {
            Smoothing::Cells => "cells",
            Smoothing::Mixed => "mixed",
        };
        let colormap = self.colormap.map_or("_", Colormap::name);
        write!(f, "{colormap}-{smooth}")?;
        for number in [self.min, self.max, self.threshold] {
            match number {
                Some(number) => write!(f, "-{number}")?,
                None => f.write_str("-_")?,
            }
        }
        Ok(())
    }
}

/// Gives every value its palette entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    colormap: Colormap,
    min: f32,
    max: f32,
    threshold: f32,
    strength: Strength,
}

/// What makes one value count more than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    Value,
    FromZero,
}

impl Scale {
    /// 0 for "nothing to show", else 1 (at `min` and below) to 255 (at `max` and above).
    pub fn entry(&self, value: Option<f32>) -> u8 {
        match value {
            Some(value) if self.strength(value) >= self.threshold => {
                1 + (self.share(value) * (N_COLOURS - 1) as f32).round() as u8
            }
            _ => 0,
        }
    }

    /// The one of two values that is seen where there is room for one.
    pub fn stronger(&self, a: f32, b: f32) -> f32 {
        if self.strength(b) > self.strength(a) {
            b
        } else {
            a
        }
    }

    /// The palette that [`Self::entry`] points into, without its clear first entry.
    pub fn colours(&self) -> [[u8; 3]; N_COLOURS] {
        self.colormap.colours()
    }

    fn strength(&self, value: f32) -> f32 {
        match self.strength {
            Strength::Value => value,
            Strength::FromZero => value.abs(),
        }
    }

    fn share(&self, value: f32) -> f32 {
        if self.max <= self.min {
            return if value >= self.max { 1.0 } else { 0.0 };
        }
        ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colouring(query: &str) -> Result<Colouring, Box<dyn std::error::Error>> {
        let uri = format!("/?{query}").parse()?;
        let query = axum::extract::Query::<Colouring>::try_from_uri(&uri)?;
        Ok(query.0.checked()?)
    }

    fn heatmap() -> Heatmap {
        Heatmap {
            cell_um: 100.0,
            columns: 2,
            rows: 2,
            values: vec![f32::NAN, 1.0, 3.0, 2.0],
        }
    }

    #[test]
    fn values_are_spread_over_the_palette() -> Result<(), Box<dyn std::error::Error>> {
        let scale = colouring("")?.scale(&heatmap(), HeatmapLayer::Tile);
        let entries = [None, Some(1.0), Some(2.0), Some(3.0)].map(|value| scale.entry(value));
        assert_eq!(entries, [0, 1, 128, 255]);
        let scale = colouring("min=2&max=4&threshold=1.5&colormap=turbo")?
            .scale(&heatmap(), HeatmapLayer::Tile);
        let entries = [1.0, 1.6, 3.0, 9.0].map(|value| scale.entry(Some(value)));
        assert_eq!(entries, [0, 1, 128, 255]);
        Ok(())
    }

    #[test]
    fn a_signed_layer_has_its_zero_in_the_middle() -> Result<(), Box<dyn std::error::Error>> {
        let signed = Heatmap {
            values: vec![f32::NAN, -1.0, 4.0, 0.0],
            ..heatmap()
        };
        let entries = |query: &str| -> Result<[u8; 3], Box<dyn std::error::Error>> {
            let scale = colouring(query)?.scale(&signed, HeatmapLayer::LeaveOut);
            assert_eq!(scale.colours()[127], [221, 221, 221]);
            Ok([-1.0, 0.0, 4.0].map(|value| scale.entry(Some(value))))
        };
        assert_eq!(entries("")?, [96, 128, 255]);
        assert_eq!(entries("max=2")?, [65, 128, 255]);
        assert_eq!(entries("threshold=0.5")?, [96, 0, 255]);
        let scale = Colouring::default().scale(&signed, HeatmapLayer::LeaveOut);
        assert_eq!(scale.stronger(-2.0, 1.0), -2.0);
        Ok(())
    }

    #[test]
    fn given_ends_come_before_the_usual_ones() -> Result<(), Box<dyn std::error::Error>> {
        let usual = ValueRange { min: 0.0, max: 2.0 };
        let entries = |query: &str| -> Result<[u8; 2], Box<dyn std::error::Error>> {
            let scale = colouring(query)?.scale_between(usual);
            Ok([1.0, 3.0].map(|value| scale.entry(Some(value))))
        };
        assert_eq!(entries("")?, [128, 255]);
        assert_eq!(entries("max=4&threshold=2")?, [0, 192]);
        Ok(())
    }

    #[test]
    fn one_value_everywhere_still_has_a_colour() {
        let even = Heatmap {
            values: vec![0.5; 4],
            ..heatmap()
        };
        let scale = Colouring::default().scale(&even, HeatmapLayer::Tile);
        assert_eq!(scale.entry(Some(0.5)), 255);
    }

    #[test]
    fn bad_parameters_are_refused() {
        for bad in [
            "min=nan",
            "max=inf",
            "min=2&max=2",
            "min=3&max=1",
            "colormap=jet",
            "min=x",
            "smooth=1",
        ] {
            assert!(colouring(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_parameter_is_in_the_tag() -> Result<(), Box<dyn std::error::Error>> {
        let queries = [
            "",
            "min=1",
            "max=1",
            "threshold=1",
            "smooth=true",
            "colormap=magma",
        ];
        let tags: std::collections::BTreeSet<String> = queries
            .iter()
            .map(|query| Ok(colouring(query)?.to_string()))
            .collect::<Result<_, Box<dyn std::error::Error>>>()?;
        assert_eq!(tags.len(), queries.len());
        Ok(())
    }
}
