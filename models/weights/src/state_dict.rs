use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::{Container, Tensor, WeightsError};

/// Name of a file's tensor that stands alone, in no dictionary.
pub(crate) const ALONE: &str = "tensor";

/// The tensors of a weights file by name, in the order of their names.
///
/// Names of nested dictionaries and lists are joined with a dot: `state_dict.fc.weight`,
/// `layers.0`; a tensor in none of them is called `tensor`. What is no tensor (an epoch, settings) is left out.
#[derive(Clone, Debug)]
pub struct StateDict {
    container: Container,
    tensors: BTreeMap<String, Tensor>,
}

impl StateDict {
    pub(crate) fn new(container: Container) -> Self {
        Self {
            container,
            tensors: BTreeMap::new(),
        }
    }

    /// `Damaged` where there is one of that name already.
    pub(crate) fn insert(&mut self, name: String, tensor: Tensor) -> Result<(), WeightsError> {
        match self.tensors.entry(name) {
            Entry::Vacant(place) => {
                place.insert(tensor);
                Ok(())
            }
            Entry::Occupied(place) => Err(WeightsError::Damaged(format!(
                "two tensors are called `{}`",
                place.key()
            ))),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Tensor> {
        self.tensors.remove(name)
    }

    /// Only the tensors whose names begin with `{branch}.`, without it: a training checkpoint holds
    /// its model below `state_dict`, `model` or `teacher`, beside the optimiser.
    pub fn below(&self, branch: &str) -> Self {
        let inside = |name: &str| {
            let rest = name.strip_prefix(branch)?.strip_prefix('.')?;
            Some(rest.to_owned())
        };
        let tensors = self.tensors.iter();
        Self {
            container: self.container,
            tensors: tensors
                .filter_map(|(name, tensor)| Some((inside(name)?, tensor.clone())))
                .collect(),
        }
    }

    /// The tensor of a file that holds nothing else, whatever it is called there.
    pub fn only_tensor(&self) -> Option<&Tensor> {
        let mut tensors = self.tensors.values();
        let first = tensors.next()?;
        tensors.next().is_none().then_some(first)
    }

    pub fn container(&self) -> Container {
        self.container
    }

    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
    }

    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }
}
