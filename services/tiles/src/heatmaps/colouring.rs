use std::fmt;

use flow::{Heatmap, ValueRange};
use serde::Deserialize;
use thiserror::Error;

use super::colormap::{Colormap, N_COLOURS};

/// How a heatmap is coloured, as the address says it: `?colormap=&min=&max=&threshold=&smooth=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Colouring {
    #[serde(default)]
    colormap: Colormap,
    /// The value with the first colour, by default the smallest there is.
    min: Option<f32>,
    /// The value with the last colour, by default the largest there is.
    max: Option<f32>,
    /// Smaller values are not shown.
    threshold: Option<f32>,
    #[serde(default)]
    smooth: Smoothing,
}

/// How a picture finer than the grid is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Smoothing {
    /// Cells as they are.
    #[default]
    #[serde(rename = "false")]
    Cells,
    /// Mixed from the centres of the four nearest cells.
    #[serde(rename = "true")]
    Mixed,
}

#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum ColouringError {
    #[error("{0} is not a usable number")]
    NotFinite(&'static str),
    #[error("min ({min}) must be less than max ({max})")]
    EmptyRange { min: f32, max: f32 },
}

impl Colouring {
    pub(crate) fn checked(self) -> Result<Self, ColouringError> {
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

    pub(crate) const fn smoothing(&self) -> Smoothing {
        self.smooth
    }

    /// Settles the range for this heatmap.
    pub(crate) fn scale(&self, heatmap: &Heatmap) -> Scale {
        let found = heatmap.range().unwrap_or(ValueRange { min: 0.0, max: 1.0 });
        Scale {
            colormap: self.colormap,
            min: self.min.unwrap_or(found.min),
            max: self.max.unwrap_or(found.max),
            threshold: self.threshold.unwrap_or(f32::NEG_INFINITY),
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
        write!(f, "{}-{smooth}", self.colormap.name())?;
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
pub(crate) struct Scale {
    colormap: Colormap,
    min: f32,
    max: f32,
    threshold: f32,
}

impl Scale {
    /// 0 for "nothing to show", else 1 (at `min` and below) to 255 (at `max` and above).
    pub(crate) fn entry(&self, value: Option<f32>) -> u8 {
        match value {
            Some(value) if value >= self.threshold => {
                1 + (self.share(value) * (N_COLOURS - 1) as f32).round() as u8
            }
            _ => 0,
        }
    }

    /// The palette that [`Self::entry`] points into, without its clear first entry.
    pub(crate) fn colours(&self) -> [[u8; 3]; N_COLOURS] {
        self.colormap.colours()
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
        let scale = colouring("")?.scale(&heatmap());
        let entries = [None, Some(1.0), Some(2.0), Some(3.0)].map(|value| scale.entry(value));
        assert_eq!(entries, [0, 1, 128, 255]);
        let scale = colouring("min=2&max=4&threshold=1.5&colormap=turbo")?.scale(&heatmap());
        let entries = [1.0, 1.6, 3.0, 9.0].map(|value| scale.entry(Some(value)));
        assert_eq!(entries, [0, 1, 128, 255]);
        Ok(())
    }

    #[test]
    fn one_value_everywhere_still_has_a_colour() {
        let even = Heatmap {
            values: vec![0.5; 4],
            ..heatmap()
        };
        let scale = Colouring::default().scale(&even);
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
