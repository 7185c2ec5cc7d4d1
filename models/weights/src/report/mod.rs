mod branches;
mod display;
mod prefixes;

use std::collections::HashMap;

use crate::{Container, Dtype, StateDict, Tensor};

/// How the tensors of a file fit those a model needs. Its `Display` is for people.
///
/// All lists are in the order of their names, but for those of what the model expects, which keep
/// its order.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Names, as in the file, of tensors that the model has no place for, or a place already taken.
    pub unused: Vec<String>,
    /// Names, as in the file, that the renaming said no to.
    pub left_out: Vec<String>,
}

/// A tensor of the file that the model takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub expected: String,
    /// Its name in the file, which `StateDict::get` knows.
    pub found: String,
    pub dtype: Dtype,
}

/// A tensor that has its name and not its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherShape {
    pub expected: String,
    pub expected_shape: Vec<usize>,
    pub found: String,
    pub found_shape: Vec<usize>,
}

/// Compares the tensors that a model expects, as (name, shape), with those of a file.
///
/// First the prefixes that wrap a whole model (`module.`, `state_dict.` and so on) are taken off
/// where all names share them and no expected name begins so. Then `rename` turns a name of the
/// file into one of the model, or gives `None` for a tensor that is left out on purpose.
pub fn report(
    expected: &[(&str, &[usize])],
    found: &StateDict,
    rename: impl Fn(&str) -> Option<String>,
) -> Report {
    let stripped = prefixes::shared(found, expected);
    let n_stripped: usize = stripped.iter().map(String::len).sum();
    let mut renamed: HashMap<String, (&str, &Tensor)> = HashMap::new();
    let (mut unused, mut left_out) = (Vec::new(), Vec::new());
    for (name, tensor) in found.iter() {
        let Some(new_name) = rename(name.get(n_stripped..).unwrap_or_default()) else {
            left_out.push(name.to_owned());
            continue;
        };
        let is_expected = expected.iter().any(|(expected, _)| *expected == new_name);
        if !is_expected || renamed.contains_key(&new_name) {
            unused.push(name.to_owned());
        } else {
            renamed.insert(new_name, (name, tensor));
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
        report.place(name, shape, renamed.get(name).copied());
    }
    report
}

impl Report {
    /// Whether every expected tensor is there in its shape, and no other one but those left out on
    /// purpose.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.other_shape.is_empty() && self.unused.is_empty()
    }

    fn place(&mut self, name: &str, shape: &[usize], found: Option<(&str, &Tensor)>) {
        let expected = name.to_owned();
        match found {
            None => self.missing.push((expected, shape.to_vec())),
            Some((found, tensor)) if tensor.shape() == shape => self.matched.push(Match {
                expected,
                found: found.to_owned(),
                dtype: tensor.dtype(),
            }),
            Some((found, tensor)) => self.other_shape.push(OtherShape {
                expected,
                expected_shape: shape.to_vec(),
                found: found.to_owned(),
                found_shape: tensor.shape().to_vec(),
            }),
        }
    }
}
