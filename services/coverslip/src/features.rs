//! Embeddings of image files, on their way to a probe or to other tools.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use safetensors::tensor::{SafeTensors, TensorView};
use safetensors::{Dtype, serialize};

use crate::files;

/// On disk a safetensors file: `features` f32 (images, dimension) and, in its metadata, `names` as
/// a JSON array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Features {
    /// One an image: its path below the folder that was embedded.
    pub(crate) names: Vec<String>,
    pub(crate) dimension: usize,
    /// One image after another.
    pub(crate) values: Vec<f32>,
}

const TENSOR: &str = "features";
const NAMES: &str = "names";

impl Features {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path)?;
        Self::parse(&bytes).with_context(|| format!("{} holds no features", path.display()))
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        std::fs::write(path, self.to_bytes()?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let names = header.metadata().as_ref().and_then(|all| all.get(NAMES));
        let names = names.context("its metadata have no `names`")?;
        let names: Vec<String> =
            serde_json::from_str(names).context("its `names` are no JSON array of texts")?;
        let file = SafeTensors::deserialize(bytes)?;
        let tensor = file.tensor(TENSOR)?;
        let (Dtype::F32, &[n_rows, dimension]) = (tensor.dtype(), tensor.shape()) else {
            bail!("its `features` are not f32 in rows");
        };
        if n_rows != names.len() {
            bail!("it has {n_rows} rows of features for {} names", names.len());
        }
        let values = tensor.data().as_chunks().0.iter();
        Ok(Self {
            names,
            dimension,
            values: values.map(|&value| f32::from_le_bytes(value)).collect(),
        })
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let values = self.values.iter().flat_map(|value| value.to_le_bytes());
        let values: Vec<u8> = values.collect();
        let shape = vec![self.names.len(), self.dimension];
        let tensor = TensorView::new(Dtype::F32, shape, &values)?;
        let names = serde_json::to_string(&self.names)?;
        let metadata = HashMap::from([(NAMES.to_owned(), names)]);
        Ok(serialize([(TENSOR, tensor)], Some(metadata))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() -> Result<()> {
        let features = Features {
            names: vec!["a/1.jpg".to_owned(), "b/\"2\"\n.png".to_owned()],
            dimension: 3,
            values: vec![1.0, 2.0, 3.0, -4.0, 5.5, 6.0],
        };
        assert_eq!(Features::parse(&features.to_bytes()?)?, features);
        let lacking = Features {
            names: vec!["a".to_owned()],
            ..features
        };
        assert!(lacking.to_bytes().is_err());
        assert!(Features::parse(b"no tensors").is_err());
        Ok(())
    }
}
