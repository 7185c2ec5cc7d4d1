use std::collections::BTreeMap;

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

/// Neighbours among which a vector that is looked for must find itself.
const N_LOOKED_FOR: usize = 10;
/// Distance below which two vectors count as the same.
const SAME: f32 = 1e-6;

/// Vectors of length one, of which those nearest to a direction are found without looking at all.
///
/// Vectors are only added. The same vectors added in the same order make the same index.
///
/// A graph of near neighbours has few links to what is rare: a handful of vectors far from thousands
/// that are alike may be linked to by none, and would never be found. So each vector is looked for
/// ([`Self::unreached`]), and with those that do not find themselves every query is compared.
pub struct ApproximateIndex {
    dimension: usize,
    graph: Hnsw<'static, f32, CosineDistance>,
    strays: BTreeMap<usize, Vec<f32>>,
    /// How many vectors, from the first on, were looked for.
    n_looked_for: usize,
    /// How many there were when all were looked for last: links change as vectors come.
    n_at_last: usize,
}

/// Vectors that do not find themselves.
pub struct Unreached {
    strays: BTreeMap<usize, Vec<f32>>,
    n_looked_for: usize,
    n_at_last: usize,
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
        let distance = CosineDistance;
        Self {
            dimension,
            graph: Hnsw::new(N_LINKS, n_expected, N_LAYERS, WIDTH_ADDING, distance),
            strays: BTreeMap::new(),
            n_looked_for: 0,
            n_at_last: 0,
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

    /// Looks for the vectors that were not looked for yet, or for all where half as many came since
    /// that was done. Takes as long as adding them; searches go on meanwhile.
    pub fn unreached(&self) -> Unreached {
        let n = self.len();
        let has_grown = 2 * n >= 3 * self.n_at_last;
        let from = if has_grown { 0 } else { self.n_looked_for };
        // The graph cannot go through its points while it has none.
        let graph = (n > 0).then(|| self.graph.get_point_indexation());
        let points = graph.into_iter().flatten();
        let points = points.filter(|point| point.get_origin_id() >= from);
        let strays = points.filter(|point| !self.finds(point.get_v(), point.get_origin_id()));
        Unreached {
            strays: strays
                .map(|point| (point.get_origin_id(), point.get_v().to_vec()))
                .collect(),
            n_looked_for: n,
            n_at_last: if has_grown { n } else { self.n_at_last },
        }
    }

    /// Compares them with every query from now on.
    pub fn compare_always(&mut self, unreached: Unreached) {
        self.strays.extend(unreached.strays);
        self.n_looked_for = unreached.n_looked_for;
        self.n_at_last = unreached.n_at_last;
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
        let linked = self.graph.search(direction.values(), n, WIDTH_SEARCHING);
        let linked = linked.iter().map(|found| Neighbour {
            position: found.d_id,
            similarity: 1.0 - found.distance,
        });
        let strays = self.strays.iter().map(|(position, vector)| Neighbour {
            position: *position,
            similarity: dot(vector, direction.values()).min(1.0),
        });
        let is_linked = |found: &Neighbour| !self.strays.contains_key(&found.position);
        let mut nearest: Vec<Neighbour> = linked.filter(is_linked).chain(strays).collect();
        nearest.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        nearest.truncate(n);
        Ok(nearest)
    }

    /// Whether a vector is found where it lies, or so many that are the same.
    fn finds(&self, vector: &[f32], position: usize) -> bool {
        let found = self.graph.search(vector, N_LOOKED_FOR, WIDTH_SEARCHING);
        let all_same = found.len() == N_LOOKED_FOR && found.iter().all(|at| at.distance <= SAME);
        all_same || found.iter().any(|at| at.d_id == position)
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
