use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::Dtype;

/// Why a weights file cannot be read.
#[derive(Debug, Error)]
pub enum WeightsError {
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{} is neither safetensors nor a file of torch.save; an interrupted download and a git-lfs \
         pointer look like this",
        .0.display()
    )]
    UnknownFormat(PathBuf),
    #[error(
        "{} holds no model.safetensors.index.json, model.safetensors or pytorch_model.bin",
        .0.display()
    )]
    EmptyFolder(PathBuf),
    #[error("the header of {} is no safetensors header", path.display())]
    SafetensorsHeader {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("{} is no index of shards", path.display())]
    ShardIndex {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the index of shards names `{0}`, which is not the name of a file beside it")]
    ShardName(String),
    #[error("the index of shards places `{tensor}` in {shard}, which does not hold it")]
    NotInShard { tensor: String, shard: String },
    #[error("{} is a damaged zip archive", path.display())]
    Zip {
        path: PathBuf,
        #[source]
        source: zip::result::ZipError,
    },
    #[error(
        "`{0}` is compressed, which torch.save never does; save the file again with torch.save"
    )]
    Compressed(String),
    #[error("the values are big-endian; save the file again on a little-endian machine")]
    BigEndian,
    #[error(
        "the file asks for `{0}`, which weights do not need; it was refused and nothing was run; \
         convert it to safetensors where you trust it"
    )]
    ForeignGlobal(String),
    #[error("the pickle cannot be followed at byte {position}: {what}")]
    Pickle { position: usize, what: String },
    #[error("the file is damaged: {0}")]
    Damaged(String),
    #[error("values of type {0} are not supported; convert them to f32")]
    UnsupportedDtype(String),
    #[error("cannot write the tensor")]
    Write(#[from] zip::result::ZipError),
    #[error("a tensor of shape {shape:?} cannot have {n_values} values")]
    OtherCount { shape: Vec<usize>, n_values: usize },
    #[error("the tensor holds {0}, not floats")]
    NotFloats(Dtype),
}
