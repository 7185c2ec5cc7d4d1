use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Bootstrap, Units};

/// Draws of as many units as there are, with replacement, within each stratum.
pub(crate) struct Resamples<'a> {
    config: &'a Bootstrap,
    units: &'a Units,
}

impl<'a> Resamples<'a> {
    pub(crate) fn new(config: &'a Bootstrap, units: &'a Units) -> Self {
        Self { config, units }
    }

    /// What `of` says of the rows of each resample, the same on any number of threads.
    pub(crate) fn map<T: Send>(&self, of: impl Fn(&[usize]) -> T + Sync) -> Vec<T> {
        let numbers = (0..self.config.resamples).into_par_iter();
        numbers.map(|number| of(&self.draw(number))).collect()
    }

    fn draw(&self, number: u32) -> Vec<usize> {
        let mut random = ChaCha8Rng::seed_from_u64(self.config.seed);
        random.set_stream(number.into());
        let mut rows = Vec::new();
        for stratum in self.units.strata() {
            for _ in 0..stratum.len() {
                rows.extend(&stratum[random.random_range(0..stratum.len())]);
            }
        }
        rows
    }
}
