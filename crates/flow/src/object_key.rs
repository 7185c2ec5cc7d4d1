use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    FlowError, HeatmapLayer, LevelNumber, QualityLayer, ResultName, Sha256Digest, SlideId,
    UploadPart,
};

/// Every object there can be in storage. No key is put together anywhere else.
///
/// Objects are immutable: a key is written once, whole, or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// The file as the scanner pushed it. May hold patient data: never served to browsers.
    Original(SlideId),
    /// One DICOM instance of the pyramid.
    PyramidLevel(SlideId, LevelNumber),
    /// Where every frame of every level lies ([`crate::PyramidIndex`]).
    PyramidIndex(SlideId),
    /// Label, macro or thumbnail as JPEG. Label and macro may show the patient's name.
    Associated(SlideId, AssociatedName),
    /// The last object of tiling ([`crate::SlideManifest`]): when it exists the slide is tiled.
    SlideManifest(SlideId),
    /// Some embeddings ([`crate::BagChunk`]).
    BagChunk(SlideId, Sha256Digest, u32),
    /// What the bag will be, without its chunks ([`crate::BagHeader`]): how much there is to embed.
    BagPlan(SlideId, Sha256Digest),
    /// The blur of each tile of a chunk in micrometres, as a JSON array with `null` where it cannot be
    /// told; there before the chunk is.
    ChunkBlur(SlideId, Sha256Digest, u32),
    /// The values of a layer of quality ([`crate::Heatmap`]) over the bag's tiles.
    QualityLayer(SlideId, Sha256Digest, QualityLayer),
    /// The last object of quality ([`crate::QualityRecord`]); the hash is the encoder's.
    Quality(SlideId, Sha256Digest),
    /// The last object of embedding ([`crate::BagHeader`]); the hash is the encoder's.
    Bag(SlideId, Sha256Digest),
    /// A task's result ([`crate::Prediction`]).
    Prediction(SlideId, ResultName),
    /// The values behind a heatmap ([`crate::Heatmap`]).
    Heatmap(SlideId, ResultName, HeatmapLayer),
    /// A DICOM instance that is no slide, as it was sent: a label, a smaller level. May hold patient data:
    /// never served.
    DicomInstance(Sha256Digest),
    /// Some bytes of a file that comes in piece by piece. Which slide they are of is known when the
    /// last has come, so it belongs to an upload; it is the one kind of object that goes again.
    UploadPart(UploadPart),
}

impl ObjectKey {
    /// Whose folder it lies in; a DICOM instance and a part of an upload lie in none.
    fn slide(&self) -> Option<&SlideId> {
        match self {
            Self::DicomInstance(_) | Self::UploadPart(_) => None,
            Self::Original(slide)
            | Self::PyramidLevel(slide, _)
            | Self::PyramidIndex(slide)
            | Self::Associated(slide, _)
            | Self::SlideManifest(slide)
            | Self::BagChunk(slide, ..)
            | Self::BagPlan(slide, _)
            | Self::ChunkBlur(slide, ..)
            | Self::QualityLayer(slide, ..)
            | Self::Quality(slide, _)
            | Self::Bag(slide, _)
            | Self::Prediction(slide, ..)
            | Self::Heatmap(slide, ..) => Some(slide),
        }
    }

