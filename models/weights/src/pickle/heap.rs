use crate::pickle::Value;
use crate::torch::rebuild::{StorageReference, TensorReference};

/// What a value points at.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    Text(String),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    Storage(StorageReference),
    Tensor(Box<TensorReference>),
}

/// All objects of one pickle. They name each other by number, so that neither a list that holds
/// itself nor a million nested ones need recursion here, not even to be dropped.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    objects: Vec<Object>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObjectId(usize);

impl Heap {
    pub(crate) fn add(&mut self, object: Object) -> Value {
        self.objects.push(object);
        Value::Object(ObjectId(self.objects.len() - 1))
    }

    pub(crate) fn object(&self, value: Value) -> Option<&Object> {
        match value {
            Value::Object(ObjectId(id)) => self.objects.get(id),
            _ => None,
        }
    }

    pub(crate) fn object_mut(&mut self, value: Value) -> Option<&mut Object> {
        match value {
            Value::Object(ObjectId(id)) => self.objects.get_mut(id),
            _ => None,
        }
    }

    pub(crate) fn text(&self, value: Value) -> Option<&str> {
        match self.object(value)? {
            Object::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn tuple(&self, value: Value) -> Option<&[Value]> {
        match self.object(value)? {
            Object::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The value at a text key of a dictionary.
    pub(crate) fn entry(&self, dict: Value, key: &str) -> Option<Value> {
        let Object::Dict(entries) = self.object(dict)? else {
            return None;
        };
        let mut found = entries.iter().filter(|(k, _)| self.text(*k) == Some(key));
        found.next_back().map(|(_, value)| *value)
    }

    pub(crate) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter()
    }
}
