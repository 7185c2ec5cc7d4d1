use std::cell::OnceCell;

use candle_core::{Device, Result, Tensor};
use flow::HeadPrecision;

/// A bag as heads read it: as it lies in memory, or as a tensor where candle computes.
pub(crate) struct BagEmbeddings<'a> {
    /// `n * dimension` values, one instance after another.
    pub(crate) values: &'a [f32],
    pub(crate) dimension: usize,
    /// Of the products of heads that know others than f32.
    pub(crate) precision: HeadPrecision,
    tensor: OnceCell<Tensor>,
}

impl<'a> BagEmbeddings<'a> {
    pub(crate) fn new(values: &'a [f32], dimension: usize, precision: HeadPrecision) -> Self {
        Self {
            values,
            dimension,
            precision,
            tensor: OnceCell::new(),
        }
    }

    /// Shape (n, dimension). The values are copied once, for all heads that ask.
    pub(crate) fn tensor(&self) -> Result<Tensor> {
        if let Some(made) = self.tensor.get() {
            return Ok(made.clone());
        }
        let shape = (self.values.len() / self.dimension, self.dimension);
        let made = Tensor::from_slice(self.values, shape, &Device::Cpu)?;
        Ok(self.tensor.get_or_init(|| made).clone())
    }

    /// Bags of so many instances each but the last, one after another.
    pub(crate) fn chunks(&self, n_instances: usize) -> impl Iterator<Item = BagEmbeddings<'a>> {
        let (dimension, precision) = (self.dimension, self.precision);
        let chunks = self.values.chunks(n_instances * dimension);
        chunks.map(move |values| Self::new(values, dimension, precision))
    }
}
