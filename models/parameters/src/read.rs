use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::Linear;

use crate::{Declaration, ParametersError};

/// The parameters of one model by name, on the CPU, as f32, unless they were changed.
#[derive(Clone, Debug)]
pub struct Parameters {
    tensors: HashMap<String, Tensor>,
}

impl Parameters {
    /// Reads exactly the declared parameters; f16 and bf16 are widened to f32.
    ///
    /// # Errors
    /// If the bytes are not safetensors, or if a parameter is missing, not declared, or of another
    /// shape; the error lists them.
    pub fn from_safetensors(
        bytes: &[u8],
        declared: &[Declaration],
    ) -> Result<Self, ParametersError> {
        let found = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)
            .map_err(ParametersError::Format)?;
        check(&found, declared)?;
        let widened = found
            .into_iter()
            .map(|(name, tensor)| Ok((name, tensor.to_dtype(DType::F32)?)))
            .collect::<Result<_, candle_core::Error>>()?;
        Ok(Self { tensors: widened })
    }

    pub(crate) fn from_tensors(tensors: HashMap<String, Tensor>) -> Self {
        Self { tensors }
    }

    /// Every parameter as `change` makes it of its name and its tensor: for other devices and
    /// precisions.
    pub fn changed(
        &self,
        change: impl Fn(&str, &Tensor) -> Result<Tensor, ParametersError>,
    ) -> Result<Self, ParametersError> {
        let changed = self
            .tensors
            .iter()
            .map(|(name, tensor)| Ok((name.clone(), change(name, tensor)?)))
            .collect::<Result<_, ParametersError>>()?;
        Ok(Self { tensors: changed })
    }

    pub fn get(&self, name: &str) -> Result<Tensor, ParametersError> {
        self.tensors
            .get(name)
            .cloned()
            .ok_or_else(|| ParametersError::Undeclared(name.to_owned()))
    }

    /// The linear layer of `{name}.weight` and `{name}.bias`.
    pub fn linear(&self, name: &str) -> Result<Linear, ParametersError> {
        let weight = self.get(&format!("{name}.weight"))?;
        let bias = self.get(&format!("{name}.bias"))?;
        Ok(Linear::new(weight, Some(bias)))
    }
}

fn check(found: &HashMap<String, Tensor>, declared: &[Declaration]) -> Result<(), ParametersError> {
    let missing = declared.iter().filter(|d| !found.contains_key(&d.name));
    let other_shape = declared.iter().filter_map(|declaration| {
        let dims = found.get(&declaration.name)?.dims();
        let (name, shape) = (&declaration.name, &declaration.shape);
        (dims != shape.as_slice()).then(|| format!("{name} is {dims:?}, needs {shape:?}"))
    });
    let is_declared = |name: &&String| declared.iter().any(|d| d.name == **name);
    let unexpected = found.keys().filter(|name| !is_declared(name));

    let missing = listed(missing.map(|d| d.name.clone()));
    let unexpected = listed(unexpected.cloned());
    let other_shape = listed(other_shape);
    if missing.is_empty() && unexpected.is_empty() && other_shape.is_empty() {
        return Ok(());
    }
    Err(ParametersError::Mismatch {
        missing,
        unexpected,
        other_shape,
    })
}

/// Sorted, and cut so that a foreign file does not fill the screen.
fn listed(names: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<String> = names.collect();
    names.sort();
    let n_more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if n_more > 0 {
        names.push(format!("and {n_more} more"));
    }
    names.join(", ")
}
