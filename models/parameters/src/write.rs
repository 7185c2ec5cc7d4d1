use std::collections::BTreeMap;

use candle_core::{DType, Tensor};
use serde::{Deserialize, Serialize};

use crate::{ParametersError, Variables};

/// Number format of a weights file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoredAs {
    F16,
    F32,
}

impl Variables {
    /// A safetensors file; equal values give equal bytes.
    pub fn to_safetensors(&self, stored_as: StoredAs) -> Result<Vec<u8>, ParametersError> {
        let dtype = match stored_as {
            StoredAs::F16 => DType::F16,
            StoredAs::F32 => DType::F32,
        };
        let tensors = self
            .iter()
            .map(|(name, var)| Ok((name, var.as_tensor().to_dtype(dtype)?)))
            .collect::<Result<BTreeMap<&str, Tensor>, candle_core::Error>>()?;
        Ok(safetensors::serialize(&tensors, None)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Declaration, Parameters, Seed, seeded};

    #[test]
    fn written_and_read_back() -> Result<(), Box<dyn std::error::Error>> {
        let declared = Declaration::linear("fc", 3, 2);
        let variables = Variables::draw(&declared, &mut seeded(Seed(5), 0))?;
        let bytes = variables.to_safetensors(StoredAs::F32)?;
        assert_eq!(bytes, variables.to_safetensors(StoredAs::F32)?);

        let read = Parameters::from_safetensors(&bytes, &declared)?;
        let values = |p: &Parameters| -> Result<Vec<Vec<f32>>, ParametersError> {
            Ok(p.get("fc.weight")?.to_vec2()?)
        };
        assert_eq!(values(&read)?, values(&variables.parameters())?);
        Ok(())
    }

    #[test]
    fn foreign_weights_are_refused_by_name() -> Result<(), Box<dyn std::error::Error>> {
        let written = [
            Declaration::linear("fc", 3, 2),
            Declaration::linear("a", 1, 1),
        ]
        .concat();
        let bytes =
            Variables::draw(&written, &mut seeded(Seed(5), 0))?.to_safetensors(StoredAs::F16)?;
        let wanted = [
            Declaration::linear("fc", 4, 2),
            Declaration::linear("b", 1, 1),
        ]
        .concat();
        let text = Parameters::from_safetensors(&bytes, &wanted)
            .expect_err("other parameters")
            .to_string();
        assert!(text.contains("missing [b.bias, b.weight]"), "{text}");
        assert!(text.contains("unexpected [a.bias, a.weight]"), "{text}");
        assert!(text.contains("fc.weight is [2, 3], needs [2, 4]"), "{text}");
        assert!(matches!(
            Parameters::from_safetensors(b"no tensors here", &wanted),
            Err(ParametersError::Format(_))
        ));
        Ok(())
    }
}
