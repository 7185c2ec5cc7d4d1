use candle_core::{Device, Result, Tensor};
use rand::seq::index;
use rand::{Rng, RngExt};

use super::{TrainConfig, TrainingBag};

/// Some instances of a bag.
#[derive(Debug)]
pub(super) struct Sample {
    /// Shape (n, dimension).
    pub(super) embeddings: Tensor,
    pub(super) evidence: Option<Vec<f32>>,
}

/// All instances of a small bag, some without repeats of a larger one, less what is dropped out.
pub(super) fn sample(
    bag: &TrainingBag,
    config: &TrainConfig,
    random: &mut impl Rng,
) -> Result<Sample> {
    let kept = kept(bag.n_instances(), config, random);
    let mut sample = match &kept {
        Some(kept) => some(bag, kept)?,
        None => whole(bag)?,
    };
    if config.dropout.values > 0.0 {
        let mask = mask(
            sample.embeddings.elem_count(),
            config.dropout.values,
            random,
        );
        let mask = Tensor::from_vec(mask, sample.embeddings.shape(), &Device::Cpu)?;
        sample.embeddings = (sample.embeddings * mask)?;
    }
    Ok(sample)
}

/// Rows to keep, rising; `None` for all.
fn kept(n_instances: usize, config: &TrainConfig, random: &mut impl Rng) -> Option<Vec<usize>> {
    let is_drawn = n_instances > config.instances_per_bag;
    let mut rows = match is_drawn {
        true => index::sample(random, n_instances, config.instances_per_bag).into_vec(),
        false => (0..n_instances).collect(),
    };
    rows.sort_unstable();
    let rate = config.dropout.instances;
    if rate > 0.0 {
        let first = rows[0];
        rows.retain(|_| !random.random_bool(rate));
        // No bag is empty.
        if rows.is_empty() {
            rows.push(first);
        }
    }
    (is_drawn || rate > 0.0).then_some(rows)
}

fn some(bag: &TrainingBag, kept: &[usize]) -> Result<Sample> {
    let width = bag.dimension as usize;
    let rows = kept
        .iter()
        .flat_map(|&row| &bag.embeddings[row * width..(row + 1) * width]);
    let rows: Vec<f32> = rows.copied().collect();
    let evidence = bag.evidence.as_ref();
    Ok(Sample {
        embeddings: Tensor::from_vec(rows, (kept.len(), width), &Device::Cpu)?,
        evidence: evidence.map(|evidence| kept.iter().map(|&row| evidence[row]).collect()),
    })
}

/// 0 at `rate` of the values; the others keep the sum what it is on average.
fn mask(n_values: usize, rate: f64, random: &mut impl Rng) -> Vec<f32> {
    let kept = (1.0 / (1.0 - rate)) as f32;
    let value = |_| if random.random_bool(rate) { 0.0 } else { kept };
    (0..n_values).map(value).collect()
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
    use crate::train::{BagLabel, Dropout, test_config};

    fn bag() -> TrainingBag {
        TrainingBag {
            name: String::new(),
            embeddings: (0..20).map(|value| value as f32).collect(),
            dimension: 2,
            label: BagLabel::Positive(None),
            covariates: crate::Covariates::default(),
            evidence: Some((0..10).map(|row| row as f32 / 10.0).collect()),
        }
    }

    fn drawn(instances_per_bag: usize, dropout: Dropout, seed: u64) -> Result<Sample> {
        let config = TrainConfig {
            instances_per_bag,
            dropout,
            ..test_config()
        };
        sample(&bag(), &config, &mut seeded(Seed(seed), 0))
    }

    #[test]
    fn evidence_stays_with_its_instance() -> Result<()> {
        let found = drawn(4, Dropout::default(), 1)?;
        let rows = found.embeddings.to_vec2::<f32>()?;
        let evidence = found.evidence.unwrap_or_default();
        assert_eq!((rows.len(), evidence.len()), (4, 4));
        for (row, evidence) in rows.iter().zip(evidence) {
            assert!((row[0] / 20.0 - evidence).abs() < 1e-6);
            assert_eq!(row[1], row[0] + 1.0);
        }
        let all = drawn(10, Dropout::default(), 1)?;
        assert_eq!(all.embeddings.dims(), [10, 2]);
        Ok(())
    }

    #[test]
    fn dropout_leaves_out_its_share_and_never_everything() -> Result<()> {
        let (mut n_rows, mut sum) = (0, 0.0);
        let instances = Dropout {
            instances: 0.5,
            ..Dropout::default()
        };
        let values = Dropout {
            values: 0.5,
            ..Dropout::default()
        };
        for seed in 0..400 {
            n_rows += drawn(10, instances, seed)?.embeddings.dim(0)?;
            let kept = drawn(10, values, seed)?.embeddings;
            sum += f64::from(kept.sum_all()?.to_scalar::<f32>()?);
        }
        assert!((1900..2100).contains(&n_rows), "{n_rows}");
        // The values add up to 190.
        assert!((sum / 400.0 - 190.0).abs() < 8.0, "{sum}");
        let nearly_all = Dropout {
            instances: 0.999,
            ..Dropout::default()
        };
        assert_eq!(drawn(10, nearly_all, 3)?.embeddings.dims(), [1, 2]);
        Ok(())
    }
}
