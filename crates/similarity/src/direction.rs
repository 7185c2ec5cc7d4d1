use crate::unit_vectors::scale_to_one;
use crate::{SimilarityError, UnitVectors};

/// What is looked for: a vector of length one in the space of the embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction(Vec<f32>);

impl Direction {
    /// Where `vector` points.
    ///
    /// # Errors
    /// If it points nowhere, or a value is not a finite number.
    pub fn of(mut vector: Vec<f32>) -> Result<Self, SimilarityError> {
        if !vector.iter().all(|value| value.is_finite()) {
            return Err(SimilarityError::NotFinite { position: 0 });
        }
        match scale_to_one(&mut vector) {
            true => Ok(Self(vector)),
            false => Err(SimilarityError::NoDirection),
        }
    }

    /// The mean of some of the vectors, each of which counts the same whatever its length was.
    ///
    /// # Errors
    /// If there is none, or they cancel out.
    pub fn mean(
        vectors: &UnitVectors,
        positions: impl IntoIterator<Item = usize>,
    ) -> Result<Self, SimilarityError> {
        let mut sum = vec![0.0_f32; vectors.dimension()];
        for vector in positions.into_iter().filter_map(|at| vectors.get(at)) {
            for (sum, value) in sum.iter_mut().zip(vector) {
                *sum += value;
            }
        }
        Self::of(sum)
    }

    pub fn values(&self) -> &[f32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_gives_every_tile_the_same_weight() -> Result<(), SimilarityError> {
        let vectors = UnitVectors::scaled(2, vec![100.0, 0.0, 0.0, 1.0, -1.0, -1.0])?;
        let mean = Direction::mean(&vectors, [0, 1])?;
        let expected = 0.5_f32.sqrt();
        assert!(mean.values().iter().all(|v| (v - expected).abs() < 1e-6));
        Ok(())
    }

    #[test]
    fn nothing_and_opposites_have_no_mean() -> Result<(), SimilarityError> {
        let vectors = UnitVectors::scaled(1, vec![2.0, -3.0])?;
        for positions in [vec![], vec![0, 1]] {
            let mean = Direction::mean(&vectors, positions);
            assert_eq!(mean, Err(SimilarityError::NoDirection));
        }
        Ok(())
    }
}