    /// The path in storage, `/`-separated, with no leading slash.
    pub fn path(&self) -> String {
        let tail = match self {
            Self::Original(_) => "original".to_owned(),
            Self::PyramidLevel(_, level) => format!("pyramid/level-{:02}.dcm", level.0),
            Self::PyramidIndex(_) => "pyramid/index.bin".to_owned(),
            Self::Associated(_, name) => format!("associated/{name}.jpg"),
            Self::SlideManifest(_) => "manifest.json".to_owned(),
            Self::BagChunk(_, encoder, chunk) => {
                format!("bags/{}/chunk-{chunk:05}.bin", encoder.short())
            }
            Self::BagPlan(_, encoder) => format!("bags/{}/plan.json", encoder.short()),
            Self::ChunkBlur(_, encoder, chunk) => {
                format!("quality/{}/blur-{chunk:05}.json", encoder.short())
            }
            Self::QualityLayer(_, encoder, layer) => {
                format!("quality/{}/{layer}.bin", encoder.short())
            }
            Self::Quality(_, encoder) => format!("quality/{}/quality.json", encoder.short()),
            Self::Bag(_, encoder) => format!("bags/{}/bag.json", encoder.short()),
            Self::Prediction(_, name) => format!("predictions/{name}/prediction.json"),
            Self::Heatmap(_, name, layer) => format!("predictions/{name}/{layer}.bin"),
            Self::DicomInstance(digest) => format!("instances/{digest}.dcm"),
            // In one folder: that of an upload would have to be removed while others write to it.
            Self::UploadPart(part) => format!("uploads/{part}.part"),
        };
        match self.slide() {
            Some(slide) => format!("slides/{slide}/{tail}"),
            None => tail,
        }
    }

    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::Original(_)
            | Self::PyramidIndex(_)
            | Self::BagChunk(..)
            | Self::QualityLayer(..)
            | Self::Heatmap(..)
            | Self::UploadPart(_) => "application/octet-stream",
            Self::PyramidLevel(..) | Self::DicomInstance(_) => "application/dicom",
            Self::Associated(..) => "image/jpeg",
            Self::SlideManifest(_)
            | Self::BagPlan(..)
            | Self::ChunkBlur(..)
            | Self::Quality(..)
            | Self::Bag(..)
            | Self::Prediction(..) => "application/json",
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// The pictures that come with a slide beside its pyramid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssociatedName {
    Label,
    Macro,
    Thumbnail,
}

impl AssociatedName {
    /// Label and macro can show what is written on the glass, so they need a role to be seen.
    pub const fn may_identify_patient(self) -> bool {
        matches!(self, Self::Label | Self::Macro)
    }
}

impl fmt::Display for AssociatedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Label => "label",
            Self::Macro => "macro",
            Self::Thumbnail => "thumbnail",
        })
    }
}

impl FromStr for AssociatedName {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        match text {
            "label" => Ok(Self::Label),
            "macro" => Ok(Self::Macro),
            "thumbnail" => Ok(Self::Thumbnail),
            other => Err(FlowError::parse(
                "associated image",
                other,
                "label, macro or thumbnail",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CovariateRevision;

    #[test]
    fn keys_lie_under_their_slide_and_differ() -> Result<(), FlowError> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"s"));
        let encoder = Sha256Digest::of(b"e");
        let result = ResultName {
            encoder,
            task: "phantom-tumour".parse()?,
            version: "1.0.0".parse()?,
            covariates: None,
        };
        let informed = ResultName {
            covariates: Some(CovariateRevision(2)),
            ..result.clone()
        };
        let keys = [
            ObjectKey::Original(slide),
            ObjectKey::PyramidLevel(slide, LevelNumber(0)),
            ObjectKey::PyramidLevel(slide, LevelNumber(1)),
            ObjectKey::PyramidIndex(slide),
            ObjectKey::Associated(slide, AssociatedName::Label),
            ObjectKey::SlideManifest(slide),
            ObjectKey::BagChunk(slide, encoder, 0),
            ObjectKey::BagPlan(slide, encoder),
            ObjectKey::ChunkBlur(slide, encoder, 0),
            ObjectKey::QualityLayer(slide, encoder, QualityLayer::Focus),
            ObjectKey::Quality(slide, encoder),
            ObjectKey::Bag(slide, encoder),
            ObjectKey::Prediction(slide, result.clone()),
            ObjectKey::Heatmap(slide, result, HeatmapLayer::Attention),
            ObjectKey::Prediction(slide, informed.clone()),
            ObjectKey::Heatmap(slide, informed, HeatmapLayer::Attention),
        ];
        let paths: std::collections::BTreeSet<_> = keys.iter().map(ObjectKey::path).collect();
        assert_eq!(paths.len(), keys.len());
        assert!(
            paths
                .iter()
                .all(|path| path.starts_with(&format!("slides/{slide}/")))
        );
        Ok(())
    }

    #[test]
    fn parts_of_uploads_lie_apart_and_differ() {
        let part = |writer, index| {
            let upload = crate::UploadId::from_bytes([7; 16]);
            ObjectKey::UploadPart(UploadPart {
                upload,
                writer,
                index,
            })
            .path()
        };
        let paths = std::collections::BTreeSet::from([part(1, 1), part(1, 11), part(11, 1)]);
        assert_eq!(paths.len(), 3);
        assert!(paths.iter().all(|path| path.starts_with("uploads/0707")));
    }
}
