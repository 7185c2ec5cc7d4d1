use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::output::BagOutput;

/// The largest of each value over the instances (Ilse et al. 2018, eq. 5) before a linear
/// classifier: `y = W z + b`, `z_m = max_k h_km`.
#[derive(Debug)]
pub struct MaxPool {
    classifier: Linear,
}

impl MaxPool {
    pub(super) fn declarations(dimension: usize, n_classes: usize) -> Vec<Declaration> {
        Declaration::linear("classifier", dimension, n_classes).to_vec()
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            classifier: parameters.linear("classifier")?,
        })
    }

    /// Embeddings (n, dimension). The attention of an instance is the share of values it gives.
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let largest = embeddings.max_keepdim(0)?;
        Ok(BagOutput::new(
            self.logits(&largest)?,
            shares_given(embeddings)?,
            self.classifier.forward(embeddings)?,
        ))
    }

    /// Pooled values (1, dimension) to logits (n_classes).
    pub(crate) fn logits(&self, largest: &Tensor) -> Result<Tensor> {
        self.classifier.forward(largest)?.squeeze(0)
    }
}

/// Shape (1, n).
fn shares_given(embeddings: &Tensor) -> Result<Tensor> {
    let (n_instances, n_values) = embeddings.dims2()?;
    let mut shares = vec![0.0; n_instances];
    for origin in embeddings.argmax(0)?.to_vec1::<u32>()? {
        shares[origin as usize] += 1.0 / n_values as f32;
    }
    Tensor::from_vec(shares, (1, n_instances), embeddings.device())
}
