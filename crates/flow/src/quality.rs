use serde::{Deserialize, Serialize};

use crate::{FlowError, QualityLayer, Sha256Digest, SlideId};

const WHAT: &str = "quality record";
const VERSION: u32 = 1;

/// How good the slide is under each tile of a bag: what scanner and laboratory did to it, not what it
/// shows. Its values are heatmaps on the bag's grid, one a [`QualityLayer`].
///
/// Written after its layers and before the bag's header. Slides that were embedded before this was
/// measured, and imported bags, have none. It holds nothing that differs from run to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "QualityRecordFile", into = "QualityRecordFile")]
pub struct QualityRecord {
    pub slide: SlideId,
    pub pyramid: Sha256Digest,
    /// Of the encoder whose tiles these are.
    pub encoder: Sha256Digest,
    pub limits: QualityLimits,
    pub summary: QualitySummary,
    /// One a layer, in the order of [`QualityLayer::ALL`].
    pub layers: Vec<QualityLayerRef>,
}

/// The values of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityLayerRef {
    pub layer: QualityLayer,
    pub sha256: Sha256Digest,
}

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

    fn is_blurred(&self, limits: &QualityLimits) -> bool {
        self.blur_um
            .is_some_and(|blur_um| blur_um >= limits.blur_um)
    }

    fn is_penned(&self, limits: &QualityLimits) -> bool {
        self.pen.is_some_and(|pen| pen >= limits.pen)
    }

    fn is_folded(&self, limits: &QualityLimits) -> bool {
        self.fold.is_some_and(|fold| fold >= limits.fold)
    }
}

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

impl QualityRecord {
    /// The digest of a layer's values.
    ///
    /// # Errors
    /// If the record does not name the layer.
    pub fn digest_of(&self, layer: QualityLayer) -> Result<Sha256Digest, FlowError> {
        let found = self.layers.iter().find(|one| one.layer == layer);
        found
            .map(|one| one.sha256)
            .ok_or_else(|| FlowError::damaged(WHAT, "it lacks a layer"))
    }
}

/// As written.
#[derive(Serialize, Deserialize)]
struct QualityRecordFile {
    version: u32,
    slide: SlideId,
    pyramid: Sha256Digest,
    encoder: Sha256Digest,
    limits: QualityLimits,
    summary: QualitySummary,
    layers: Vec<QualityLayerRef>,
}

impl From<QualityRecord> for QualityRecordFile {
    fn from(record: QualityRecord) -> Self {
        let QualityRecord {
            slide,
            pyramid,
            encoder,
            limits,
            summary,
            layers,
        } = record;
        Self {
            version: VERSION,
            slide,
            pyramid,
            encoder,
            limits,
            summary,
            layers,
        }
    }
}

impl TryFrom<QualityRecordFile> for QualityRecord {
    type Error = FlowError;

    fn try_from(file: QualityRecordFile) -> Result<Self, FlowError> {
        if file.version != VERSION {
            return Err(FlowError::Version {
                what: WHAT,
                found: file.version,
                supported: VERSION,
            });
        }
        let QualityLimits { blur_um, pen, fold } = file.limits;
        if [blur_um, pen, fold].iter().any(|limit| !(*limit > 0.0)) {
            return Err(FlowError::damaged(WHAT, "a limit is not above 0"));
        }
        let QualitySummary {
            n_tiles,
            n_focus,
            n_blurred,
            n_pen,
            n_fold,
            n_flagged,
            ..
        } = file.summary;
        let counts = [n_focus, n_blurred, n_pen, n_fold, n_flagged];
        if counts.iter().any(|count| *count > n_tiles) {
            return Err(FlowError::damaged(
                WHAT,
                "it counts more tiles than there are",
            ));
        }
        let layers = file.layers.iter().map(|one| one.layer);
        if !layers.eq(QualityLayer::ALL) {
            return Err(FlowError::damaged(
                WHAT,
                "its layers are not those there are",
            ));
        }
        Ok(Self {
            slide: file.slide,
            pyramid: file.pyramid,
            encoder: file.encoder,
            limits: file.limits,
            summary: file.summary,
            layers: file.layers,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn record(tiles: &[TileQuality], limits: QualityLimits) -> QualityRecord {
        let digest = Sha256Digest::of(b"slide");
        let layer = |layer: QualityLayer| QualityLayerRef {
            layer,
            sha256: Sha256Digest::of(layer.name().as_bytes()),
        };
        QualityRecord {
            slide: SlideId::from_digest(&digest),
            pyramid: digest,
            encoder: digest,
            limits,
            summary: QualitySummary::of(tiles, &limits),
            layers: QualityLayer::ALL.map(layer).to_vec(),
        }
    }

    fn clean() -> TileQuality {
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

    #[test]
    fn a_record_that_cannot_be_is_refused() -> serde_json::Result<()> {
        let whole = serde_json::to_value(record(&[clean()], QualityLimits::default()))?;
        let refused = |pointer: &str, value: serde_json::Value| {
            let mut json = whole.clone();
            if let Some(place) = json.pointer_mut(pointer) {
                *place = value;
            }
            let read = serde_json::from_value::<QualityRecord>(json);
            read.expect_err("it was taken").to_string()
        };
        let of_version = refused("/version", 2.into());
        assert!(of_version.contains("version 2"), "{of_version}");
        let of_limit = refused("/limits/pen", 0.0.into());
        assert!(of_limit.contains("limit"), "{of_limit}");
        let of_count = refused("/summary/n_fold", 2.into());
        assert!(of_count.contains("more tiles"), "{of_count}");
        let of_layers = refused("/layers", serde_json::json!([]));
        assert!(of_layers.contains("layers"), "{of_layers}");
        Ok(())
    }

    prop_compose! {
        fn any_tile()(
            blur_um in option::of(0.0_f32..20.0),
            pen in option::of(0.0_f32..=1.0),
            fold in option::of(0.0_f32..=1.0),
            coverage in 0.0_f32..=1.0,
        ) -> TileQuality {
            TileQuality { blur_um, pen, fold, coverage }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_record_is_read_as_written(
            tiles in proptest::collection::vec(any_tile(), 0..40),
            blur_um in 0.01_f32..10.0,
            pen in 0.001_f32..1.0,
            fold in 0.001_f32..1.0,
        ) {
            let limits = QualityLimits { blur_um, pen, fold };
            let record = record(&tiles, limits);
            let json = serde_json::to_vec(&record).expect("a record can be written");
            let again: QualityRecord = serde_json::from_slice(&json).expect("it can be read");
            prop_assert_eq!(&again, &record);
            prop_assert_eq!(serde_json::to_vec(&again).expect("and written again"), json);
            let n_flagged = tiles.iter().filter(|tile| tile.is_flagged(&limits)).count() as u64;
            prop_assert_eq!(record.summary.n_flagged, n_flagged);
            let most = record.summary.n_blurred + record.summary.n_pen + record.summary.n_fold;
            prop_assert!(n_flagged <= most);
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(serde_json::from_slice::<QualityRecord>(&bytes).is_err());
        }
    }
}
