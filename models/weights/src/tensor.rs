use std::ops::Range;

use crate::layout::Layout;
use crate::open_file::Region;
use crate::{Dtype, WeightsError};

/// One tensor of a weights file; its values are read when they are asked for.
#[derive(Clone, Debug)]
pub struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Stored {
        layout: Layout,
        storage: Region,
    },
    /// One after another along the first dimension.
    Joined(Vec<Tensor>),
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
            shape: layout.shape().to_vec(),
            source: Source::Stored { layout, storage },
        })
    }

    /// `None` where the sides differ in more than the first.
    pub(crate) fn joined(parts: Vec<Self>) -> Option<Self> {
        let [first, others @ ..] = parts.as_slice() else {
            return None;
        };
        if others.is_empty() {
            return parts.into_iter().next();
        }
        let (_, inner) = first.shape.split_first()?;
        if others.iter().any(|part| part.shape.get(1..) != Some(inner)) {
            return None;
        }
        let mut shape = first.shape.clone();
        shape[0] = parts.iter().map(|part| part.shape[0]).sum();
        Some(Self {
            dtype: first.dtype,
            shape,
            source: Source::Joined(parts),
        })
    }

    /// Rows and columns exchanged; `None` for what is no stored matrix.
    pub(crate) fn transposed(&self) -> Option<Self> {
        self.laid_out(Layout::transposed)
    }

    /// The same values, row-major, in a shape of as many.
    pub(crate) fn reshaped(self, shape: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            ..self
        }
    }

    /// Of a joined tensor, that of its first part.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Sides, slowest dimension first; empty for a scalar.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn n_values(&self) -> usize {
        self.shape.iter().product()
    }

    /// The part of the slowest dimension, to read a large tensor piece by piece; `None` where there
    /// is no such dimension, it ends earlier, or the tensor is not stored as it stands.
    pub fn rows(&self, rows: Range<usize>) -> Option<Self> {
        self.laid_out(|layout| layout.rows(rows))
    }

    /// The same stored values in another layout.
    fn laid_out(&self, other: impl FnOnce(&Layout) -> Option<Layout>) -> Option<Self> {
        let Source::Stored { layout, storage } = &self.source else {
            return None;
        };
        if layout.shape() != self.shape {
            return None;
        }
        let layout = other(layout)?;
        Some(Self {
            dtype: self.dtype,
            shape: layout.shape().to_vec(),
            source: Source::Stored {
                layout,
                storage: storage.clone(),
            },
        })
    }

    /// The values in row-major order; f64 is rounded, f16 and bf16 are widened.
    ///
    /// # Errors
    /// If the values are integers or booleans, or if the file can no longer be read.
    pub fn to_f32(&self) -> Result<Vec<f32>, WeightsError> {
        let (layout, storage) = match &self.source {
            Source::Stored { layout, storage } => (layout, storage),
            Source::Joined(parts) => {
                let parts = parts.iter().map(Self::to_f32);
                return Ok(parts.collect::<Result<Vec<_>, _>>()?.concat());
            }
        };
        let (span, size) = (layout.span(), self.dtype.size() as u64);
        let (start, n_values) = (span.start as u64 * size, span.len() as u64 * size);
        let bytes = storage.read(start, n_values)?;
        let values = self.dtype.floats(&bytes);
        let values = values.ok_or(WeightsError::NotFloats(self.dtype))?;
        Ok(layout.gather(values))
    }
}
