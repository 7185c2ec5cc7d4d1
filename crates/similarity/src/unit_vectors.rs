use crate::{Direction, SimilarityError};

/// Products that are summed side by side, so that the compiler can use vector instructions: sums of
/// floats are never reordered otherwise.
const LANES: usize = 16;

/// Embeddings scaled to length one, so that a cosine is a product. One without a direction (all
/// zeros) stays as it is, and is like nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitVectors {
    dimension: usize,
    /// One vector after another.
    values: Vec<f32>,
}

impl UnitVectors {
    /// Of `values`, one vector of `dimension` values after another.
    ///
    /// # Errors
    /// If that is no whole number of vectors, or a value is not a finite number.
    pub fn scaled(dimension: usize, mut values: Vec<f32>) -> Result<Self, SimilarityError> {
        if dimension == 0 || !values.len().is_multiple_of(dimension) {
            let n_values = values.len();
            return Err(SimilarityError::Shape {
                n_values,
                dimension,
            });
        }
        for (position, vector) in values.chunks_exact_mut(dimension).enumerate() {
            if !vector.iter().all(|value| value.is_finite()) {
                return Err(SimilarityError::NotFinite { position });
            }
            scale_to_one(vector);
        }
        Ok(Self { dimension, values })
    }

    pub fn dimension(&self) -> usize {
        self.dimension
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.dimension
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.dimension)
    }

    pub fn get(&self, position: usize) -> Option<&[f32]> {
        self.iter().nth(position)
    }

    /// The cosine of every vector with `direction`, in their order.
    ///
    /// # Errors
    /// If it has another dimension.
    pub fn similarities(&self, direction: &Direction) -> Result<Vec<f32>, SimilarityError> {
        let (found, expected) = (direction.values().len(), self.dimension);
        if found != expected {
            return Err(SimilarityError::Dimension { found, expected });
        }
        let cosine = |vector| dot(vector, direction.values()).clamp(-1.0, 1.0);
        Ok(self.iter().map(cosine).collect())
    }
}

/// Leaves a vector without a direction as it is. Whether there was one.
pub(crate) fn scale_to_one(vector: &mut [f32]) -> bool {
    let squares = vector.iter().map(|value| f64::from(*value).powi(2));
    let length = squares.sum::<f64>().sqrt();
    if length < f64::from(f32::MIN_POSITIVE) {
        vector.fill(0.0);
        return false;
    }
    for value in vector {
        *value = (f64::from(*value) / length) as f32;
    }
    true
}

/// The sum of products of two vectors of one dimension.
pub(crate) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left_lanes, left_rest) = left.as_chunks::<LANES>();
    let (right_lanes, right_rest) = right.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (a, b) in left_lanes.iter().zip(right_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cosines_do_not_depend_on_length() -> Result<(), SimilarityError> {
        let vectors = UnitVectors::scaled(2, vec![3.0, 0.0, 0.0, 0.1, -5.0, 0.0, 7.0, 7.0])?;
        let found = vectors.similarities(&Direction::of(vec![0.5, 0.0])?)?;
        let expected = [1.0, 0.0, -1.0, 0.5_f32.sqrt()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        }
        Ok(())
    }

    #[test]
    fn what_has_no_direction_is_like_nothing() -> Result<(), SimilarityError> {
        let vectors = UnitVectors::scaled(3, vec![0.0; 3])?;
        let found = vectors.similarities(&Direction::of(vec![1.0, 2.0, 3.0])?)?;
        assert_eq!(found, [0.0]);
        Ok(())
    }

    #[test]
    fn what_cannot_be_compared_is_named() -> Result<(), SimilarityError> {
        let (n_values, dimension) = (5, 2);
        assert_eq!(
            UnitVectors::scaled(dimension, vec![1.0; n_values]),
            Err(SimilarityError::Shape {
                n_values,
                dimension
            })
        );
        assert_eq!(
            UnitVectors::scaled(2, vec![1.0, 2.0, f32::NAN, 0.0]),
            Err(SimilarityError::NotFinite { position: 1 })
        );
        let vectors = UnitVectors::scaled(2, vec![1.0, 2.0])?;
        let of_three = Direction::of(vec![1.0; 3])?;
        assert_eq!(
            vectors.similarities(&of_three),
            Err(SimilarityError::Dimension {
                found: 3,
                expected: 2
            })
        );
        Ok(())
    }

    proptest! {
        #[test]
        fn products_in_lanes_are_those_one_by_one(
            pairs in prop::collection::vec((-10.0_f32..10.0, -10.0_f32..10.0), 0..70)
        ) {
            let (left, right): (Vec<f32>, Vec<f32>) = pairs.iter().copied().unzip();
            let plain: f64 = pairs.iter().map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            prop_assert!((f64::from(dot(&left, &right)) - plain).abs() < 1e-2);
        }
    }
}
