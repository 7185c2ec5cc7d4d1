use serde::{Deserialize, Serialize};

use crate::{
    Abstention, CovariateRevision, DeviceKind, EncoderRef, EncoderTerms, Evidence, HeadPrecision,
    MicrometreRect, Precision, PredictionSet, ResultName, Sha256Digest, SlideId, TaskRef,
    UntrainedMpp,
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
    /// Of the encoder. Not in results older than this field, which are of f32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// What the encoder computed on; not said of processors.
    #[serde(default, skip_serializing_if = "DeviceKind::is_cpu")]
    pub device: DeviceKind,
    pub task: TaskRef,
    /// Of the task's heads; a service has none. Not in results older than this field, which are of f32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_precision: Option<HeadPrecision>,
    /// Of a task that reads covariates, which of the slide's it read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covariates: Option<CovariateRevision>,
    pub regulatory_status: RegulatoryStatus,
    pub call: Call,
    /// Probability of the positive class, of a grade above the lowest, or of the class that is
    /// called; from 0 to 1.
    pub probability: f64,
    /// `call` is made from this probability on; 0 where the likeliest of several classes is called.
    pub threshold: f64,
    /// Only where the task grades; of a detection only where the call is positive.
    pub grade: Option<Grade>,
    /// `None` where the task was not calibrated for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<PredictionSet>,
    /// If there is one, `call` and `grade` are not to be shown as the slide's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstention: Option<Abstention>,
    /// One a class where the task answers with one of several, in the task's order; else none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_probabilities: Vec<ClassProbability>,
    /// The tiles with most attention, hottest first.
    pub top_tiles: Vec<TopTile>,
    pub n_instances: u64,
    /// `None` in results from before this was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

impl Prediction {
    /// Which of the slide's results this is.
    pub fn name(&self) -> ResultName {
        ResultName {
            encoder: self.encoder.hash,
            task: self.task.id.clone(),
            version: self.task.version.clone(),
            covariates: self.covariates,
        }
    }

    /// Names it: the same pyramid, encoder, task and covariates give the same values.
    pub fn digest(&self) -> Sha256Digest {
        let parts = [self.pyramid, self.encoder.hash, self.task.hash];
        let mut bytes = parts.map(|part| *part.as_bytes()).concat();
        if let Some(revision) = self.covariates {
            bytes.extend(revision.0.to_le_bytes());
        }
        Sha256Digest::of(&bytes)
    }
}

/// How likely one of several classes is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassProbability {
    pub label: String,
    /// From 0 to 1; those of all classes sum to 1.
    pub probability: f64,
}

/// What the slide is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The class in the task's own words, for example `tumour`.
    pub label: String,
    /// Whether something was found; one of several classes always is.
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
    /// Probability of the positive class if this tile were the whole slide; `None` where a service does
    /// not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile_probability: Option<f64>,
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
    use crate::SetBasis;

    /// As stored before there were sets and evidence.
    fn stored() -> serde_json::Value {
        let digest = "11".repeat(32);
        serde_json::json!({
            "slide": "22".repeat(16),
            "pyramid": digest,
            "encoder": {"name": "tiny", "hash": digest},
            "task": {"id": "example", "version": "1.0.0", "hash": digest},
            "regulatory_status": "research_use_only",
            "call": {"label": "tumour", "is_positive": true},
            "probability": 0.75,
            "threshold": 0.5,
            "grade": null,
            "top_tiles": [],
            "n_instances": 7,
        })
    }

    #[test]
    fn a_result_from_before_sets_and_evidence_is_read_and_written_as_it_was()
    -> serde_json::Result<()> {
        let prediction: Prediction = serde_json::from_value(stored())?;
        assert_eq!((&prediction.set, &prediction.abstention), (&None, &None));
        assert_eq!(prediction.evidence, None);
        assert_eq!(serde_json::to_value(&prediction)?, stored());
        Ok(())
    }

    #[test]
    fn set_and_reason_are_read_as_written() -> serde_json::Result<()> {
        let mut prediction: Prediction = serde_json::from_value(stored())?;
        prediction.set = Some(PredictionSet {
            labels: vec!["normal".to_owned(), "tumour".to_owned()],
            alpha: 0.1,
            basis: SetBasis::Calibrated,
        });
        prediction.abstention = Some(Abstention::Uncertain { n_labels: 2 });
        let json = serde_json::to_value(&prediction)?;
        assert_eq!(json["set"]["basis"]["kind"], "calibrated");
        assert_eq!(json["abstention"]["reason"], "uncertain");
        assert_eq!(serde_json::from_value::<Prediction>(json)?, prediction);
        Ok(())
    }
}
