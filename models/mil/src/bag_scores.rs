use candle_core::Tensor;

use crate::MilError;
use crate::bag_embeddings::BagEmbeddings;
use crate::covariates::Covariates;
use crate::head::{BagOutput, Head};
use crate::model::Model;

/// What one head says of one bag, before calibration.
pub(crate) struct BagScores {
    pub(crate) bag: BagLogits,
    /// Those of the answers with each instance as the whole bag, one instance after another.
    tile_logits: Vec<f32>,
    /// One share an instance; one map, or one a class where every class attends for itself.
    pub(crate) attention: Vec<Vec<f32>>,
}

/// What one head says of a whole bag.
pub(crate) struct BagLogits {
    /// Of the task's answers.
    pub(crate) answers: Vec<f32>,
    /// Of P(grade > k) where the head grades what it detects.
    pub(crate) grade: Option<Vec<f32>>,
}

impl BagLogits {
    /// Of a bag with at least one instance.
    pub(crate) fn of(
        model: &Model,
        bag: &BagEmbeddings<'_>,
        covariates: &Covariates,
    ) -> Result<Self, MilError> {
        Self::read(&answered(model, bag, covariates)?)
    }

    fn read(output: &BagOutput) -> Result<Self, MilError> {
        let grade = output.grade_logits.as_ref().map(Tensor::to_vec1);
        Ok(Self {
            answers: output.logits.to_vec1()?,
            grade: grade.transpose()?,
        })
    }
}

impl BagScores {
    /// Of a bag with at least one instance.
    pub(crate) fn of(
        model: &Model,
        bag: &BagEmbeddings<'_>,
        covariates: &Covariates,
    ) -> Result<Self, MilError> {
        let output = answered(model, bag, covariates)?;
        let tile_logits = match &output.instance_logits {
            Some(logits) => logits.flatten_all()?.to_vec1()?,
            None => tile_by_tile(model, &bag.tensor()?, covariates)?,
        };
        Ok(Self {
            bag: BagLogits::read(&output)?,
            tile_logits,
            attention: shares(output.attention.to_vec2()?),
        })
    }

    /// The logits of each tile.
    pub(crate) fn tiles(&self) -> impl Iterator<Item = &[f32]> {
        self.tile_logits.chunks_exact(self.bag.answers.len())
    }

    /// The shares by which the head came to `answer`, which is the last one of a detection.
    pub(crate) fn attention_for(&self, answer: usize) -> &[f32] {
        &self.attention[answer.min(self.attention.len() - 1)]
    }
}

fn answered(
    model: &Model,
    bag: &BagEmbeddings<'_>,
    covariates: &Covariates,
) -> Result<BagOutput, MilError> {
    let output = match &model.head {
        Head::GatedAbmil(head) => head.score(bag)?,
        head => head.forward(&bag.tensor()?)?,
    };
    model.answered(output, covariates)
}

/// Of a head that says nothing of single instances: each is scored as a bag of its own.
fn tile_by_tile(
    model: &Model,
    embeddings: &Tensor,
    covariates: &Covariates,
) -> Result<Vec<f32>, MilError> {
    let mut logits = Vec::new();
    for at in 0..embeddings.dim(0)? {
        let output = model.forward(&embeddings.narrow(0, at, 1)?, covariates)?;
        logits.extend(output.logits.to_vec1::<f32>()?);
    }
    Ok(logits)
}

/// Maps that sum to 1 as they are; approximated attention loses what lies below 0 and the share
/// that its class token kept.
fn shares(maps: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    maps.into_iter().map(whole).collect()
}

fn whole(map: Vec<f32>) -> Vec<f32> {
    let total: f64 = map.iter().copied().map(f64::from).sum();
    if (total - 1.0).abs() < 1e-3 && map.iter().all(|&share| share >= 0.0) {
        return map;
    }
    let kept = map.iter().map(|&share| f64::from(share.max(0.0)));
    let total: f64 = kept.clone().sum();
    let even = 1.0 / map.len() as f64;
    let share = |kept: f64| if total > 0.0 { kept / total } else { even };
    kept.map(|kept| share(kept) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_map_of_shares_becomes_one() {
        assert_eq!(whole(vec![0.25, 0.75]), [0.25, 0.75]);
        assert_eq!(whole(vec![0.3, -0.1, 0.1]), [0.75, 0.0, 0.25]);
        assert_eq!(whole(vec![-0.5, -0.5]), [0.5, 0.5]);
    }
}
