use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::logits::binary_cross_entropy;
use crate::{BagOutput, LabelledBag, MilError};

/// How much each part of the loss counts beside detection, which counts one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossWeights {
    /// Ordinal grade, on positive bags of known grade.
    pub grade: f64,
    /// Each tile's own logit against the tumour drawn on it, where someone drew it.
    pub tile: f64,
    /// Minus the logarithm of the attention that lies on drawn tumour.
    pub attention: f64,
}

/// A tile counts as tumour for the attention from this share on.
const TUMOUR_SHARE: f32 = 0.3;

/// The loss of one bag, a scalar.
pub(crate) fn bag_loss(
    output: &BagOutput,
    bag: &LabelledBag,
    weights: &LossWeights,
) -> Result<Tensor, MilError> {
    let target = if bag.label.is_positive() {
        1.0_f32
    } else {
        0.0
    };
    let target = Tensor::new(&[target], &Device::Cpu)?;
    let mut loss = binary_cross_entropy(&output.logit, &target)?.sum_all()?;
    if let (Some(logits), Some(grade)) = (&output.grade_logits, bag.label.grade()) {
        loss = (loss + (grade_loss(logits, grade)? * weights.grade)?)?;
    }
    if let Some(shares) = &bag.tumour_shares {
        loss = (loss + (tile_loss(output, shares)? * weights.tile)?)?;
        if let Some(on_tumour) = attention_loss(output, shares)? {
            loss = (loss + (on_tumour * weights.attention)?)?;
        }
    }
    Ok(loss)
}

/// Mean cross-entropy of "above grade k" over k.
fn grade_loss(logits: &Tensor, grade: u8) -> Result<Tensor, MilError> {
    let n_thresholds = logits.elem_count();
    let above = |k: usize| if usize::from(grade) > k { 1.0_f32 } else { 0.0 };
    let targets: Vec<f32> = (1..=n_thresholds).map(above).collect();
    let targets = Tensor::from_vec(targets, n_thresholds, &Device::Cpu)?;
    Ok(binary_cross_entropy(logits, &targets)?.mean_all()?)
}

fn tile_loss(output: &BagOutput, shares: &[f32]) -> Result<Tensor, MilError> {
    let targets = Tensor::from_slice(shares, shares.len(), &Device::Cpu)?;
    Ok(binary_cross_entropy(&output.tile_logits, &targets)?.mean_all()?)
}

/// `None` if nothing is drawn on the bag.
fn attention_loss(output: &BagOutput, shares: &[f32]) -> Result<Option<Tensor>, MilError> {
    let is_tumour = |share: &f32| if *share >= TUMOUR_SHARE { 1.0_f32 } else { 0.0 };
    let mask: Vec<f32> = shares.iter().map(is_tumour).collect();
    if mask.iter().all(|&tumour| tumour == 0.0) {
        return Ok(None);
    }
    let mask = Tensor::from_vec(mask, shares.len(), &Device::Cpu)?;
    let on_tumour = (&output.attention * mask)?.sum_all()?;
    Ok(Some((on_tumour + 1e-6)?.log()?.neg()?))
}
