use std::io;

use thiserror::Error;
use weights::WeightsError;

/// Why a bag cannot be read or written.
#[derive(Debug, Error)]
pub enum BagError {
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    #[error("the HDF5 file is damaged, or made in a way that is not read here")]
    Hdf5(#[from] hdf5_pure::Error),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(
        "the file holds no bag: that is a dataset `features` (TRIDENT, CLAM) or `feats` (STAMP), and \
         this has {0}"
    )]
    NoEmbeddings(String),
    #[error("the file holds {0} tensors; a bag of CLAM is a single one")]
    ManyTensors(usize),
    #[error("`{name}` has shape {shape:?} and should have {wanted}")]
    Shape {
        name: String,
        shape: Vec<u64>,
        wanted: &'static str,
    },
    #[error("`{name}` holds {found}, not {wanted}")]
    Type {
        name: String,
        found: String,
        wanted: &'static str,
    },
    #[error("`{name}` should be larger than the whole file could hold; the file is damaged")]
    TooLarge { name: String },
    #[error("there are {n_embeddings} embeddings and {n_places} places of tiles")]
    OtherCount {
        n_embeddings: usize,
        n_places: usize,
    },
    #[error("embedding {row} is not finite; extract the features of this slide again")]
    NotFinite { row: usize },
    #[error("the place of tile {row} is not finite")]
    PlaceNotFinite { row: usize },
    #[error(
        "the file does not say in which unit its tiles lie, and {stride}; add the attributes \
         `unit` = \"um\" and `tile_size_um` to the file if they lie in micrometres"
    )]
    UnknownUnit { stride: String },
    #[error(
        "embedding {row} has values beyond half precision, in which STAMP keeps them; export as \
         trident or clam"
    )]
    BeyondHalf { row: usize },
    #[error("the file cannot be written")]
    Write(#[source] io::Error),
}
