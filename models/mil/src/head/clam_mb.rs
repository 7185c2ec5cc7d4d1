use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::clam_trunk::ClamTrunk;
use super::output::BagOutput;
use super::terms::Terms;

/// CLAM with an attention branch a class (Lu et al. 2021, eq. 1 to 3):
/// `y_c = w_c . (sum_k a_ck h_k) + b_c`.
///
/// The instance clustering adds a loss in training only, and is not part of the head.
#[derive(Debug)]
pub struct ClamMb {
    trunk: ClamTrunk,
    /// Of each class, from `hidden` values to its logit.
    classifiers: Vec<Linear>,
}

impl ClamMb {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        let mut all = ClamTrunk::declarations(dimension, hidden, attention, n_classes);
        all.extend((0..n_classes).flat_map(|class| Declaration::linear(&named(class), hidden, 1)));
        all
    }

    pub(super) fn new(
        parameters: &Parameters,
        n_classes: usize,
    ) -> std::result::Result<Self, ParametersError> {
        let classifiers = (0..n_classes).map(|class| parameters.linear(&named(class)));
        Ok(Self {
            trunk: ClamTrunk::new(parameters)?,
            classifiers: classifiers.collect::<std::result::Result<_, _>>()?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let bag = self.trunk.forward(embeddings)?;
        let logits = self.bag_logits(&bag.pooled)?;
        let instance_logits = self.instance_logits(&bag.hidden)?;
        Ok(BagOutput {
            hidden: Some(bag.hidden),
            ..BagOutput::new(logits, bag.attention, instance_logits)
        })
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        let instances = self.trunk.instances(embeddings)?;
        let logits = self.instance_logits(&instances.hidden)?;
        Ok(Terms::new(instances.scores, logits))
    }

    /// The bag as each class sees it (n_classes, hidden) to logits (n_classes).
    fn bag_logits(&self, pooled: &Tensor) -> Result<Tensor> {
        let own = |(class, classifier): (usize, &Linear)| {
            classifier.forward(&pooled.narrow(0, class, 1)?)?.squeeze(1)
        };
        let logits = self.classifiers.iter().enumerate().map(own);
        Tensor::cat(&logits.collect::<Result<Vec<_>>>()?, 0)
    }

    /// Instances (n, hidden) to logits (n, n_classes).
    fn instance_logits(&self, hidden: &Tensor) -> Result<Tensor> {
        let logits = self.classifiers.iter().map(|one| one.forward(hidden));
        Tensor::cat(&logits.collect::<Result<Vec<_>>>()?, 1)
    }
}

fn named(class: usize) -> String {
    format!("classifiers.{class}")
}
