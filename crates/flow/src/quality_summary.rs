use serde::{Deserialize, Serialize};

use crate::{QualityLimits, TileQuality};

/// The tiles of a slide in a few figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualitySummary {
    pub n_tiles: u64,
    /// Tiles of which focus could be told.
    pub n_focus: u64,
    /// Tiles that each kind flags; one tile may be of several.
    pub n_blurred: u64,
    pub n_pen: u64,
    pub n_fold: u64,
    pub n_flagged: u64,
    /// Mean share of the tiles that is tissue.
    pub coverage: f64,
    /// Of the tiles of which it could be told, micrometres; `None` where there are none.
    pub blur_um: Option<BlurPercentiles>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlurPercentiles {
    pub p5: f32,
    pub p50: f32,
    pub p95: f32,
}

impl QualitySummary {
    pub fn of(tiles: &[TileQuality], limits: &QualityLimits) -> Self {
        let count = |is_such: &dyn Fn(&TileQuality) -> bool| {
            tiles.iter().filter(|tile| is_such(tile)).count() as u64
        };
        let covered: f64 = tiles.iter().map(|tile| f64::from(tile.coverage)).sum();
        Self {
            n_tiles: tiles.len() as u64,
            n_focus: count(&|tile| tile.blur_um.is_some()),
            n_blurred: count(&|tile| tile.is_blurred(limits)),
            n_pen: count(&|tile| tile.is_penned(limits)),
            n_fold: count(&|tile| tile.is_folded(limits)),
            n_flagged: count(&|tile| tile.is_flagged(limits)),
            coverage: covered / (tiles.len() as f64).max(1.0),
            blur_um: BlurPercentiles::of(tiles),
        }
    }
}

impl BlurPercentiles {
    fn of(tiles: &[TileQuality]) -> Option<Self> {
        let mut sorted: Vec<f32> = tiles.iter().filter_map(|tile| tile.blur_um).collect();
        sorted.sort_by(f32::total_cmp);
        // The nearest value there is.
        let at = |share: f64| {
            let last = sorted.len().checked_sub(1)?;
            sorted.get((share * last as f64).round() as usize).copied()
        };
        Some(Self {
            p5: at(0.05)?,
            p50: at(0.5)?,
            p95: at(0.95)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile_quality::tests::clean;

    #[test]
    fn a_tile_may_be_flagged_for_several_reasons() {
        let limits = QualityLimits::default();
        let both = TileQuality {
            blur_um: Some(1.5),
            fold: Some(0.3),
            ..clean()
        };
        let summary = QualitySummary::of(&[clean(), both, clean(), clean()], &limits);
        let counts = (summary.n_blurred, summary.n_pen, summary.n_fold);
        assert_eq!((counts, summary.n_flagged), ((1, 0, 1), 1));
        let p50 = summary.blur_um.map(|blur| blur.p50);
        assert_eq!((p50, summary.coverage), (Some(0.4), 0.5));
        assert_eq!(QualitySummary::of(&[], &limits).blur_um, None);
    }
}
