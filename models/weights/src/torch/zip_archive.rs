use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use crate::open_file::{OpenFile, Region};
use crate::pickle::{self, Heap, Object};
use crate::torch::rebuild::StorageReference;
use crate::torch::{Storages, names};
use crate::{Container, StateDict, WeightsError};

const START: &[u8] = b"PK\x03\x04";
const PICKLE: &str = "data.pkl";
const BYTE_ORDER: &str = "byteorder";

pub(crate) fn is_one(start: &[u8]) -> bool {
    start.starts_with(START)
}

/// What `torch.save` writes since PyTorch 1.6: a zip archive of one folder, with the pickle, and
/// one entry for each storage, all stored as they are.
pub(crate) fn read(file: &Arc<OpenFile>) -> Result<StateDict, WeightsError> {
    let entries = entries(file)?;
    let pickle = entries.keys().find(|name| is_pickle(name));
    let folder = pickle.and_then(|name| name.strip_suffix(PICKLE));
    let folder = folder.ok_or_else(|| WeightsError::UnknownFormat(file.path().to_owned()))?;
    check_byte_order(entries.get(&format!("{folder}{BYTE_ORDER}")))?;

    let pickle = entry(&entries, &format!("{folder}{PICKLE}"))?;
    if pickle.length() > pickle::MAX_BYTES {
        return Err(WeightsError::Damaged(format!(
            "its pickle is longer than {} bytes",
            pickle::MAX_BYTES
        )));
    }
    let pickled = pickle::run(&pickle.read(0, pickle.length())?)?;
    let storages = storages(&pickled.heap, &entries, folder)?;
    names::state_dict(&pickled, &storages, Container::TorchZip)
}

/// Entries by name; `None` for those that are not stored as they are.
type Entries = BTreeMap<String, Option<Region>>;

fn entries(file: &Arc<OpenFile>) -> Result<Entries, WeightsError> {
    let failed = |source| WeightsError::Zip {
        path: file.path().to_owned(),
        source,
    };
    let reader: BufReader<&File> = BufReader::new(file.file());
    let mut archive = ZipArchive::new(reader).map_err(failed)?;
    let mut entries = Entries::new();
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number).map_err(failed)?;
        let name = entry.name().map_err(failed)?.into_owned();
        let is_stored = entry.compression() == CompressionMethod::Stored && !entry.encrypted();
        let region = if is_stored {
            let start = entry.data_start();
            let region = start.and_then(|start| file.region(start, entry.size()));
            let what = || WeightsError::Damaged(format!("`{name}` reaches past its end"));
            Some(region.ok_or_else(what)?)
        } else {
            None
        };
        entries.insert(name, region);
    }
    Ok(entries)
}

/// `data.pkl` at the top or in the one folder at the top.
fn is_pickle(name: &str) -> bool {
    let folder = name.strip_suffix(PICKLE);
    folder.is_some_and(|f| f.is_empty() || f.find('/') == Some(f.len() - 1))
}

fn entry<'a>(entries: &'a Entries, name: &str) -> Result<&'a Region, WeightsError> {
    match entries.get(name) {
        Some(Some(region)) => Ok(region),
        Some(None) => Err(WeightsError::Compressed(name.to_owned())),
        None => Err(WeightsError::Damaged(format!("it has no `{name}`"))),
    }
}

/// Files before PyTorch 2.0 do not say it; they were little-endian wherever they were written.
fn check_byte_order(order: Option<&Option<Region>>) -> Result<(), WeightsError> {
    let Some(Some(region)) = order else {
        return Ok(());
    };
    if region.read(0, region.length().min(16))? == b"little" {
        return Ok(());
    }
    Err(WeightsError::BigEndian)
}

fn storages(heap: &Heap, entries: &Entries, folder: &str) -> Result<Storages, WeightsError> {
    let mut storages = Storages::new();
    for object in heap.objects() {
        let Object::Storage(reference) = object else {
            continue;
        };
        let key = heap.text(reference.key).unwrap_or_default();
        if storages.contains_key(key) {
            continue;
        }
        let region = entry(entries, &format!("{folder}data/{key}"))?;
        check_length(key, reference, region)?;
        storages.insert(key.to_owned(), region.clone());
    }
    Ok(storages)
}

fn check_length(
    key: &str,
    reference: &StorageReference,
    region: &Region,
) -> Result<(), WeightsError> {
    let size = reference.dtype.map_or(1, |dtype| dtype.size());
    let said = reference.n_values.checked_mul(size).map(|n| n as u64);
    if said.is_some_and(|said| said <= region.length()) {
        return Ok(());
    }
    Err(WeightsError::Damaged(format!(
        "storage `{key}` should hold {} values of {size} bytes and has {} bytes",
        reference.n_values,
        region.length()
    )))
}
