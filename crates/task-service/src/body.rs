//! What is sent of a slide: a safetensors file, whose metadata has the request as JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use mil::Takes;
use safetensors::{Dtype, SafeTensorError, View};

use crate::{Job, ServiceError};

/// Where the request stands in the file's metadata.
const REQUEST: &str = "request";

/// `tiles`, i32 (n, 4): column, row, width and height of each tile in pixels of level 0. `cells`, i32
/// (n, 2): its column and row on the grid of tiles. Of a bag also `embeddings`, f32 (n, d).
pub(crate) fn body(job: &Job<'_>) -> Result<Vec<u8>, ServiceError> {
    let n = job.instances.len();
    let tiles: Vec<i32> = job.instances.iter().flat_map(|at| tile(job, at)).collect();
    let cells: Vec<i32> = job.instances.iter().flat_map(|at| cell(job, at)).collect();
    let mut tensors = vec![
        ("tiles", Tensor::of(Dtype::I32, vec![n, 4], &tiles)),
        ("cells", Tensor::of(Dtype::I32, vec![n, 2], &cells)),
    ];
    if job.task.file().service.takes == Takes::Bag {
        let shape = vec![n, job.bag.dimension as usize];
        tensors.push(("embeddings", Tensor::of(Dtype::F32, shape, job.embeddings)));
    }
    let request = serde_json::to_string(&job.request()).map_err(ServiceError::Request)?;
    let metadata = HashMap::from([(REQUEST.to_owned(), request)]);
    Ok(safetensors::serialize(tensors, Some(metadata))?)
}

fn tile(job: &Job<'_>, at: &flow::Instance) -> [i32; 4] {
    let in_pixels = at.rect(job.bag.tile_um).in_pixels(job.scale.mpp);
    in_pixels.map(|length| length.round() as i32)
}

fn cell(job: &Job<'_>, at: &flow::Instance) -> [i32; 2] {
    let cell = job.bag.cell(at);
    [cell.column as i32, cell.row as i32]
}

/// Values as they lie in memory, which is how safetensors has them on every processor of ours.
struct Tensor<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: &'a [u8],
}

impl<'a> Tensor<'a> {
    fn of<T: bytemuck::Pod>(dtype: Dtype, shape: Vec<usize>, values: &'a [T]) -> Self {
        Self {
            dtype,
            shape,
            bytes: bytemuck::cast_slice(values),
        }
    }
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

impl From<SafeTensorError> for ServiceError {
    fn from(source: SafeTensorError) -> Self {
        Self::Body(source)
    }
}
