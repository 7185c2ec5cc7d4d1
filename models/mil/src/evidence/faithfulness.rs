use flow::Faithfulness;
use parameters::{Seed, seeded};
use rand::seq::SliceRandom;

use super::sub_bags::{PartScore, SubBags};
use crate::MilError;

/// Parts of a bag at which a curve is read.
const MOST_STEPS: usize = 32;
/// Random orders; each is also read backwards.
const N_RANDOM: usize = 8;
/// Maps that can be compared within [`SubBags::most_scores`].
const N_MAPS: usize = 4;
const SEED: Seed = Seed(0x0ED5);
/// Where random orders lie nearer than this to the perfect one, no map can show what it is worth.
const LEAST_ROOM: f64 = 0.02;

/// The deletion and insertion test of a bag: how much sooner than at random the call is lost, or
/// made, when instances go, or come, in the order of a map.
///
/// A curve is the probability of the call after each of up to 32 equal steps, the empty bag left
/// out; its area is the mean. Taking instances away in one order passes the same parts as adding
/// them in the reverse, so one kind of curve serves both. A figure is the share that a map has of
/// what the perfect order gains over random ones: that order loses the call with the first step, or
/// is as sure of it as the whole bag from the first on.
///
/// The test is that of xMIL (arXiv 2406.04280) and of arXiv 2603.08328, with random orders for
/// scale; a forwards and a backwards reading of each cancel most of their noise.
pub(super) struct DeletionTest<'a> {
    bag: &'a dyn SubBags<PartScore>,
    /// The probability of the call from the log-odds of the finding.
    support: &'a dyn Fn(f64) -> f64,
    /// Area of random orders.
    random: f64,
    /// The probability of the call from the whole bag.
    whole: f64,
}

impl<'a> DeletionTest<'a> {
    /// `None` where the head cannot be asked often enough.
    pub(super) fn new(
        bag: &'a dyn SubBags<PartScore>,
        support: &'a dyn Fn(f64) -> f64,
    ) -> Result<Option<Self>, MilError> {
        if bag.most_scores() < 2 * (N_MAPS + N_RANDOM) * MOST_STEPS {
            return Ok(None);
        }
        let mut order: Vec<usize> = (0..bag.n_instances()).collect();
        let mut test = Self {
            bag,
            support,
            random: 0.0,
            whole: support(bag.of(&order)?.log_odds),
        };
        let mut random = seeded(SEED, 0);
        for _ in 0..N_RANDOM {
            order.shuffle(&mut random);
            test.random += test.area(order.iter())? + test.area(order.iter().rev())?;
        }
        test.random /= 2.0 * N_RANDOM as f64;
        Ok(Some(test))
    }

    /// Of a map: `order` has the instances that matter most for the call first.
    pub(super) fn of(&self, order: &[usize]) -> Result<Faithfulness, MilError> {
        let (removed, added) = (self.area(order.iter().rev())?, self.area(order.iter())?);
        let gone_at_once = self.whole / self.n_steps() as f64;
        Ok(Faithfulness {
            deletion: share(self.random - removed, self.random - gone_at_once),
            insertion: share(added - self.random, self.whole - self.random),
        })
    }

    /// The mean probability of the call while the bag grows in this order.
    fn area<'i>(&self, order: impl Iterator<Item = &'i usize>) -> Result<f64, MilError> {
        let (n_instances, n_steps) = (self.bag.n_instances(), self.n_steps());
        let mut part = self.bag.grow();
        let (mut area, mut step) = (0.0, 1);
        for (at, &instance) in order.enumerate() {
            part.add(instance);
            if at + 1 == n_instances * step / n_steps {
                area += (self.support)(part.score()?.log_odds);
                step += 1;
            }
        }
        Ok(area / n_steps as f64)
    }

    fn n_steps(&self) -> usize {
        MOST_STEPS.min(self.bag.n_instances())
    }
}

/// `None` where there is next to nothing to gain.
fn share(gain: f64, room: f64) -> Option<f64> {
    (room >= LEAST_ROOM).then(|| (gain / room).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::sigmoid;
    use crate::evidence::sub_bags::Growing;

    const N_INSTANCES: usize = 1000;
    const N_PLANTED: usize = 10;

    /// Positive as long as one of the first few instances is in the part.
    struct Planted;

    struct GrowingPlanted {
        n_planted: usize,
    }

    impl SubBags<PartScore> for Planted {
        fn n_instances(&self) -> usize {
            N_INSTANCES
        }

        fn without(&self, left_out: &[usize]) -> Result<PartScore, MilError> {
            self.of(&crate::evidence::sub_bags::remaining(N_INSTANCES, left_out))
        }

        fn grow(&self) -> Box<dyn Growing<PartScore> + '_> {
            Box::new(GrowingPlanted { n_planted: 0 })
        }
    }

    impl Growing<PartScore> for GrowingPlanted {
        fn add(&mut self, instance: usize) {
            self.n_planted += usize::from(instance < N_PLANTED);
        }

        fn score(&mut self) -> Result<PartScore, MilError> {
            let is_found = self.n_planted > 0;
            Ok(PartScore {
                log_odds: if is_found { 4.0 } else { -4.0 },
                is_same_answer: is_found,
            })
        }
    }

    fn figures(order: &[usize]) -> Result<[f64; 2], Box<dyn std::error::Error>> {
        let test = DeletionTest::new(&Planted, &sigmoid)?.ok_or("a test")?;
        let Faithfulness {
            deletion,
            insertion,
        } = test.of(order)?;
        Ok([deletion.ok_or("deletion")?, insertion.ok_or("insertion")?])
    }

    #[test]
    fn the_planted_first_is_perfect_and_last_the_worst() -> Result<(), Box<dyn std::error::Error>> {
        let best: Vec<usize> = (0..N_INSTANCES).collect();
        let worst: Vec<usize> = best.iter().rev().copied().collect();
        assert!(figures(&best)?.iter().all(|&figure| figure > 0.95));
        assert!(figures(&worst)?.iter().all(|&figure| figure < -0.05));
        Ok(())
    }

    #[test]
    fn random_orders_are_worth_nothing() -> Result<(), Box<dyn std::error::Error>> {
        const N_ORDERS: usize = 60;
        let mut random = seeded(Seed(9), 0);
        let mut order: Vec<usize> = (0..N_INSTANCES).collect();
        let mut mean = 0.0;
        for _ in 0..N_ORDERS {
            order.shuffle(&mut random);
            mean += figures(&order)?[0] / N_ORDERS as f64;
        }
        assert!(mean.abs() < 0.05, "{mean}");
        Ok(())
    }

    #[test]
    fn where_any_order_does_as_well_there_is_no_figure() -> Result<(), Box<dyn std::error::Error>> {
        let order: Vec<usize> = (0..N_INSTANCES).collect();
        let support = |_log_odds: f64| 0.9;
        let test = DeletionTest::new(&Planted, &support)?.ok_or("a test")?;
        let found = test.of(&order)?;
        assert_eq!(found.insertion, None);
        assert!(found.deletion.is_some_and(|figure| figure.abs() < 1e-9));
        Ok(())
    }
}
