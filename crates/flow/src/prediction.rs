use serde::{Deserialize, Serialize};

use crate::{EncoderRef, Evidence, MicrometreRect, Sha256Digest, SlideId, TaskRef};

/// A task's answer for one slide, never without its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub slide: SlideId,
    pub pyramid: Sha256Digest,
    pub encoder: EncoderRef,
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
    /// `None` in results from before this was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_from_before_evidence_is_read_and_written_as_it_was()
    -> Result<(), Box<dyn std::error::Error>> {
        let (digest, slide) = ("11".repeat(32), "22".repeat(16));
        let stored = format!(
            r#"{{"slide":"{slide}","pyramid":"{digest}",
                "encoder":{{"name":"tiny","hash":"{digest}"}},
                "task":{{"id":"example","version":"1.0.0","hash":"{digest}"}},
                "regulatory_status":"research_use_only",
                "call":{{"label":"tumour","is_positive":true}},
                "probability":0.75,"threshold":0.5,"grade":null,
                "top_tiles":[],"n_instances":7}}"#
        );
        let prediction: Prediction = serde_json::from_str(&stored)?;
        assert_eq!(prediction.evidence, None);
        let stored: serde_json::Value = serde_json::from_str(&stored)?;
        assert_eq!(serde_json::to_value(&prediction)?, stored);
        Ok(())
    }
}
