use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};

use super::gated_attention::GatedAttention;
use super::output::BagOutput;

/// Double-tier feature distillation MIL (Zhang et al. 2022, section 3.3, MaxMinS).
///
/// The bag is divided into pseudo-bags. In each, gated attention gives shares `a_k`, and the first
/// classifier's class activation `W a_k h_k` says which instance is most and which is least of the
/// last class. These two of every pseudo-bag are the bag of a second gated attention and classifier,
/// whose logits are the answer.
///
/// The original draws the pseudo-bags at random. Here instance k belongs to number k modulo their
/// count, so that equal bags get equal answers.
#[derive(Debug)]
pub struct Dtfd {
    pseudo_bags: usize,
    /// Without a bias, shape (hidden, dimension).
    projection: Linear,
    first: Tier,
    second: Tier,
}

#[derive(Debug)]
struct Tier {
    attention: GatedAttention,
    classifier: Linear,
}

impl Dtfd {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        let [projection, _bias] = Declaration::linear("projection", dimension, hidden);
        let mut all = vec![projection];
        for tier in ["first.", "second."] {
            all.extend(GatedAttention::declarations_below(
                tier, hidden, attention, 1,
            ));
            all.extend(Declaration::linear(
                &format!("{tier}classifier"),
                hidden,
                n_classes,
            ));
        }
        all
    }

    pub(super) fn new(
        pseudo_bags: usize,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            pseudo_bags,
            projection: Linear::new(parameters.get("projection.weight")?, None),
            first: Tier::below("first.", parameters)?,
            second: Tier::below("second.", parameters)?,
        })
    }

    /// Embeddings (n, dimension). An instance's attention is its share of its pseudo-bag times what
    /// the second tier gives the two instances of that.
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let hidden = self.projection.forward(embeddings)?.relu()?;
        let scores = self.first.attention.scores(&hidden)?;
        let n_instances = hidden.dim(0)?;
        let mut distilled = Vec::new();
        let mut shares = Vec::new();
        for number in 0..self.pseudo_bags.min(n_instances) {
            let members = (number..n_instances).step_by(self.pseudo_bags);
            let members: Vec<u32> = members.map(|at| at as u32).collect();
            let index = Tensor::new(members.as_slice(), hidden.device())?;
            let attention = ops::softmax(&scores.index_select(&index, 0)?, 0)?;
            let [most, least] = self.extremes(&hidden.index_select(&index, 0)?, &attention)?;
            distilled.extend([members[most], members[least]]);
            shares.push((members, attention.to_vec1::<f32>()?));
        }
        let index = Tensor::new(distilled.as_slice(), hidden.device())?;
        let distilled = hidden.index_select(&index, 0)?;
        let second = ops::softmax(&self.second.attention.scores(&distilled)?, 0)?.unsqueeze(0)?;
        let pooled = second.matmul(&distilled)?;
        let attention = spread(&shares, &second.squeeze(0)?.to_vec1()?, n_instances);
        Ok(BagOutput::new(
            self.second.classifier.forward(&pooled)?.squeeze(0)?,
            Tensor::from_vec(attention, (1, n_instances), hidden.device())?,
            self.second.classifier.forward(&hidden)?,
        ))
    }

    /// Which instances (m, hidden) of a pseudo-bag are most and least of the last class.
    fn extremes(&self, hidden: &Tensor, attention: &Tensor) -> Result<[usize; 2]> {
        let attended = hidden.broadcast_mul(&attention.unsqueeze(1)?)?;
        let activations = attended.matmul(&self.first.classifier.weight().t()?)?;
        let last = activations.dim(1)? - 1;
        let evidence = ops::log_softmax(&activations, D::Minus1)?.narrow(1, last, 1)?;
        let evidence = evidence.squeeze(1)?;
        let most = evidence.argmax(0)?.to_scalar::<u32>()?;
        let least = evidence.argmin(0)?.to_scalar::<u32>()?;
        Ok([most as usize, least as usize])
    }
}

impl Tier {
    fn below(prefix: &str, parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            attention: GatedAttention::below(prefix, parameters)?,
            classifier: parameters.linear(&format!("{prefix}classifier"))?,
        })
    }
}

/// Each pseudo-bag's shares times what its two distilled instances got.
fn spread(shares: &[(Vec<u32>, Vec<f32>)], second: &[f32], n_instances: usize) -> Vec<f32> {
    let mut attention = vec![0.0; n_instances];
    for ((members, shares), pair) in shares.iter().zip(second.chunks(2)) {
        let of_bag: f32 = pair.iter().sum();
        for (&member, share) in members.iter().zip(shares) {
            attention[member as usize] = share * of_bag;
        }
    }
    attention
}
