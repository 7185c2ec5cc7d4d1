//! The files of `torch.save`: what their pickles may name, and where their values lie.

pub(crate) mod global;
pub(crate) mod legacy;
mod names;
pub(crate) mod rebuild;
pub(crate) mod write;
pub(crate) mod zip_archive;

use std::collections::HashMap;

use crate::open_file::Region;

/// Where the values of each storage lie, by the key that the pickle gives it.
type Storages = HashMap<String, Region>;
