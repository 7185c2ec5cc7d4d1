use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::FlowError;

/// What a heatmap shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeatmapLayer {
    /// Where the head looked: attention times the number of tiles, so 1 is the average tile.
    Attention,
    /// Of each tile alone, the probability that the result gives of the slide: of the positive class,
    /// of a grade above the lowest, or of the class that is called.
    Tile,
    /// How far the slide's log-odds of the finding ([`crate::Evidence`]) fall when the tile is left
    /// out; below 0 where they rise. Where many tiles show the finding, a weak one of them may lie below 0: without
    /// it the stronger ones weigh more.
    LeaveOut,
    /// The same with the tile and those that touch it left out together: tiles that say the same
    /// thing stand in for each other, so that one alone is hardly missed.
    Neighbourhood,
}

impl HeatmapLayer {
    pub const ALL: [Self; 4] = [
        Self::Attention,
        Self::Tile,
        Self::LeaveOut,
        Self::Neighbourhood,
    ];

    /// As in addresses and object keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Tile => "tile",
            Self::LeaveOut => "leave_out",
            Self::Neighbourhood => "neighbourhood",
        }
    }

    /// Whether values lie on both sides of 0, which is then the middle of the colours.
    pub const fn is_signed(self) -> bool {
        match self {
            Self::Attention | Self::Tile => false,
            Self::LeaveOut | Self::Neighbourhood => true,
        }
    }
}

impl fmt::Display for HeatmapLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for HeatmapLayer {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let layer = Self::ALL.into_iter().find(|layer| layer.name() == text);
        layer.ok_or_else(|| {
            FlowError::parse(
                "heatmap layer",
                text,
                "attention, tile, leave_out or neighbourhood",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_one_name_everywhere() -> Result<(), Box<dyn std::error::Error>> {
        for layer in HeatmapLayer::ALL {
            assert_eq!(layer.name().parse::<HeatmapLayer>()?, layer);
            assert_eq!(serde_json::to_value(layer)?, layer.name());
        }
        assert!("blood".parse::<HeatmapLayer>().is_err());
        Ok(())
    }
}
