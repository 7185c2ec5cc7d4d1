use serde::{Deserialize, Serialize};

use crate::{FlowError, QualityLayer, QualityLimits, QualitySummary, Sha256Digest, SlideId};

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
        let is_possible = |limit: &f32| limit.is_finite() && *limit > 0.0;
        if ![blur_um, pen, fold].iter().all(is_possible) {
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
    use crate::TileQuality;
    use crate::tile_quality::tests::clean;

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
