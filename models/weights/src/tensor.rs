use std::ops::Range;

use crate::layout::Layout;
use crate::open_file::Region;
use crate::{Dtype, WeightsError};

/// One tensor of a weights file; its values are read when they are asked for.
#[derive(Clone, Debug)]
pub struct Tensor {
    dtype: Dtype,
    layout: Layout,
    storage: Region,
}

impl Tensor {
    /// `Damaged` where the layout does not lie inside the storage.
    pub(crate) fn new(dtype: Dtype, layout: Layout, storage: Region) -> Result<Self, WeightsError> {
        let n_stored = storage.length() / dtype.size() as u64;
        if layout.span().end as u64 > n_stored {
            return Err(WeightsError::Damaged(format!(
                "a tensor of shape {:?} reaches past its storage of {n_stored} values",
                layout.shape()
            )));
        }
        // A stride of 0 repeats values without end; no model repeats more than its file holds.
        if layout.n_values() as u64 > storage.file_length() {
            return Err(WeightsError::Damaged(format!(
                "a tensor of shape {:?} has more values than the file has bytes",
                layout.shape()
            )));
        }
        Ok(Self {
            dtype,
            layout,
            storage,
        })
    }

    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Sides, slowest dimension first; empty for a scalar.
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    pub fn n_values(&self) -> usize {
        self.layout.n_values()
    }

    /// The part of the slowest dimension, to read a large tensor piece by piece; `None` where there
    /// is no such dimension or it ends earlier.
    pub fn rows(&self, rows: Range<usize>) -> Option<Self> {
        Some(Self {
            dtype: self.dtype,
            layout: self.layout.rows(rows)?,
            storage: self.storage.clone(),
        })
    }

    /// The values in row-major order; f64 is rounded, f16 and bf16 are widened.
    ///
    /// # Errors
    /// If the values are integers or booleans, or if the file can no longer be read.
    pub fn to_f32(&self) -> Result<Vec<f32>, WeightsError> {
        let (span, size) = (self.layout.span(), self.dtype.size() as u64);
        let (start, n_values) = (span.start as u64 * size, span.len() as u64 * size);
        let bytes = self.storage.read(start, n_values)?;
        let values = self.dtype.floats(&bytes);
        let values = values.ok_or(WeightsError::NotFloats(self.dtype))?;
        Ok(self.layout.gather(values))
    }
}
