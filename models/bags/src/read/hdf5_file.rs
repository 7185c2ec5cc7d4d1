use std::path::Path;

use hdf5_pure::{Dataset, File};

use super::attributes::Attributes;
use super::table::Table;
use crate::BagError;

/// An HDF5 file with datasets at its top, read piece by piece.
pub(super) struct Hdf5File {
    file: File,
    names: Vec<String>,
}

impl Hdf5File {
    pub(super) fn open(path: &Path) -> Result<Self, BagError> {
        let file = File::open_streaming(path)?;
        let names = file.root().datasets()?;
        Ok(Self { file, names })
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.names.iter().any(|held| held == name)
    }

    /// Names of its datasets, for people.
    pub(super) fn contents(&self) -> String {
        if self.names.is_empty() {
            return "no dataset at its top".to_owned();
        }
        let quoted = self.names.iter().map(|name| format!("`{name}`"));
        quoted.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn file_attributes(&self) -> Result<Attributes, BagError> {
        Ok(Attributes(self.file.root().attrs()?))
    }

    pub(super) fn attributes(&self, name: &str) -> Result<Attributes, BagError> {
        Ok(Attributes(self.dataset(name)?.attrs()?))
    }

    /// All rows one after another, and how many values a row has.
    pub(super) fn embeddings(&self, name: &str) -> Result<(Vec<f32>, usize), BagError> {
        let dataset = self.dataset(name)?;
        match Table::of(name, &dataset, self.file.file_size())? {
            Some(table) => Ok((table.floats()?, table.n_columns)),
            None => Ok((Vec::new(), 0)),
        }
    }

    /// `coords`, a pair (x, y) an embedding; `None` where the file has none.
    pub(super) fn corners(&self, n_embeddings: usize) -> Result<Option<Vec<[f64; 2]>>, BagError> {
        const NAME: &str = "coords";
        if !self.holds(NAME) {
            return Ok(None);
        }
        let dataset = self.dataset(NAME)?;
        let corners = match Table::of(NAME, &dataset, self.file.file_size())? {
            Some(table) => table.pairs()?,
            None => Vec::new(),
        };
        if corners.len() == n_embeddings {
            return Ok(Some(corners));
        }
        Err(BagError::OtherCount {
            n_embeddings,
            n_places: corners.len(),
        })
    }

    fn dataset(&self, name: &str) -> Result<Dataset, BagError> {
        Ok(self.file.dataset(name)?)
    }
}
