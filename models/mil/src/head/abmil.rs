use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Parameters, ParametersError};

use super::gated_attention::GatedAttention;
use super::{HeadConfig, Ordinal};

/// Gated attention MIL: every operation is differentiable, so training and inference share it.
#[derive(Debug)]
pub(crate) struct Abmil {
    projection: Linear,
    attention: GatedAttention,
    detection: Linear,
    ordinal: Option<Ordinal>,
}

/// A bag after the part that treats every instance alone.
#[derive(Debug)]
pub(crate) struct Instances {
    /// Shape (n, hidden).
    pub(crate) hidden: Tensor,
    /// Attention before the softmax, shape (n).
    pub(crate) scores: Tensor,
}

impl Abmil {
    pub(crate) fn new(
        config: &HeadConfig,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let ordinal = config
            .highest_grade()
            .map(|highest| Ordinal::new(parameters, highest));
        Ok(Self {
            projection: parameters.linear("projection")?,
            attention: GatedAttention::new(parameters)?,
            detection: parameters.linear("detection")?,
            ordinal: ordinal.transpose()?,
        })
    }

    /// Embeddings (n, dimension) to instances.
    pub(crate) fn instances(&self, embeddings: &Tensor) -> Result<Instances> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let scores = self.attention.scores(&hidden)?;
        Ok(Instances { hidden, scores })
    }

    /// The detection logit of each row: of instances (n, hidden) as if each were a bag, or of
    /// pooled bags.
    pub(crate) fn detection(&self, rows: &Tensor) -> Result<Tensor> {
        self.detection.forward(rows)?.squeeze(1)
    }

    /// Logits of P(grade > k) of a pooled bag; `None` where the head does not grade.
    pub(crate) fn grade(&self, pooled: &Tensor) -> Result<Option<Tensor>> {
        let logits = self.ordinal.as_ref().map(|ordinal| ordinal.logits(pooled));
        logits.transpose()
    }
}

impl Instances {
    /// The mean of the instances under `attention` (n): shape (1, hidden).
    pub(crate) fn pooled(&self, attention: &Tensor) -> Result<Tensor> {
        attention.unsqueeze(0)?.matmul(&self.hidden)
    }
}
