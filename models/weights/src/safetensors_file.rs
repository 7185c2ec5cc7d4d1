use std::sync::Arc;

use safetensors::tensor::{Metadata, TensorInfo};

use crate::layout::Layout;
use crate::open_file::OpenFile;
use crate::{Container, Dtype, StateDict, Tensor, WeightsError};

/// Bytes of the header's length, little-endian, at the start of the file.
const LENGTH_BYTES: u64 = 8;
/// The format's own limit.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// Length of the header in bytes if the file starts as safetensors do: a length that fits the file,
/// then an object.
pub(crate) fn header_length(file: &OpenFile, start: &[u8]) -> Option<u64> {
    let (length, rest) = start.split_first_chunk()?;
    let length = u64::from_le_bytes(*length);
    let fits = length <= MAX_HEADER_BYTES && length <= file.length() - LENGTH_BYTES;
    (fits && rest.first() == Some(&b'{')).then_some(length)
}

/// `header_length` must be that of [`header_length`].
pub(crate) fn read(file: &Arc<OpenFile>, header_length: u64) -> Result<StateDict, WeightsError> {
    let header = file.read(LENGTH_BYTES, header_length)?;
    let metadata: Metadata =
        serde_json::from_slice(&header).map_err(|source| WeightsError::SafetensorsHeader {
            path: file.path().to_owned(),
            source,
        })?;
    let mut found = StateDict::new(Container::Safetensors);
    for (name, info) in metadata.tensors() {
        let tensor = tensor(file, LENGTH_BYTES + header_length, info)?;
        found.insert(name, tensor)?;
    }
    Ok(found)
}

fn tensor(
    file: &Arc<OpenFile>,
    data_start: u64,
    info: &TensorInfo,
) -> Result<Tensor, WeightsError> {
    let damaged = |what: &str| WeightsError::Damaged(what.to_owned());
    let (start, end) = info.data_offsets;
    let length = end.saturating_sub(start) as u64;
    let start = data_start.checked_add(start as u64);
    let storage = start.and_then(|start| file.region(start, length));
    let storage = storage.ok_or_else(|| damaged("a tensor lies behind the end of the file"))?;
    let layout = Layout::contiguous(info.shape.clone());
    let layout = layout.ok_or_else(|| damaged("a tensor has impossible sides"))?;
    Tensor::new(dtype(info.dtype)?, layout, storage)
}

fn dtype(stored: safetensors::Dtype) -> Result<Dtype, WeightsError> {
    Ok(match stored {
        safetensors::Dtype::F64 => Dtype::F64,
        safetensors::Dtype::F32 => Dtype::F32,
        safetensors::Dtype::F16 => Dtype::F16,
        safetensors::Dtype::BF16 => Dtype::Bf16,
        safetensors::Dtype::I64 => Dtype::I64,
        safetensors::Dtype::I32 => Dtype::I32,
        safetensors::Dtype::I16 => Dtype::I16,
        safetensors::Dtype::I8 => Dtype::I8,
        safetensors::Dtype::U8 => Dtype::U8,
        safetensors::Dtype::BOOL => Dtype::Bool,
        other => return Err(WeightsError::UnsupportedDtype(format!("{other:?}"))),
    })
}
