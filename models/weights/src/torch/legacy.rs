use std::collections::HashMap;
use std::sync::Arc;

use crate::open_file::OpenFile;
use crate::pickle::{self, Heap, Object, Pickled, Value};
use crate::torch::{Storages, names};
use crate::{Container, StateDict, WeightsError};

/// The first pickle of every legacy file.
const MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;
const PROTOCOL: i128 = 1001;
/// PROTO, the instruction every pickle of protocol 2 and later starts with.
const START: u8 = 0x80;

pub(crate) fn is_one(start: &[u8]) -> bool {
    start.first() == Some(&START)
}

/// What `torch.save` wrote before PyTorch 1.6: five pickles one after the other (magic number,
/// protocol, system, object, keys of the storages), then the storages in the order of the keys.
pub(crate) fn read(file: &Arc<OpenFile>) -> Result<StateDict, WeightsError> {
    let bytes = file.read(0, file.length().min(pickle::MAX_BYTES))?;
    let mut position = 0;
    let mut next = || -> Result<Pickled, WeightsError> {
        let pickled = pickle::run(bytes.get(position..).unwrap_or_default())?;
        position += pickled.length;
        Ok(pickled)
    };
    if next()?.root != Value::Integer(MAGIC) {
        return Err(WeightsError::UnknownFormat(file.path().to_owned()));
    }
    if next()?.root != Value::Integer(PROTOCOL) {
        let what = "its protocol is not the one torch.save writes";
        return Err(WeightsError::Damaged(what.to_owned()));
    }
    check_byte_order(&next()?)?;
    let object = next()?;
    let keys = next()?;
    let storages = storages(file, position as u64, &object.heap, &keys)?;
    names::state_dict(&object, &storages, Container::TorchLegacy)
}

fn check_byte_order(system: &Pickled) -> Result<(), WeightsError> {
    match system.heap.entry(system.root, "little_endian") {
        Some(Value::Bool(false)) => Err(WeightsError::BigEndian),
        _ => Ok(()),
    }
}

/// Each storage is its number of values in 8 bytes, then the values.
fn storages(
    file: &Arc<OpenFile>,
    start: u64,
    heap: &Heap,
    keys: &Pickled,
) -> Result<Storages, WeightsError> {
    let sizes = value_sizes(heap)?;
    let Some(Object::List(listed)) = keys.heap.object(keys.root) else {
        return Err(damaged("it lists no storages"));
    };
    let mut position = start;
    let mut storages = Storages::new();
    for &key in listed {
        let key = keys.heap.text(key).unwrap_or_default();
        let size = sizes.get(key).copied();
        let size = size.ok_or_else(|| damaged("it holds a storage that no tensor has"))?;
        let n_values = n_values(file, position)?;
        let region = n_values.checked_mul(size).and_then(|length| {
            let start = position.checked_add(8)?;
            file.region(start, length)
        });
        let region = region.ok_or_else(|| damaged("a storage reaches past the end of the file"))?;
        position += 8 + region.length();
        storages.insert(key.to_owned(), region);
    }
    Ok(storages)
}

/// Bytes of one value of each storage, by its key.
fn value_sizes(heap: &Heap) -> Result<HashMap<String, u64>, WeightsError> {
    let mut sizes = HashMap::new();
    for object in heap.objects() {
        if let Object::Storage(reference) = object {
            let key = heap.text(reference.key).unwrap_or_default();
            let size = reference.dtype.map_or(1, |dtype| dtype.size()) as u64;
            if sizes
                .insert(key.to_owned(), size)
                .is_some_and(|s| s != size)
            {
                return Err(damaged("a storage is of two types"));
            }
        }
    }
    Ok(sizes)
}

fn n_values(file: &OpenFile, position: u64) -> Result<u64, WeightsError> {
    let bytes = file.read(position, 8)?;
    let bytes = bytes.first_chunk().copied();
    bytes
        .map(u64::from_le_bytes)
        .ok_or_else(|| damaged("a storage has no size"))
}

fn damaged(what: &str) -> WeightsError {
    WeightsError::Damaged(what.to_owned())
}
