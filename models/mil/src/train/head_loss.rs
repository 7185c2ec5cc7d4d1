use candle_core::{Result, Tensor};

use super::losses::{bag_loss, balanced_cross_entropy, cross_entropy};
use super::sampling::Sample;
use super::{BagLabel, TrainConfig};
use crate::MilError;
use crate::head::{BagOutput, Head, margin};

/// The loss of one bag under any head.
pub(super) fn head_loss(
    head: &Head,
    sample: &Sample,
    label: BagLabel,
    config: &TrainConfig,
) -> std::result::Result<Tensor, MilError> {
    if let Head::GatedAbmil(head) = head {
        return Ok(bag_loss(head, sample, label, config)?);
    }
    let output = head.forward(&sample.embeddings)?;
    let detection = match head {
        Head::Dsmil(_) => two_stream_loss(&output, label)?,
        _ => detection_loss(&output, label)?,
    };
    let (Some(evidence), Some(logits)) = (&sample.evidence, &output.instance_logits) else {
        return Ok(detection);
    };
    let tiles = balanced_cross_entropy(&margin(logits)?, evidence)?;
    Ok((detection + (tiles * config.evidence_weight)?)?)
}

fn detection_loss(output: &BagOutput, label: BagLabel) -> Result<Tensor> {
    cross_entropy(&margin(&output.logits)?.unsqueeze(0)?, &[target(label)])
}

/// Half for the bag, half for the instance most like the positive class (Li et al. 2021, section
/// 3.2): nothing else would teach the choice of the critical instance.
fn two_stream_loss(output: &BagOutput, label: BagLabel) -> Result<Tensor> {
    let of_bag = detection_loss(output, label)?;
    let Some(logits) = &output.instance_logits else {
        return Ok(of_bag);
    };
    let critical = margin(logits)?.max_keepdim(0)?;
    let of_critical = cross_entropy(&critical, &[target(label)])?;
    (of_bag + of_critical)? * 0.5
}

fn target(label: BagLabel) -> f32 {
    f32::from(u8::from(label.is_positive()))
}
