use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::clam_trunk::ClamTrunk;
use super::output::BagOutput;
use super::terms::Terms;

/// CLAM with a single attention branch (Lu et al. 2021, eq. 1 to 3): `y = W (sum_k a_k h_k) + b`.
///
/// The instance clustering adds a loss in training only, and is not part of the head.
#[derive(Debug)]
pub struct ClamSb {
    trunk: ClamTrunk,
    classifier: Linear,
}

impl ClamSb {
    pub(super) fn declarations(
        dimension: usize,
        hidden: usize,
        attention: usize,
        n_classes: usize,
    ) -> Vec<Declaration> {
        let mut all = ClamTrunk::declarations(dimension, hidden, attention, 1);
        all.extend(Declaration::linear("classifier", hidden, n_classes));
        all
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            trunk: ClamTrunk::new(parameters)?,
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let bag = self.trunk.forward(embeddings)?;
        let logits = self.classifier.forward(&bag.pooled)?.squeeze(0)?;
        let instance_logits = self.classifier.forward(&bag.hidden)?;
        Ok(BagOutput {
            hidden: Some(bag.hidden),
            ..BagOutput::new(logits, bag.attention, instance_logits)
        })
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<Terms> {
        let instances = self.trunk.instances(embeddings)?;
        let logits = self.classifier.forward(&instances.hidden)?;
        Ok(Terms::new(instances.scores, logits))
    }
}
