use candle_core::Tensor;
use parameters::{Declaration, Parameters};

use super::clustering::{self, InstanceClassifiers};
use super::losses::{
    attention_loss, balanced_cross_entropy, class_cross_entropy, cross_entropy, exceeded,
};
use super::sampling::Sample;
use super::{BagLabel, TrainConfig, TrainingBag};
use crate::MilError;
use crate::answers::Answers;
use crate::head::{BagOutput, Head, margin};
use crate::model::{Model, ModelShape};

/// A model in training and the loss it is trained by.
#[derive(Debug)]
pub(super) struct Objective<'a> {
    answers: &'a Answers,
    config: &'a TrainConfig,
    pub(super) model: Model,
    instance_classifiers: Option<InstanceClassifiers>,
    /// One an answer.
    weights: Vec<f64>,
}

impl<'a> Objective<'a> {
    /// Every parameter of the model, and those that only training has.
    pub(super) fn declarations(shape: ModelShape<'_>) -> Vec<Declaration> {
        let mut all = shape.declarations();
        all.extend(clustering::declarations(shape.head, shape.answers));
        all
    }

    /// `weights` has one for each answer.
    pub(super) fn new(
        shape: ModelShape<'a>,
        config: &'a TrainConfig,
        parameters: &Parameters,
        weights: Vec<f64>,
    ) -> Result<Self, MilError> {
        Ok(Self {
            answers: shape.answers,
            config,
            model: Model::new(shape, parameters)?,
            instance_classifiers: InstanceClassifiers::new(shape.head, shape.answers, parameters)?,
            weights,
        })
    }

    /// The loss of one bag, and what the model says of it.
    pub(super) fn loss(
        &self,
        sample: &Sample,
        bag: &TrainingBag,
    ) -> Result<(Tensor, BagOutput), MilError> {
        let output = self.model.forward(&sample.embeddings, &bag.covariates)?;
        let mut loss = self.answer_loss(&output, bag.label)?;
        let answer = bag.label.answer(self.answers).unwrap_or_default();
        if self.weights[answer] != 1.0 {
            loss = (loss * self.weights[answer])?;
        }
        if let (BagLabel::Positive(Some(grade)), Some(logits)) = (bag.label, &output.grade_logits) {
            let targets = exceeded(grade, 1, logits.dim(0)?);
            loss = (loss + (cross_entropy(logits, &targets)? * self.config.grade_weight)?)?;
        }
        if let Some(evidence) = &sample.evidence
            && let Some(taught) = evidence_loss(&output, evidence, bag.label)?
        {
            loss = (loss + (taught * self.config.evidence_weight)?)?;
        }
        Ok((self.with_clustering(loss, &output, answer)?, output))
    }

    fn with_clustering(
        &self,
        loss: Tensor,
        output: &BagOutput,
        answer: usize,
    ) -> Result<Tensor, MilError> {
        let Some(classifiers) = &self.instance_classifiers else {
            return Ok(loss);
        };
        let clustering = self.config.clustering;
        let Some(of_instances) = classifiers.loss(output, answer, clustering.instances)? else {
            return Ok(loss);
        };
        let of_bag = (loss * (1.0 - clustering.weight))?;
        Ok((of_bag + (of_instances * clustering.weight)?)?)
    }

    /// Half for the bag, half for the instance most like each answer where the head is DSMIL (Li et
    /// al. 2021, section 3.2): nothing else would teach the choice of the critical instance.
    fn answer_loss(&self, output: &BagOutput, label: BagLabel) -> Result<Tensor, MilError> {
        let of_bag = self.loss_of(&output.logits, label)?;
        let (Head::Dsmil(_), Some(instances)) = (&self.model.head, &output.instance_logits) else {
            return Ok(of_bag);
        };
        let critical = match self.answers {
            Answers::Detection { .. } => margin(instances)?.max_keepdim(0)?,
            Answers::Classes { .. } | Answers::Grades { .. } => instances.max(0)?,
        };
        Ok(((of_bag + self.loss_of(&critical, label)?)? * 0.5)?)
    }

    /// Of logits of the task's answers.
    fn loss_of(&self, logits: &Tensor, label: BagLabel) -> Result<Tensor, MilError> {
        Ok(match (self.answers, label) {
            (Answers::Classes { .. }, BagLabel::Class(class)) => {
                class_cross_entropy(&logits.unsqueeze(0)?, &[class as u32])?
            }
            (Answers::Grades { lowest, .. }, BagLabel::Grade(grade)) => {
                cross_entropy(logits, &exceeded(grade, *lowest, logits.dim(0)?))?
            }
            _ => {
                let target = f32::from(u8::from(label.is_positive()));
                cross_entropy(&margin(logits)?.unsqueeze(0)?, &[target])?
            }
        })
    }
}

/// Teaches a detection's tiles and, in a positive bag, its attention where the finding lies.
fn evidence_loss(
    output: &BagOutput,
    evidence: &[f32],
    label: BagLabel,
) -> Result<Option<Tensor>, MilError> {
    let (BagLabel::Negative | BagLabel::Positive(_), Some(logits)) =
        (label, &output.instance_logits)
    else {
        return Ok(None);
    };
    let tiles = balanced_cross_entropy(&margin(logits)?, evidence)?;
    Ok(Some(match (&output.scores, label) {
        (Some(scores), BagLabel::Positive(_)) => (tiles + attention_loss(scores, evidence)?)?,
        _ => tiles,
    }))
}
