use serde::{Deserialize, Serialize};

use crate::{
    EncoderRef, EncoderTerms, MicrometreRect, Sha256Digest, SlideId, TaskRef, UntrainedMpp,
};

/// A task's answer for one slide, never without its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub slide: SlideId,
    pub pyramid: Sha256Digest,
    pub encoder: EncoderRef,
    /// Not in results older than this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_terms: Option<EncoderTerms>,
    /// Only where the encoder saw the slide at a resolution it was not trained at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untrained_mpp: Option<UntrainedMpp>,
    pub task: TaskRef,
    pub regulatory_status: RegulatoryStatus,
    pub call: Call,
    /// Probability of the positive class, from 0 to 1.
    pub probability: f64,
    /// `call` is positive from this probability on.
    pub threshold: f64,
    /// Only where the task grades and the call is positive.
    pub grade: Option<Grade>,
    /// The tiles with most attention, hottest first.
    pub top_tiles: Vec<TopTile>,
    pub n_instances: u64,
}

/// The detection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The class in the task's own words, for example `tumour`.
    pub label: String,
    pub is_positive: bool,
}

/// An ordinal grade, for example an ISUP grade group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    pub scale: String,
    pub value: u8,
    /// Expected grade under the cumulative probabilities: how far between two grades it lies.
    pub expected: f64,
    /// P(grade > k) for k = 0, 1, ...
    pub exceedance: Vec<f64>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopTile {
    /// In micrometres from the top left of level 0.
    pub rect_um: MicrometreRect,
    /// This tile's share of the attention; all tiles of the bag sum to 1.
    pub attention: f64,
    /// Probability of the positive class if this tile were the whole slide.
    pub tile_probability: f64,
}

/// What a result may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegulatoryStatus {
    ResearchUseOnly,
}
