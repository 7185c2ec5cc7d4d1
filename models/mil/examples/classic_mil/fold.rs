use pulp::NullaryFnOnce;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::network::{Attention, Network};
use crate::recipe::Recipe;
use crate::set::{Bag, Set};

/// Number of each bag's fold; folds are random and hold both answers alike.
pub(crate) fn folds(set: &Set, n_folds: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..set.bags.len()).collect();
    order.shuffle(random);
    order.sort_by_key(|&bag| set.bags[bag].is_positive);
    let mut folds = vec![0; order.len()];
    for (place, bag) in order.into_iter().enumerate() {
        folds[bag] = place % n_folds;
    }
    folds
}

/// Trains on all other folds and returns how many bags of this one are called right, of how many.
///
/// Nothing of the held-out fold is seen before: features are standardised by the training bags, and
/// the epoch is the last one.
pub(crate) fn hold_out(
    set: &Set,
    is_held_out: impl Fn(usize) -> bool,
    (attention, recipe): (Attention, &Recipe),
    random: &mut ChaCha8Rng,
) -> (usize, usize) {
    let (tested, trained): (Vec<usize>, Vec<usize>) =
        (0..set.bags.len()).partition(|&bag| is_held_out(bag));
    let scale = Scale::of(set.dimension, trained.iter().map(|&bag| &set.bags[bag]));
    let bags: Vec<Vec<f32>> = set.bags.iter().map(|bag| scale.applied(bag)).collect();
    let mut network = Network::new(set.dimension, attention, random);
    let arch = pulp::Arch::new();
    let mut order = trained;
    for _ in 0..recipe.epochs {
        order.shuffle(random);
        for &bag in &order {
            let target = f32::from(u8::from(set.bags[bag].is_positive));
            arch.dispatch(Step {
                network: &mut network,
                bag: &bags[bag],
                target,
                recipe,
                random,
            });
        }
    }
    let mut is_right = |&&bag: &&usize| {
        let logit = arch.dispatch(Answer {
            network: &mut network,
            bag: &bags[bag],
        });
        (logit > 0.0) == set.bags[bag].is_positive
    };
    (
        tested.iter().filter(|bag| is_right(bag)).count(),
        tested.len(),
    )
}

/// One step on one bag. A struct and no closure, whose body would not be compiled for the processor.
struct Step<'a> {
    network: &'a mut Network,
    bag: &'a [f32],
    target: f32,
    recipe: &'a Recipe,
    random: &'a mut ChaCha8Rng,
}

impl NullaryFnOnce for Step<'_> {
    type Output = ();

    /// The slope of the cross-entropy is the probability less the target.
    #[inline(always)]
    fn call(self) {
        let (mut bits, mut n_bits) = (0_u64, 0);
        let logit = self.network.forward(self.bag, || {
            if n_bits == 0 {
                (bits, n_bits) = (self.random.random(), 64);
            }
            let kept = bits & 1;
            bits >>= 1;
            n_bits -= 1;
            2.0 * kept as f32
        });
        let probability = 1.0 / (1.0 + (-logit).exp());
        let slope = probability - self.target;
        self.network.learn(self.bag, slope, 2.0, self.recipe);
    }
}

/// The logit of a bag, with nothing dropped.
struct Answer<'a> {
    network: &'a mut Network,
    bag: &'a [f32],
}

impl NullaryFnOnce for Answer<'_> {
    type Output = f32;

    #[inline(always)]
    fn call(self) -> f32 {
        self.network.forward(self.bag, || 1.0)
    }
}

/// Mean and standard deviation of each feature over all training instances.
struct Scale {
    mean: Vec<f32>,
    deviation: Vec<f32>,
}

impl Scale {
    fn of<'a>(dimension: usize, bags: impl Iterator<Item = &'a Bag> + Clone) -> Self {
        let rows = || {
            bags.clone()
                .flat_map(|bag| bag.instances.chunks_exact(dimension))
        };
        let n = rows().count().max(1) as f64;
        let moment = |power: i32, centre: &[f64]| -> Vec<f64> {
            let mut sums = vec![0.0; dimension];
            for row in rows() {
                for ((sum, &value), centre) in sums.iter_mut().zip(row).zip(centre) {
                    *sum += (f64::from(value) - centre).powi(power) / n;
                }
            }
            sums
        };
        let mean = moment(1, &vec![0.0; dimension]);
        let variance = moment(2, &mean);
        // A feature that never changes says nothing.
        let deviation = |variance: &f64| {
            if *variance > 1e-12 {
                variance.sqrt()
            } else {
                1.0
            }
        };
        Self {
            deviation: variance.iter().map(|v| deviation(v) as f32).collect(),
            mean: mean.iter().map(|&mean| mean as f32).collect(),
        }
    }

    fn applied(&self, bag: &Bag) -> Vec<f32> {
        let features = self.mean.iter().zip(&self.deviation).cycle();
        let values = bag.instances.iter().zip(features);
        values
            .map(|(value, (mean, deviation))| (value - mean) / deviation)
            .collect()
    }
}
