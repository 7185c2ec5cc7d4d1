use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{FlowError, ValueRange};

/// What a map of a slide's quality shows. It says nothing of what the slide is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityLayer {
    /// By how many micrometres the edges in a tile are smeared: 0 would be perfectly sharp.
    Focus,
    /// Share of the tile under ink.
    Pen,
    /// Share of the tile where the section lies double.
    Fold,
    /// Share of the tile that is tissue.
    Coverage,
    /// 1 where one of the first three is above its limit, 0 elsewhere.
    Flagged,
}

/// What the numbers of a layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityUnit {
    Micrometres,
    /// From 0 to 1.
    Share,
    /// 0 or 1.
    Flag,
}

impl QualityLayer {
    pub const ALL: [Self; 5] = [
        Self::Focus,
        Self::Pen,
        Self::Fold,
        Self::Coverage,
        Self::Flagged,
    ];

    /// As in addresses and object keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Pen => "pen",
            Self::Fold => "fold",
            Self::Coverage => "coverage",
            Self::Flagged => "flagged",
        }
    }

    /// The ends of its colours: a limit lies well between them.
    pub const fn usual_range(self) -> ValueRange {
        let max = match self {
            Self::Focus => 1.8,
            Self::Fold => 0.25,
            Self::Pen | Self::Coverage | Self::Flagged => 1.0,
        };
        ValueRange { min: 0.0, max }
    }

    pub const fn unit(self) -> QualityUnit {
        match self {
            Self::Focus => QualityUnit::Micrometres,
            Self::Pen | Self::Fold | Self::Coverage => QualityUnit::Share,
            Self::Flagged => QualityUnit::Flag,
        }
    }
}

impl fmt::Display for QualityLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for QualityLayer {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let layer = Self::ALL.into_iter().find(|layer| layer.name() == text);
        layer.ok_or_else(|| {
            FlowError::parse(
                "quality layer",
                text,
                "focus, pen, fold, coverage or flagged",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_one_name_everywhere() -> Result<(), Box<dyn std::error::Error>> {
        for layer in QualityLayer::ALL {
            assert_eq!(layer.name().parse::<QualityLayer>()?, layer);
            assert_eq!(serde_json::to_value(layer)?, layer.name());
        }
        assert!("attention".parse::<QualityLayer>().is_err());
        Ok(())
    }
}
