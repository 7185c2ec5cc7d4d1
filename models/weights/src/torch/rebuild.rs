//! The few calls that are understood. An `Err` says in words what is wrong with the arguments.

use crate::Dtype;
use crate::layout::Layout;
use crate::pickle::{Heap, Object, Value};
use crate::torch::global::Global;

/// More dimensions than any model has; bounds what one short instruction can copy.
const MAX_DIMENSIONS: usize = 16;
/// Keys are numbers; thousands of references may share one text, which must not be long.
const MAX_KEY_BYTES: usize = 64;

/// A storage, as a pickle refers to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StorageReference {
    /// The text that names it in the container.
    pub(crate) key: Value,
    /// `None` for bytes.
    pub(crate) dtype: Option<Dtype>,
    /// In values, or in bytes where there is no type.
    pub(crate) n_values: usize,
}

/// A tensor, as a pickle describes it; nothing is checked against its storage yet.
#[derive(Clone, Debug)]
pub(crate) struct TensorReference {
    pub(crate) storage: StorageReference,
    pub(crate) dtype: Dtype,
    pub(crate) layout: Layout,
}

/// `('storage', type, key, location, values)`, with a sixth item in legacy files.
pub(crate) fn storage(heap: &Heap, named: Value) -> Result<StorageReference, String> {
    let fields = heap.tuple(named).unwrap_or_default();
    let [what, kind, key, _location, n_values, view @ ..] = fields else {
        return Err("it refers to what is no storage".to_owned());
    };
    let is_key = |key: &str| key.len() <= MAX_KEY_BYTES;
    if heap.text(*what) != Some("storage") || !heap.text(*key).is_some_and(is_key) {
        return Err("it refers to what is no storage".to_owned());
    }
    if !matches!(view, [] | [Value::None]) {
        return Err("a storage is a part of another, as before PyTorch 0.4".to_owned());
    }
    let Value::Global(Global::Storage(dtype)) = *kind else {
        return Err("a storage has no type of storage".to_owned());
    };
    let n_values = n_values.as_usize().ok_or("a storage has no size")?;
    Ok(StorageReference {
        key: *key,
        dtype,
        n_values,
    })
}

/// What calling `global` comes to.
pub(crate) fn result_of(
    heap: &mut Heap,
    global: Global,
    arguments: Value,
) -> Result<Value, String> {
    let fields = heap.tuple(arguments).ok_or("a call has no arguments")?;
    let object = match (global, fields) {
        (Global::Inert, _) => return Ok(Value::Inert),
        (Global::OrderedDict, []) => Object::Dict(Vec::new()),
        (Global::RebuildParameter, [tensor, ..]) => return parameter(heap, *tensor),
        (Global::RebuildTensorV2, [storage, offset, shape, strides, ..]) => {
            let storage = storage_of(heap, *storage)?;
            let dtype = storage.dtype.ok_or("a tensor does not say its type")?;
            let layout = layout(heap, [*offset, *shape, *strides])?;
            Object::Tensor(Box::new(TensorReference {
                storage,
                dtype,
                layout,
            }))
        }
        (Global::RebuildTensorV3, [storage, offset, shape, strides, _, _, dtype, ..]) => {
            let storage = storage_of(heap, *storage)?;
            let Value::Global(Global::Dtype(dtype)) = *dtype else {
                return Err("a tensor does not say its type".to_owned());
            };
            let layout = layout(heap, [*offset, *shape, *strides])?;
            Object::Tensor(Box::new(TensorReference {
                storage,
                dtype,
                layout,
            }))
        }
        _ => return Err(format!("{global:?} is called in a way that is not known")),
    };
    Ok(heap.add(object))
}

/// A parameter is its tensor; whether it was trained does not matter here.
fn parameter(heap: &Heap, tensor: Value) -> Result<Value, String> {
    match heap.object(tensor) {
        Some(Object::Tensor(_)) => Ok(tensor),
        _ => Err("a parameter holds no tensor".to_owned()),
    }
}

fn storage_of(heap: &Heap, value: Value) -> Result<StorageReference, String> {
    match heap.object(value) {
        Some(Object::Storage(storage)) => Ok(*storage),
        _ => Err("a tensor has no storage".to_owned()),
    }
}

fn layout(heap: &Heap, [offset, shape, strides]: [Value; 3]) -> Result<Layout, String> {
    let offset = offset.as_usize().ok_or("a tensor has no offset")?;
    let layout = Layout::new(counts(heap, shape)?, counts(heap, strides)?, offset);
    layout.ok_or_else(|| "a tensor has impossible sides".to_owned())
}

fn counts(heap: &Heap, tuple: Value) -> Result<Vec<usize>, String> {
    let items = heap.tuple(tuple).ok_or("a tensor has no sides")?;
    if items.len() > MAX_DIMENSIONS {
        return Err(format!(
            "a tensor has more than {MAX_DIMENSIONS} dimensions"
        ));
    }
    let counts = items.iter().map(|item| item.as_usize());
    let counts: Option<Vec<usize>> = counts.collect();
    counts.ok_or_else(|| "a side of a tensor is no count".to_owned())
}
