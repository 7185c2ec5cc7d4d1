use std::path::Path;
use std::sync::Arc;

use crate::open_file::OpenFile;
use crate::{StateDict, WeightsError, folder, safetensors_file, torch};

/// Enough of a file's start to tell its kind.
const START_BYTES: u64 = 16;

/// Reads the names, types and shapes of all tensors of a weights file.
///
/// What the file is follows from its content, never from its name: safetensors, or what
/// `torch.save` writes, now or before PyTorch 1.6. A folder is read by its
/// `model.safetensors.index.json`, `model.safetensors` or `pytorch_model.bin`.
///
/// # Errors
/// If the file cannot be read, is none of these, is damaged, or asks for anything but tensors and
/// plain values; the error then names what it asked for, and nothing was run.
pub fn read(path: &Path) -> Result<StateDict, WeightsError> {
    if path.is_dir() {
        return folder::read(path);
    }
    read_file(&OpenFile::open(path)?)
}

pub(crate) fn read_file(file: &Arc<OpenFile>) -> Result<StateDict, WeightsError> {
    let start = file.read(0, file.length().min(START_BYTES))?;
    if let Some(header_length) = safetensors_file::header_length(file, &start) {
        safetensors_file::read(file, header_length)
    } else if torch::zip_archive::is_one(&start) {
        torch::zip_archive::read(file)
    } else if torch::legacy::is_one(&start) {
        torch::legacy::read(file)
    } else {
        Err(WeightsError::UnknownFormat(file.path().to_owned()))
    }
}
