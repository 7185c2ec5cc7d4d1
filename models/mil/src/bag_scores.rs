use candle_core::{Device, Result, Tensor};

use crate::MilError;
use crate::head::{Abmil, BagOutput, Head, margin};

/// What a head says of one bag about the positive class, before calibration.
pub(crate) struct BagScores {
    pub(crate) logit: f32,
    /// With each instance as the whole bag.
    pub(crate) tile_logits: Vec<f32>,
    /// One share an instance.
    pub(crate) attention: Vec<f32>,
    /// Logits of P(grade > k) where the head grades.
    pub(crate) grade_logits: Option<Vec<f32>>,
}

impl BagScores {
    /// Embeddings (n, dimension), n at least 1.
    pub(crate) fn of(head: &Head, embeddings: &Tensor) -> std::result::Result<Self, MilError> {
        match head {
            Head::GatedAbmil(head) => Ok(gated(head, embeddings)?),
            _ => two_sided(&head.forward(embeddings)?),
        }
    }
}

/// With the softmax in f64 and the grade.
fn gated(head: &Abmil, embeddings: &Tensor) -> Result<BagScores> {
    let instances = head.instances(embeddings)?;
    let attention = softmax(&instances.scores.to_vec1()?);
    let weights = Tensor::from_slice(&attention, attention.len(), &Device::Cpu)?;
    let pooled = instances.pooled(&weights)?;
    let grade = head.grade(&pooled)?;
    Ok(BagScores {
        logit: head.detection(&pooled)?.to_vec1::<f32>()?[0],
        tile_logits: head.detection(&instances.hidden)?.to_vec1()?,
        attention,
        grade_logits: grade.map(|logits| logits.to_vec1()).transpose()?,
    })
}

fn two_sided(output: &BagOutput) -> std::result::Result<BagScores, MilError> {
    let Some(instance_logits) = &output.instance_logits else {
        let text = "the head says nothing of single tiles";
        return Err(MilError::Config(text.to_owned()));
    };
    // Where every class attends for itself, the positive one comes last.
    let n_maps = output.attention.dim(0)?;
    Ok(BagScores {
        logit: margin(&output.logits)?.to_scalar()?,
        tile_logits: margin(instance_logits)?.to_vec1()?,
        attention: output.attention.get(n_maps - 1)?.to_vec1()?,
        grade_logits: None,
    })
}

/// Summed in f64: a hundred thousand shares still add up to 1.
fn softmax(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shares = scores.iter().map(|&score| f64::from(score - highest).exp());
    let total: f64 = shares.clone().sum();
    shares.map(|share| (share / total) as f32).collect()
}
