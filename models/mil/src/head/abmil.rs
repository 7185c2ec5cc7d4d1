use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

use super::gated_attention::GatedAttention;
use super::output::BagOutput;
use super::packed_abmil::{PackedAbmil, PackedInstances};
use super::shares::shares;
use super::terms::Terms;
use super::{HeadConfig, Ordinal};
use crate::bag_embeddings::BagEmbeddings;

/// Gated attention MIL. Every operation is differentiable; a head that only scores is packed too.
#[derive(Debug)]
pub struct Abmil {
    projection: Linear,
    attention: GatedAttention,
    detection: Linear,
    ordinal: Option<Ordinal>,
    /// The same weights for this processor, once they no longer change.
    packed: Option<Box<PackedAbmil>>,
}

/// A bag after the part that treats every instance alone.
#[derive(Debug)]
struct Instances {
    /// Shape (n, hidden).
    hidden: Tensor,
    /// Attention before the softmax, shape (n).
    scores: Tensor,
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
            packed: None,
        })
    }

    /// Readies the head for scoring: `parameters` are its own, and no longer change.
    pub(crate) fn pack(
        &mut self,
        parameters: &Parameters,
    ) -> std::result::Result<(), ParametersError> {
        let severity = self.ordinal.as_ref().map(Ordinal::weight);
        self.packed = Some(Box::new(PackedAbmil::new(parameters, severity)?));
        Ok(())
    }

    /// What the head says of a bag; once packed in the bag's precision, with the softmax in f64.
    pub(crate) fn score(&self, bag: &BagEmbeddings<'_>) -> Result<BagOutput> {
        match &self.packed {
            Some(packed) => self.output_of_packed(packed.instances(bag.values, bag.precision)),
            None => self.forward(&bag.tensor()?),
        }
    }

    fn output_of_packed(&self, instances: PackedInstances) -> Result<BagOutput> {
        let attention = shares(&instances.scores);
        let pooled = instances.pooled(&attention);
        let pooled = Tensor::from_vec(pooled, (1, instances.n_answers), &Device::Cpu)?;
        let attention_shape = (1, attention.len());
        let attention = Tensor::from_vec(attention, attention_shape, &Device::Cpu)?;
        let (scores, answers) = instances.tensors()?;
        let (logits, severity) = self.parted(&pooled)?;
        let (instance_logits, _) = self.parted(&answers)?;
        let grade = self.ordinal.as_ref().zip(severity);
        let grade = grade.map(|(ordinal, severity)| ordinal.of_severity(&severity));
        Ok(BagOutput {
            scores: Some(scores.squeeze(1)?),
            grade_logits: grade.transpose()?,
            ..BagOutput::new(logits.squeeze(0)?, attention, instance_logits)
        })
    }

    /// Answers (n, classes and severity) to logits (n, classes) and, of a head that grades,
    /// severities (n).
    fn parted(&self, answers: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let n_classes = self.detection.weight().dim(0)?;
        let logits = answers.narrow(1, 0, n_classes)?;
        let severity = self.ordinal.as_ref();
        let severity = severity.map(|_| answers.narrow(1, n_classes, 1)?.squeeze(1));
        Ok((logits, severity.transpose()?))
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let instances = self.instances(embeddings)?;
        let attention = ops::softmax(&instances.scores, 0)?;
        self.output(instances, attention)
    }

    /// What the head says of a bag whose instances it attends to by `attention` (n).
    fn output(&self, instances: Instances, attention: Tensor) -> Result<BagOutput> {
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
    fn instances(&self, embeddings: &Tensor) -> Result<Instances> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let scores = self.attention.scores(&hidden)?;
        Ok(Instances { hidden, scores })
    }

    /// What the head says of each instance; once packed in the bag's precision.
    pub(crate) fn terms(&self, bag: &BagEmbeddings<'_>) -> Result<Terms> {
        let (scores, logits, severity) = match &self.packed {
            Some(packed) => {
                let instances = packed.instances(bag.values, bag.precision);
                let (scores, answers) = instances.tensors()?;
                let (logits, severity) = self.parted(&answers)?;
                (scores, logits, severity)
            }
            None => {
                let Instances { hidden, scores } = self.instances(&bag.tensor()?)?;
                let ordinal = self.ordinal.as_ref();
                let severity = ordinal.map(|ordinal| ordinal.severity(&hidden));
                let logits = self.detection.forward(&hidden)?;
                (scores.unsqueeze(1)?, logits, severity.transpose()?)
            }
        };
        Ok(Terms {
            severity,
            ..Terms::new(scores, logits)
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
