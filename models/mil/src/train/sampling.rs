use candle_core::{Device, Result, Tensor};
use rand::Rng;
use rand::seq::index;

use super::TrainingBag;

/// Some instances of a bag.
#[derive(Debug)]
pub(super) struct Sample {
    /// Shape (n, dimension).
    pub(super) embeddings: Tensor,
    pub(super) evidence: Option<Vec<f32>>,
}

/// All instances of a small bag; `at_most` of them, without repeats, of a larger one.
pub(super) fn sample(bag: &TrainingBag, at_most: usize, random: &mut impl Rng) -> Result<Sample> {
    let n_instances = bag.n_instances();
    if n_instances <= at_most {
        return whole(bag);
    }
    let mut drawn = index::sample(random, n_instances, at_most).into_vec();
    drawn.sort_unstable();
    let width = bag.dimension as usize;
    let rows = drawn
        .iter()
        .flat_map(|&row| &bag.embeddings[row * width..(row + 1) * width]);
    let rows: Vec<f32> = rows.copied().collect();
    let evidence = bag.evidence.as_ref();
    Ok(Sample {
        embeddings: Tensor::from_vec(rows, (at_most, width), &Device::Cpu)?,
        evidence: evidence.map(|evidence| drawn.iter().map(|&row| evidence[row]).collect()),
    })
}

pub(super) fn whole(bag: &TrainingBag) -> Result<Sample> {
    let shape = (bag.n_instances(), bag.dimension as usize);
    Ok(Sample {
        embeddings: Tensor::from_slice(&bag.embeddings, shape, &Device::Cpu)?,
        evidence: bag.evidence.clone(),
    })
}

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};

    use super::*;
    use crate::train::BagLabel;

    #[test]
    fn evidence_stays_with_its_instance() -> Result<()> {
        let bag = TrainingBag {
            name: String::new(),
            embeddings: (0..20).map(|value| value as f32).collect(),
            dimension: 2,
            label: BagLabel::Positive(None),
            evidence: Some((0..10).map(|row| row as f32 / 10.0).collect()),
        };
        let found = sample(&bag, 4, &mut seeded(Seed(1), 0))?;
        let rows = found.embeddings.to_vec2::<f32>()?;
        let evidence = found.evidence.unwrap_or_default();
        assert_eq!((rows.len(), evidence.len()), (4, 4));
        for (row, evidence) in rows.iter().zip(evidence) {
            assert!((row[0] / 20.0 - evidence).abs() < 1e-6);
            assert_eq!(row[1], row[0] + 1.0);
        }
        assert_eq!(
            sample(&bag, 10, &mut seeded(Seed(1), 0))?.embeddings.dims(),
            [10, 2]
        );
        Ok(())
    }
}
