use candle_core::Tensor;
use kernels::{Element, LayerNorm, Linear, Machine, PackedMatrix};
use parameters::{Parameters, ParametersError};

/// A linear layer on its way to being packed.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Shape (outputs, inputs).
    weight: Vec<f32>,
    bias: Vec<f32>,
    n_inputs: usize,
}

impl Layer {
    /// `{name}.weight` and `{name}.bias`.
    pub(super) fn read(parameters: &Parameters, name: &str) -> Result<Self, ParametersError> {
        let bias = Some(parameters.get(&format!("{name}.bias"))?);
        Self::new(&parameters.get(&format!("{name}.weight"))?, bias.as_ref())
    }

    /// The weight's dimensions but the first are its inputs.
    pub(super) fn new(weight: &Tensor, bias: Option<&Tensor>) -> Result<Self, ParametersError> {
        Ok(Self {
            weight: values(weight)?,
            bias: bias.map_or(Ok(Vec::new()), values)?,
            n_inputs: weight.dims().iter().skip(1).product(),
        })
    }

    /// Every output and its bias times `scales`: what a LayerScale behind the layer does.
    pub(super) fn scaled(mut self, scales: &[f32]) -> Self {
        let rows = self.weight.chunks_exact_mut(self.n_inputs);
        for (row, scale) in rows.zip(scales) {
            row.iter_mut().for_each(|value| *value *= scale);
        }
        for (bias, scale) in self.bias.iter_mut().zip(scales) {
            *bias *= scale;
        }
        self
    }

    /// The same layer with its outputs in another order; `None` is an output of zeros.
    pub(super) fn with_outputs(&self, order: &[Option<usize>]) -> Self {
        let row = |output: &Option<usize>| match output {
            Some(output) => self.weight[output * self.n_inputs..][..self.n_inputs].to_vec(),
            None => vec![0.0; self.n_inputs],
        };
        let bias = |output: &Option<usize>| {
            let bias = output.and_then(|output| self.bias.get(output));
            bias.copied().unwrap_or(0.0)
        };
        Self {
            weight: order.iter().flat_map(row).collect(),
            bias: order.iter().map(bias).collect(),
            n_inputs: self.n_inputs,
        }
    }

    /// The same layer with its inputs in another order; `None` is an input that is not read.
    pub(super) fn with_inputs(&self, order: &[Option<usize>]) -> Self {
        let rows = self.weight.chunks_exact(self.n_inputs);
        let reordered = |row: &[f32]| {
            let value = |input: &Option<usize>| input.map_or(0.0, |input| row[input]);
            order.iter().map(value).collect::<Vec<_>>()
        };
        Self {
            weight: rows.flat_map(reordered).collect(),
            bias: self.bias.clone(),
            n_inputs: order.len(),
        }
    }

    pub(super) fn packed<E: Element>(&self, machine: Machine) -> PackedMatrix<E> {
        PackedMatrix::new(machine, self.linear())
    }

    pub(super) fn linear(&self) -> Linear<'_> {
        Linear {
            weight: &self.weight,
            bias: &self.bias,
            n_inputs: self.n_inputs,
            n_outputs: self.weight.len() / self.n_inputs,
        }
    }
}

/// The norm of `{name}.weight` and `{name}.bias`.
pub(super) fn layer_norm(
    machine: Machine,
    parameters: &Parameters,
    name: &str,
    eps: f64,
) -> Result<LayerNorm, ParametersError> {
    let weight = values(&parameters.get(&format!("{name}.weight"))?)?;
    let bias = values(&parameters.get(&format!("{name}.bias"))?)?;
    Ok(LayerNorm::new(machine, &weight, &bias, eps as f32))
}

pub(super) fn values(tensor: &Tensor) -> Result<Vec<f32>, ParametersError> {
    Ok(tensor.flatten_all()?.to_vec1()?)
}
