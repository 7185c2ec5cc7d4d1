mod branches;
mod display;
mod gathered;
mod prefixes;

use std::collections::HashMap;

use self::gathered::Gathered;
use crate::{Container, Place, StateDict, Tensor};

/// How the tensors of a file fit those a model needs. Its `Display` is for people.
///
/// All lists are in the order of their names, but for those of what the model expects, which keep
/// its order.
#[derive(Clone, Debug)]
pub struct Report {
    pub container: Container,
    /// Prefixes taken off the name of every tensor of the file, outermost first.
    pub stripped: Vec<String>,
    /// What the names of the file begin with, and how many do. Where nothing fits, it shows which
    /// part of a checkpoint to take by `StateDict::below`.
    pub branches: Vec<(String, usize)>,
    pub matched: Vec<Match>,
    /// Names and shapes that the model needs and the file lacks.
    pub missing: Vec<(String, Vec<usize>)>,
    pub other_shape: Vec<OtherShape>,
    /// Names, as in the file, of tensors that the model has no place for, or a place already taken,
    /// or a place that other parts would have to be joined for which the file lacks.
    pub unused: Vec<String>,
    /// Names, as in the file, that the placing said no to.
    pub left_out: Vec<String>,
}

/// A parameter of the model that the file has.
#[derive(Clone, Debug)]
pub struct Match {
    pub expected: String,
    /// Names in the file: several where they were joined.
    pub found: Vec<String>,
    /// In the model's shape; its values are still in the file.
    pub tensor: Tensor,
}

/// A parameter of the model that the file has in another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherShape {
    pub expected: String,
    pub expected_shape: Vec<usize>,
    pub found: Vec<String>,
    pub found_shape: Vec<usize>,
}

/// Compares the tensors that a model expects, as (name, shape), with those of a file.
///
/// First the prefixes that wrap a whole model (`module.`, `state_dict.` and so on) are taken off
/// where all names share them and no expected name begins so. Then `place` says where in the model
/// a name of the file belongs, or gives `None` for a tensor that is left out on purpose. Shapes
/// that differ only by sides of 1 are the same.
pub fn report<P: Into<Place>>(
    expected: &[(&str, &[usize])],
    found: &StateDict,
    place: impl Fn(&str) -> Option<P>,
) -> Report {
    let stripped = prefixes::shared(found, expected);
    let n_stripped: usize = stripped.iter().map(String::len).sum();
    let mut placed: HashMap<String, Gathered<'_>> = HashMap::new();
    let (mut unused, mut left_out) = (Vec::new(), Vec::new());
    for (name, tensor) in found.iter() {
        let Some(place) = place(name.get(n_stripped..).unwrap_or_default()) else {
            left_out.push(name.to_owned());
            continue;
        };
        let place: Place = place.into();
        let is_expected = expected.iter().any(|(name, _)| *name == place.name);
        let is_taken = match placed.get_mut(&place.name) {
            _ if !is_expected => false,
            Some(gathered) => gathered.add(&place, name, tensor),
            None => {
                let gathered = Gathered::new(&place, name, tensor);
                placed.insert(place.name, gathered);
                true
            }
        };
        if !is_taken {
            unused.push(name.to_owned());
        }
    }
    let mut report = Report {
        container: found.container(),
        stripped,
        branches: branches::counted(found),
        matched: Vec::new(),
        missing: Vec::new(),
        other_shape: Vec::new(),
        unused,
        left_out,
    };
    for &(name, shape) in expected {
        report.judge(name, shape, placed.get(name));
    }
    report.unused.sort_unstable();
    report
}

impl Report {
    /// Whether every expected tensor is there in its shape, and no other one but those left out on
    /// purpose.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.other_shape.is_empty() && self.unused.is_empty()
    }

    fn judge(&mut self, name: &str, shape: &[usize], found: Option<&Gathered<'_>>) {
        let names = found.map(Gathered::names).unwrap_or_default();
        let tensor = found.filter(|found| found.is_whole());
        let Some(tensor) = tensor.and_then(Gathered::tensor) else {
            self.missing.push((name.to_owned(), shape.to_vec()));
            self.unused.extend(names);
            return;
        };
        if without_ones(tensor.shape()) == without_ones(shape) {
            self.matched.push(Match {
                expected: name.to_owned(),
                found: names,
                tensor: tensor.reshaped(shape),
            });
        } else {
            self.other_shape.push(OtherShape {
                expected: name.to_owned(),
                expected_shape: shape.to_vec(),
                found: names,
                found_shape: tensor.shape().to_vec(),
            });
        }
    }
}

fn without_ones(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|&side| side != 1).collect()
}
