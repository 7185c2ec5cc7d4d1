use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

use super::gated_attention::GatedAttention;
use super::output::BagOutput;
use super::terms::Terms;
use super::{HeadConfig, Ordinal};

/// Gated attention MIL: every operation is differentiable, so training and inference share it.
#[derive(Debug)]
pub struct Abmil {
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
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        (n_classes, highest_grade): (usize, Option<u8>),
    ) -> Vec<Declaration> {
        let mut all = Declaration::linear("projection", dimension, hidden).to_vec();
        all.extend(GatedAttention::declarations(hidden, attention, 1));
        all.extend(Declaration::linear("detection", hidden, n_classes));
        all.extend(
            highest_grade.map_or_else(Vec::new, |grade| Ordinal::declarations(hidden, grade)),
        );
        all
    }

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

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let instances = self.instances(embeddings)?;
        let attention = ops::softmax(&instances.scores, 0)?;
        self.output(instances, attention)
    }

    /// What the head says of a bag whose instances it attends to by `attention` (n).
    pub(crate) fn output(&self, instances: Instances, attention: Tensor) -> Result<BagOutput> {
        let pooled = instances.pooled(&attention)?;
        let grade = self.ordinal.as_ref().map(|ordinal| ordinal.logits(&pooled));
        let logits = self.detection.forward(&pooled)?.squeeze(0)?;
        let instance_logits = self.detection.forward(&instances.hidden)?;
        Ok(BagOutput {
            scores: Some(instances.scores),
            grade_logits: grade.transpose()?,
            ..BagOutput::new(logits, attention.unsqueeze(0)?, instance_logits)
        })
    }

    /// Embeddings (n, dimension) to instances.
    pub(crate) fn instances(&self, embeddings: &Tensor) -> Result<Instances> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let scores = self.attention.scores(&hidden)?;
        Ok(Instances { hidden, scores })
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        let Instances { hidden, scores } = self.instances(embeddings)?;
        let logits = self.detection.forward(&hidden)?;
        let severity = self
            .ordinal
            .as_ref()
            .map(|ordinal| ordinal.severity(&hidden));
        Ok(Terms {
            severity: severity.transpose()?,
            ..Terms::of_one_branch(scores.unsqueeze(1)?, &logits)?
        })
    }

    /// Severities from which on P(grade > k) is at least one half, for k = 1, 2, ...; none where the
    /// head does not grade.
    pub(crate) fn grade_thresholds(&self) -> Result<Vec<f32>> {
        self.ordinal
            .as_ref()
            .map_or_else(|| Ok(Vec::new()), |ordinal| ordinal.thresholds()?.to_vec1())
    }
}

impl Instances {
    /// The mean of the instances under `attention` (n): shape (1, hidden).
    fn pooled(&self, attention: &Tensor) -> Result<Tensor> {
        attention.unsqueeze(0)?.matmul(&self.hidden)
    }
}
