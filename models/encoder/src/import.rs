use std::collections::BTreeMap;

use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, TensorView};
use weights::{Report, StateDict};

use crate::{EncoderConfig, EncoderError, Published};

/// A published encoder with the weights a lab got from its authors: the two files of its folder.
#[derive(Clone, Debug)]
pub struct Imported {
    pub config: EncoderConfig,
    /// Contents of `model.safetensors`, f32 with timm's names.
    pub weights: Vec<u8>,
}

impl Published {
    /// How a weights file fits the architecture.
    pub fn report(&self, found: &StateDict) -> Report {
        let parameters = self.architecture.parameters();
        let expected: Vec<(&str, &[usize])> = parameters
            .iter()
            .map(|(name, shape)| (name.as_str(), shape.as_slice()))
            .collect();
        weights::report(&expected, found, weights::vit_name)
    }

    /// The encoder with the tensors that `report` matched in the file.
    ///
    /// # Errors
    /// If the report does not fit, or a tensor cannot be read as numbers.
    pub fn import(&self, found: &StateDict, report: &Report) -> Result<Imported, EncoderError> {
        let misfit = || EncoderError::Misfit {
            name: self.name.clone(),
            report: report.to_string(),
        };
        if !report.fits() {
            return Err(misfit());
        }
        let mut tensors = BTreeMap::new();
        for matched in &report.matched {
            // Only a report on another file names a tensor that this one lacks.
            let tensor = found.get(&matched.found).ok_or_else(misfit)?;
            let values = tensor.to_f32()?.into_iter();
            let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
            tensors.insert(matched.expected.as_str(), (tensor.shape().to_vec(), bytes));
        }
        let weights = serialised(&tensors)?;
        Ok(Imported {
            config: self.with_weights(&weights),
            weights,
        })
    }
}

fn serialised(tensors: &BTreeMap<&str, (Vec<usize>, Vec<u8>)>) -> Result<Vec<u8>, SafeTensorError> {
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| {
            Ok((*name, TensorView::new(Dtype::F32, shape.clone(), bytes)?))
        })
        .collect::<Result<Vec<_>, SafeTensorError>>()?;
    safetensors::serialize(views, None)
}
