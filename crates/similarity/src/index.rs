use anndists::dist::Distance;
use hnsw_rs::hnsw::Hnsw;

use crate::unit_vectors::dot;
use crate::{Direction, SimilarityError};

/// Links of a vector in each layer; twice as many in the lowest.
const N_LINKS: usize = 16;
/// Vectors that are looked at when one is added. More cost time and find better links.
const WIDTH_ADDING: usize = 128;
/// Vectors that are looked at when one is searched, at least.
const WIDTH_SEARCHING: usize = 256;
/// Layers at most; a layer has a sixteenth of the one below it.
const N_LAYERS: usize = 16;
/// What a vector takes beside its values, about: its links, each an allocation of its own.
const LINKS_BYTES: usize = 2560;

/// Vectors of length one, of which those nearest to a direction are found without looking at all.
///
/// Vectors are only added. The same vectors added in the same order make the same index.
pub struct ApproximateIndex {
    dimension: usize,
    graph: Hnsw<'static, f32, CosineDistance>,
}

/// A vector that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Which it was when it was added, from 0.
    pub position: usize,
    /// The cosine.
    pub similarity: f32,
}

impl ApproximateIndex {
    /// Of vectors of `dimension` values, about `n_expected` of them.
    pub fn new(dimension: usize, n_expected: usize) -> Self {
        Self {
            dimension,
            graph: Hnsw::new(N_LINKS, n_expected, N_LAYERS, WIDTH_ADDING, CosineDistance),
        }
    }

    /// How many vectors of `dimension` values fit into so many bytes, about.
    pub fn capacity(dimension: usize, n_bytes: usize) -> usize {
        n_bytes / (dimension * size_of::<f32>() + LINKS_BYTES)
    }

    pub fn len(&self) -> usize {
        self.graph.get_nb_point()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a vector of length one, such as [`crate::UnitVectors`] has, or of zeros.
    ///
    /// # Errors
    /// If it has another dimension than the rest.
    pub fn add(&mut self, vector: &[f32]) -> Result<(), SimilarityError> {
        self.check(vector)?;
        self.graph.insert_slice((vector, self.len()));
        Ok(())
    }

    /// The `n` nearest, the nearest first.
    ///
    /// # Errors
    /// If `direction` has another dimension.
    pub fn nearest(
        &self,
        direction: &Direction,
        n: usize,
    ) -> Result<Vec<Neighbour>, SimilarityError> {
        self.check(direction.values())?;
        let found = self.graph.search(direction.values(), n, WIDTH_SEARCHING);
        let neighbour = |found: &hnsw_rs::hnsw::Neighbour| Neighbour {
            position: found.d_id,
            similarity: 1.0 - found.distance,
        };
        Ok(found.iter().map(neighbour).collect())
    }

    fn check(&self, vector: &[f32]) -> Result<(), SimilarityError> {
        let (found, expected) = (vector.len(), self.dimension);
        match found == expected {
            true => Ok(()),
            false => Err(SimilarityError::Dimension { found, expected }),
        }
    }
}

/// One minus the cosine of vectors of length one. Rounding must not make it negative: the index
/// takes no such distance.
#[derive(Clone, Copy, Debug)]
struct CosineDistance;

impl Distance<f32> for CosineDistance {
    fn eval(&self, left: &[f32], right: &[f32]) -> f32 {
        (1.0 - dot(left, right)).max(0.0)
    }
}
