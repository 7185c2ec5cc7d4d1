use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What all randomness of a training run follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

/// The generator of [`seeded`].
pub type Random = ChaCha8Rng;

/// A generator that gives the same numbers on every machine and for every release of its crate.
///
/// `stream` keeps the uses of one seed (initial values, order, augmentation) apart.
pub fn seeded(seed: Seed, stream: u64) -> Random {
    let mut generator = ChaCha8Rng::seed_from_u64(seed.0);
    generator.set_stream(stream);
    generator
}
