use flow::EmbeddingSketch;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Every encoder's embeddings are laid on axes drawn from this. Never changed: sketches that were kept
/// would not compare with later ones.
const SEED: u64 = 0x5ce7c4;

/// The mean of a bag's embeddings, projected on 64 axes of random signs: distances are kept, about
/// (Achlioptas 2003, "Database-friendly random projections"). `embeddings` are those of one instance
/// after another, `dimension` values each. The same to the last bit on every machine.
///
/// `None` of a bag without instances, or with values that are no finite numbers.
pub fn sketch(embeddings: &[f32], dimension: usize) -> Option<EmbeddingSketch> {
    let mean = mean(embeddings, dimension)?;
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut values = [0.0_f64; EmbeddingSketch::AXES];
    for component in mean {
        // One word has the signs of a component on all axes.
        let signs: u64 = random.random();
        for (axis, value) in values.iter_mut().enumerate() {
            match signs >> axis & 1 {
                0 => *value += component,
                _ => *value -= component,
            }
        }
    }
    let scale = (EmbeddingSketch::AXES as f64).sqrt();
    EmbeddingSketch::new(values.map(|value| (value / scale) as f32)).ok()
}

fn mean(embeddings: &[f32], dimension: usize) -> Option<Vec<f64>> {
    let n_instances = embeddings.len().checked_div(dimension)?;
    if n_instances == 0 {
        return None;
    }
    let mut sums = vec![0.0_f64; dimension];
    for embedding in embeddings.chunks_exact(dimension) {
        for (sum, value) in sums.iter_mut().zip(embedding) {
            *sum += f64::from(*value);
        }
    }
    Some(sums.iter().map(|sum| sum / n_instances as f64).collect())
}

const _: () = assert!(EmbeddingSketch::AXES == u64::BITS as usize);

#[cfg(test)]
mod tests {
    use super::*;

    /// Kept sketches compare with later ones: these numbers never change.
    #[test]
    fn the_axes_are_what_they_always_were() {
        let embeddings: Vec<f32> = (0..12).map(|n| n as f32).collect();
        let sketch = sketch(&embeddings, 3).expect("a sketch");
        assert_eq!(sketch.values()[..4], [0.4375, 0.6875, -2.0625, -2.0625]);
    }

    #[test]
    fn a_bag_that_says_nothing_has_none() {
        assert_eq!(sketch(&[], 3), None);
        assert_eq!(sketch(&[1.0], 0), None);
        assert_eq!(sketch(&[f32::NAN, 1.0], 2), None);
    }
}
