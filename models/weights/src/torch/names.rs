use crate::pickle::{Heap, Object, Pickled, Value};
use crate::torch::Storages;
use crate::torch::rebuild::TensorReference;
use crate::{ALONE, Container, StateDict, Tensor, WeightsError};

/// Deeper than any checkpoint; also stops at a list that holds itself.
const MAX_DEPTH: usize = 64;
/// Most values looked at. A short pickle can share its parts so that they number without end.
const MAX_VISITED: usize = 1 << 17;
/// Longest name of a tensor, in bytes.
const MAX_NAME: usize = 512;

/// Names every tensor of the pickle by the way to it.
pub(super) fn state_dict(
    pickled: &Pickled,
    storages: &Storages,
    container: Container,
) -> Result<StateDict, WeightsError> {
    let mut walk = Walk {
        heap: &pickled.heap,
        storages,
        found: StateDict::new(container),
        n_visited: 0,
    };
    walk.visit(pickled.root, "", 0)?;
    Ok(walk.found)
}

struct Walk<'a> {
    heap: &'a Heap,
    storages: &'a Storages,
    found: StateDict,
    n_visited: usize,
}

impl Walk<'_> {
    fn visit(&mut self, value: Value, name: &str, depth: usize) -> Result<(), WeightsError> {
        self.n_visited += 1;
        if depth > MAX_DEPTH || self.n_visited > MAX_VISITED || name.len() > MAX_NAME {
            return Err(WeightsError::Damaged(format!(
                "its values nest deeper than {MAX_DEPTH}, are more than {MAX_VISITED}, or have a \
                 name longer than {MAX_NAME} bytes"
            )));
        }
        match self.heap.object(value) {
            Some(Object::Tensor(reference)) => self.keep(reference, name),
            Some(Object::Tuple(items) | Object::List(items)) => {
                for (number, &item) in items.iter().enumerate() {
                    self.visit(item, &joined(name, &number.to_string()), depth + 1)?;
                }
                Ok(())
            }
            Some(Object::Dict(entries)) => {
                for &(key, value) in entries {
                    self.visit(value, &joined(name, &self.key(key)), depth + 1)?;
                }
                Ok(())
            }
            Some(Object::Text(_) | Object::Storage(_)) | None => Ok(()),
        }
    }

    fn keep(&mut self, reference: &TensorReference, name: &str) -> Result<(), WeightsError> {
        let storage = self.heap.text(reference.storage.key);
        let storage = storage.and_then(|key| self.storages.get(key));
        let storage = storage.ok_or_else(|| {
            WeightsError::Damaged(format!("the values of `{name}` are not in the file"))
        })?;
        let layout = reference.layout.clone();
        let tensor = Tensor::new(reference.dtype, layout, storage.clone())?;
        let name = if name.is_empty() { ALONE } else { name };
        self.found.insert(name.to_owned(), tensor)
    }

    /// Other keys than texts and numbers occur in training states; they need only be told apart
    /// from these.
    fn key(&self, key: Value) -> String {
        match key {
            Value::Integer(number) => number.to_string(),
            _ => self.heap.text(key).unwrap_or("?").to_owned(),
        }
    }
}

fn joined(name: &str, key: &str) -> String {
    if name.is_empty() {
        key.to_owned()
    } else {
        format!("{name}.{key}")
    }
}
