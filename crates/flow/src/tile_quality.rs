use serde::{Deserialize, Serialize};

use crate::QualityLayer;

/// From which value on a tile is flagged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityLimits {
    /// Micrometres by which edges are smeared.
    pub blur_um: f32,
    /// Share of the tile under ink.
    pub pen: f32,
    /// Share of the tile where the section lies double.
    pub fold: f32,
}

impl QualityLimits {
    /// `None` of a layer that flags nothing by itself.
    pub const fn of(&self, layer: QualityLayer) -> Option<f32> {
        match layer {
            QualityLayer::Focus => Some(self.blur_um),
            QualityLayer::Pen => Some(self.pen),
            QualityLayer::Fold => Some(self.fold),
            QualityLayer::Coverage | QualityLayer::Flagged => None,
        }
    }
}

impl Default for QualityLimits {
    /// Halfway, on a logarithmic scale, between slides in focus (0.2 to 0.5 um) and the blur at which
    /// nuclei lose their outline (1.5 um); ink on a twentieth and a fold on a fiftieth of the tile.
    fn default() -> Self {
        Self {
            blur_um: 0.9,
            pen: 0.05,
            fold: 0.02,
        }
    }
}

/// What was measured of one tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileQuality {
    /// Deviation of the blur of its edges; `None` where it has none, or was not measured.
    pub blur_um: Option<f32>,
    /// From 0 to 1; `None` in fluorescence.
    pub pen: Option<f32>,
    /// From 0 to 1; `None` in fluorescence.
    pub fold: Option<f32>,
    /// Share of the tile that is tissue, from 0 to 1. It flags nothing: the edge of tissue is tissue.
    pub coverage: f32,
}

impl TileQuality {
    /// As a layer of the map holds it; NaN where it is not known.
    pub fn value(&self, layer: QualityLayer, limits: &QualityLimits) -> f32 {
        let known = match layer {
            QualityLayer::Focus => self.blur_um,
            QualityLayer::Pen => self.pen,
            QualityLayer::Fold => self.fold,
            QualityLayer::Coverage => Some(self.coverage),
            QualityLayer::Flagged => Some(f32::from(u8::from(self.is_flagged(limits)))),
        };
        known.unwrap_or(f32::NAN)
    }

    pub fn is_flagged(&self, limits: &QualityLimits) -> bool {
        self.is_blurred(limits) || self.is_penned(limits) || self.is_folded(limits)
    }

    pub(crate) fn is_blurred(&self, limits: &QualityLimits) -> bool {
        self.blur_um
            .is_some_and(|blur_um| blur_um >= limits.blur_um)
    }

    pub(crate) fn is_penned(&self, limits: &QualityLimits) -> bool {
        self.pen.is_some_and(|pen| pen >= limits.pen)
    }

    pub(crate) fn is_folded(&self, limits: &QualityLimits) -> bool {
        self.fold.is_some_and(|fold| fold >= limits.fold)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn clean() -> TileQuality {
        TileQuality {
            blur_um: Some(0.4),
            pen: Some(0.0),
            fold: Some(0.0),
            coverage: 0.5,
        }
    }

    #[test]
    fn what_is_not_known_flags_nothing() {
        let limits = QualityLimits::default();
        let unknown = TileQuality {
            blur_um: None,
            pen: None,
            fold: None,
            coverage: 0.0,
        };
        assert!(!unknown.is_flagged(&limits) && !clean().is_flagged(&limits));
        assert!(unknown.value(QualityLayer::Focus, &limits).is_nan());
        assert_eq!(unknown.value(QualityLayer::Flagged, &limits), 0.0);
    }
}
