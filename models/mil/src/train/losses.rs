use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops;

use crate::head::softplus;

/// 1 where the grade lies above k, for k = `first`, `first` + 1, ...
pub(super) fn exceeded(grade: u8, first: u8, n_logits: usize) -> Vec<f32> {
    let first = usize::from(first);
    let above = |k: usize| f32::from(u8::from(usize::from(grade) > k));
    (first..first + n_logits).map(above).collect()
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

/// Mean cross-entropy of rows of logits (n, n_classes) against the class of each.
pub(super) fn class_cross_entropy(logits: &Tensor, classes: &[u32]) -> Result<Tensor> {
    let classes = Tensor::from_slice(classes, (classes.len(), 1), &Device::Cpu)?;
    let shares = ops::log_softmax(logits, D::Minus1)?;
    shares.gather(&classes, 1)?.mean_all()?.neg()
}

/// Cross-entropy of the attention against the evidence's share of each instance; 0 without evidence.
pub(super) fn attention_loss(scores: &Tensor, evidence: &[f32]) -> Result<Tensor> {
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
    fn class_cross_entropy_by_hand() -> Result<()> {
        let logits = Tensor::new(&[[0.0_f32, 0.0, 0.0], [1.0, 3.0, 1.0]], &Device::Cpu)?;
        let first = 3_f32.ln();
        let second = (1.0 + 2.0 * (-2_f32).exp()).ln();
        let found = value(&class_cross_entropy(&logits, &[2, 1])?);
        assert!((found - (first + second) / 2.0).abs() < 1e-6, "{found}");
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
        assert_eq!(exceeded(3, 1, 4), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(exceeded(1, 1, 4), [0.0; 4]);
        assert_eq!(exceeded(5, 1, 4), [1.0; 4]);
        assert_eq!(exceeded(1, 0, 2), [1.0, 0.0]);
    }
}
