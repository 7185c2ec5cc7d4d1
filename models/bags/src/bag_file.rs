use std::fmt;

use crate::{BagFormat, TilePlaces};

/// A bag as another tool left it. Its `Display` says in one line what was found, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct BagFile {
    pub format: BagFormat,
    /// `n_instances * dimension` finite values, one embedding after another.
    pub embeddings: Vec<f32>,
    /// Values in one embedding; 0 in an empty bag that does not say it.
    pub dimension: usize,
    /// One place an embedding; `None` where the file holds embeddings alone.
    pub places: Option<TilePlaces>,
    /// Name of the encoder as the file states it.
    pub encoder: Option<String>,
}

impl BagFile {
    pub fn n_instances(&self) -> usize {
        self.embeddings
            .len()
            .checked_div(self.dimension)
            .unwrap_or(0)
    }
}

impl fmt::Display for BagFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (format, dimension) = (self.format, self.dimension);
        write!(
            f,
            "{format}: {} tiles of {dimension} values",
            self.n_instances()
        )?;
        match &self.encoder {
            Some(encoder) => write!(f, " by `{}`", encoder.escape_debug())?,
            None => write!(f, ", encoder not stated")?,
        }
        match &self.places {
            Some(places) => write!(f, "; {places}"),
            None => write!(f, "; no places of tiles"),
        }
    }
}
