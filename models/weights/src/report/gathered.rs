use crate::{Part, Place, Tensor};

/// The tensors of a file that together are one parameter of the model.
pub(super) struct Gathered<'a> {
    count: usize,
    is_transposed: bool,
    /// Index of the part, name in the file, tensor; in the order of the indices.
    parts: Vec<(usize, &'a str, &'a Tensor)>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(place: &Place, name: &'a str, tensor: &'a Tensor) -> Self {
        let (index, count) = position(place.part);
        Self {
            count,
            is_transposed: place.part == Part::Transposed,
            parts: vec![(index, name, tensor)],
        }
    }

    /// Whether there was still room for this part.
    pub(super) fn add(&mut self, place: &Place, name: &'a str, tensor: &'a Tensor) -> bool {
        let (index, count) = position(place.part);
        let is_taken = self.parts.iter().any(|(taken, ..)| *taken == index);
        if count != self.count || is_taken {
            return false;
        }
        self.parts.push((index, name, tensor));
        self.parts.sort_by_key(|(index, ..)| *index);
        true
    }

    pub(super) fn is_whole(&self) -> bool {
        self.parts.len() == self.count
    }

    pub(super) fn names(&self) -> Vec<String> {
        let names = self.parts.iter().map(|(_, name, _)| (*name).to_owned());
        names.collect()
    }

    /// The parameter itself; the first part where the parts cannot be joined.
    pub(super) fn tensor(&self) -> Option<Tensor> {
        let parts: Vec<Tensor> = self
            .parts
            .iter()
            .map(|(.., part)| (*part).clone())
            .collect();
        let first = parts.first().cloned()?;
        if self.is_transposed {
            return Some(first.transposed().unwrap_or(first));
        }
        Some(Tensor::joined(parts).unwrap_or(first))
    }
}

fn position(part: Part) -> (usize, usize) {
    match part {
        Part::Whole | Part::Transposed => (0, 1),
        Part::Of { index, count } => (index, count),
    }
}
