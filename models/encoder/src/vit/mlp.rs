use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Parameters, ParametersError};

use crate::Mlp;

/// The feed-forward half of a block.
#[derive(Debug)]
pub(super) struct FeedForward {
    fc1: Linear,
    fc2: Linear,
    kind: Mlp,
}

impl FeedForward {
    pub(super) fn new(
        kind: Mlp,
        parameters: &Parameters,
        name: &str,
    ) -> std::result::Result<Self, ParametersError> {
        Ok(Self {
            fc1: parameters.linear(&format!("{name}.fc1"))?,
            fc2: parameters.linear(&format!("{name}.fc2"))?,
            kind,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let hidden = self.fc1.forward(x)?;
        let hidden = match self.kind {
            Mlp::GeluErf { .. } => hidden.gelu_erf()?,
            Mlp::SwigluPacked { .. } => {
                let halves = hidden.chunk(2, D::Minus1)?;
                (halves[0].silu()? * &halves[1])?
            }
        };
        self.fc2.forward(&hidden)
    }
}
