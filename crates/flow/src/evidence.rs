use serde::{Deserialize, Serialize};

use crate::{HeatmapLayer, MicrometreRect, WithoutFlagged};

/// What a result rests on, and how far each heatmap can be trusted to show it.
///
/// It is evidence of the *finding*: of a detection, that the positive class is there; of one of
/// several classes, that it is the called one and no other; of a grade, that the called grade is
/// reached, and where the lowest one is called, that the next is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Every layer that is stored, in the order of [`HeatmapLayer::ALL`].
    pub layers: Vec<LayerEvidence>,
    pub decisive: DecisiveTiles,
    /// `None` where the quality of the tiles was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_flagged: Option<WithoutFlagged>,
}

/// A layer of the heatmap and its figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerEvidence {
    pub layer: HeatmapLayer,
    pub faithfulness: Faithfulness,
}

/// Whether the tiles a layer calls important are those the call depends on.
///
/// Tiles are taken away (deletion) or added (insertion) in the order of the layer, and the area
/// under the probability of the call is compared with that of random orders: 0 is no better than
/// random, 1 is perfect, below 0 is worse than random, and nothing is below -1. `None` where any
/// order does equally well, as where each tile alone gives the call.
///
/// Perturbation curves for slides: xMIL, arXiv 2406.04280; attention against other maps under them:
/// arXiv 2603.08328.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Faithfulness {
    pub deletion: Option<f64>,
    pub insertion: Option<f64>,
}

impl Faithfulness {
    /// Both figures as one, to compare layers by; a figure that cannot be told says nothing.
    pub fn mean(&self) -> Option<f64> {
        let told: Vec<f64> = [self.deletion, self.insertion]
            .into_iter()
            .flatten()
            .collect();
        (!told.is_empty()).then(|| told.iter().sum::<f64>() / told.len() as f64)
    }
}

/// The tiles a reader must have seen to judge the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DecisiveTiles {
    /// Of a positive call, a class or a grade: seeing these tiles only, the task gives the same one, and
    /// none of them can be spared. An upper bound: a smaller set may exist.
    SmallestSet {
        /// Most important first.
        tiles: Vec<DecisiveTile>,
        /// Of the finding, from these tiles alone.
        probability: f64,
    },
    /// Of a positive call that no set of so few tiles was found to hold: the finding is in the
    /// slide as a whole.
    NoSmallSet { most_tiles: u32 },
    /// Of a negative call: the tile with the highest probability alone. Any tile of normal tissue
    /// holds a negative call, so the fewest tiles that hold it say nothing; what can be wrong is
    /// that a suspicious tile was outweighed, and this is the first to look at.
    MostSuspicious { tile: DecisiveTile },
    /// The task is a service: its model is not here to be asked what it would say of other tiles. Then
    /// no layer has a figure either.
    NotTold,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisiveTile {
    /// In micrometres from the top left of level 0.
    pub rect_um: MicrometreRect,
    /// Probability of the positive class if this tile were the whole slide.
    pub tile_probability: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_cannot_be_told_does_not_count() {
        let of = |deletion, insertion| Faithfulness {
            deletion,
            insertion,
        };
        assert_eq!(of(Some(0.5), Some(1.0)).mean(), Some(0.75));
        assert_eq!(of(Some(0.5), None).mean(), Some(0.5));
        assert_eq!(of(None, None).mean(), None);
    }
}
