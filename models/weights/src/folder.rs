use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::path::Path;

use serde::Deserialize;

use crate::open_file::OpenFile;
use crate::read::read_file;
use crate::{Container, StateDict, WeightsError};

const INDEX: &str = "model.safetensors.index.json";
const SINGLE: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];
/// Far above any index; what is longer is none.
const MAX_INDEX_BYTES: u64 = 64 << 20;

/// The index of a model in shards, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Index {
    /// Name of the shard by name of the tensor.
    weight_map: BTreeMap<String, String>,
}

pub(crate) fn read(folder: &Path) -> Result<StateDict, WeightsError> {
    if folder.join(INDEX).is_file() {
        return read_shards(folder);
    }
    for name in SINGLE {
        let path = folder.join(name);
        if path.is_file() {
            return read_file(&OpenFile::open(&path)?);
        }
    }
    Err(WeightsError::EmptyFolder(folder.to_owned()))
}

/// Exactly the tensors that the index lists, each from the shard it is said to be in.
fn read_shards(folder: &Path) -> Result<StateDict, WeightsError> {
    let index = read_index(folder)?;
    let mut shards: HashMap<&str, StateDict> = HashMap::new();
    let mut found = StateDict::new(Container::ShardedSafetensors);
    for (tensor, shard) in &index.weight_map {
        if !shards.contains_key(shard.as_str()) {
            shards.insert(shard, read_shard(folder, shard)?);
        }
        let taken = shards
            .get_mut(shard.as_str())
            .and_then(|s| s.remove(tensor));
        let missing = || WeightsError::NotInShard {
            tensor: tensor.clone(),
            shard: shard.clone(),
        };
        found.insert(tensor.clone(), taken.ok_or_else(missing)?)?;
    }
    Ok(found)
}

fn read_index(folder: &Path) -> Result<Index, WeightsError> {
    let file = OpenFile::open(&folder.join(INDEX))?;
    let json = file.read(0, file.length().min(MAX_INDEX_BYTES))?;
    serde_json::from_slice(&json).map_err(|source| WeightsError::ShardIndex {
        path: file.path().to_owned(),
        source,
    })
}

/// A shard lies beside its index, so that a foreign index cannot point anywhere else.
fn read_shard(folder: &Path, name: &str) -> Result<StateDict, WeightsError> {
    if Path::new(name).file_name() != Some(OsStr::new(name)) {
        return Err(WeightsError::ShardName(name.to_owned()));
    }
    read_file(&OpenFile::open(&folder.join(name))?)
}
