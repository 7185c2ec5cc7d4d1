use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops;

use super::sampling::Sample;
use super::{BagLabel, TrainConfig};
use crate::head::{Abmil, softplus};

/// The loss of one bag: detection, grade, and where evidence is known attention and tiles.
pub(super) fn bag_loss(
    head: &Abmil,
    sample: &Sample,
    label: BagLabel,
    config: &TrainConfig,
) -> Result<Tensor> {
    let instances = head.instances(&sample.embeddings)?;
    let attention = ops::softmax(&instances.scores, D::Minus1)?;
    let pooled = instances.pooled(&attention)?;

    let target = [f32::from(u8::from(label.is_positive()))];
    let mut loss = cross_entropy(&head.detection(&pooled)?, &target)?;
    if let (Some(grade), Some(logits)) = (label.grade(), head.grade(&pooled)?) {
        let targets = exceeded(grade, logits.dim(0)?);
        loss = (loss + (cross_entropy(&logits, &targets)? * config.grade_weight)?)?;
    }
    if let Some(evidence) = &sample.evidence {
        let tiles = balanced_cross_entropy(&head.detection(&instances.hidden)?, evidence)?;
        let taught = match label {
            BagLabel::Negative => tiles,
            BagLabel::Positive(_) => (tiles + attention_loss(&instances.scores, evidence)?)?,
        };
        loss = (loss + (taught * config.evidence_weight)?)?;
    }
    Ok(loss)
}

/// 1 where the grade lies above k, for k = 1, 2, ...
fn exceeded(grade: u8, n_logits: usize) -> Vec<f32> {
    let above = |k: usize| f32::from(u8::from(usize::from(grade) > k));
    (1..=n_logits).map(above).collect()
}

/// Mean binary cross-entropy of logits (n) against targets from 0 to 1, stable at both ends.
pub(super) fn cross_entropy(logits: &Tensor, targets: &[f32]) -> Result<Tensor> {
    each_cross_entropy(logits, targets)?.mean_all()
}

/// The same with targets above and below one half weighing as much as each other.
pub(super) fn balanced_cross_entropy(logits: &Tensor, targets: &[f32]) -> Result<Tensor> {
    let n_high = targets.iter().filter(|&&target| target > 0.5).count();
    let n_low = targets.len() - n_high;
    let n_kinds = usize::from(n_high > 0) + usize::from(n_low > 0);
    let weight = |&target: &f32| {
        let n = if target > 0.5 { n_high } else { n_low };
        1.0 / (n * n_kinds) as f32
    };
    let weights: Vec<f32> = targets.iter().map(weight).collect();
    let weights = Tensor::from_vec(weights, targets.len(), &Device::Cpu)?;
    (each_cross_entropy(logits, targets)? * weights)?.sum_all()
}

fn each_cross_entropy(logits: &Tensor, targets: &[f32]) -> Result<Tensor> {
    let targets = Tensor::from_slice(targets, targets.len(), &Device::Cpu)?;
    softplus(logits)? - (logits * targets)?
}

/// Cross-entropy of the attention against the evidence's share of each instance; 0 without evidence.
fn attention_loss(scores: &Tensor, evidence: &[f32]) -> Result<Tensor> {
    let total: f32 = evidence.iter().sum();
    let share = |&evidence: &f32| if total > 0.0 { evidence / total } else { 0.0 };
    let shares: Vec<f32> = evidence.iter().map(share).collect();
    let shares = Tensor::from_vec(shares, evidence.len(), &Device::Cpu)?;
    (ops::log_softmax(scores, D::Minus1)? * shares)?
        .sum_all()?
        .neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tensor: &Tensor) -> f32 {
        tensor.to_scalar().expect("a scalar")
    }

    #[test]
    fn cross_entropy_by_hand_and_at_the_ends() -> Result<()> {
        let logits = Tensor::new(&[0.0_f32, 2.0], &Device::Cpu)?;
        let by_hand = (std::f32::consts::LN_2 + 2.126_928) / 2.0;
        assert!((value(&cross_entropy(&logits, &[1.0, 0.0])?) - by_hand).abs() < 1e-5);
        let far = Tensor::new(&[-500.0_f32, 500.0], &Device::Cpu)?;
        assert_eq!(value(&cross_entropy(&far, &[0.0, 1.0])?), 0.0);
        assert_eq!(value(&cross_entropy(&far, &[1.0, 1.0])?), 250.0);
        Ok(())
    }

    #[test]
    fn the_rare_kind_weighs_as_much_as_the_common() -> Result<()> {
        let logits = Tensor::new(&[1.0_f32, -1.0, -1.0, -1.0, -1.0], &Device::Cpu)?;
        let targets = [1.0, 0.0, 0.0, 0.0, 0.0];
        assert!((value(&balanced_cross_entropy(&logits, &targets)?) - 0.313_262).abs() < 1e-5);
        let none = [0.0; 5];
        assert!(value(&balanced_cross_entropy(&logits, &none)?).is_finite());
        Ok(())
    }

    #[test]
    fn grades_are_exceeded_from_below() {
        assert_eq!(exceeded(3, 4), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(exceeded(1, 4), [0.0; 4]);
        assert_eq!(exceeded(5, 4), [1.0; 4]);
    }
}
