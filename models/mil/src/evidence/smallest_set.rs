use super::sub_bags::{PartScore, SubBags};
use crate::MilError;

/// More than these are no set that a reader can look through.
pub(super) const MOST_TILES: usize = 256;

/// The fewest instances found that get the answer of the whole bag, in the order given; `None` if
/// there are more than [`MOST_TILES`].
///
/// Takes instances in the order of a map until they hold, then drops each that can be spared, the
/// least important first. No single one of the rest can go, but a smaller set may exist elsewhere:
/// an upper bound of the true minimum, which would need every combination.
pub(super) fn smallest_set(
    bag: &dyn SubBags<PartScore>,
    order: &[usize],
) -> Result<Option<Vec<usize>>, MilError> {
    let Some(mut set) = first_that_hold(bag, order)? else {
        return Ok(None);
    };
    // One that was needed may be spared once others are gone, so until a round changes nothing.
    while spare_one_round(bag, &mut set)? {}
    Ok(Some(set))
}

fn first_that_hold(
    bag: &dyn SubBags<PartScore>,
    order: &[usize],
) -> Result<Option<Vec<usize>>, MilError> {
    let mut part = bag.grow();
    for (at, &instance) in order.iter().take(MOST_TILES).enumerate() {
        part.add(instance);
        if part.score()?.is_same_answer {
            return Ok(Some(order[..=at].to_vec()));
        }
    }
    Ok(None)
}

/// Whether any instance went.
fn spare_one_round(bag: &dyn SubBags<PartScore>, set: &mut Vec<usize>) -> Result<bool, MilError> {
    let n_before = set.len();
    for at in (0..n_before).rev() {
        let spared = set.remove(at);
        if set.is_empty() || !bag.of(set)?.is_same_answer {
            set.insert(at, spared);
        }
    }
    Ok(set.len() < n_before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sub_bags::Growing;

    /// Its answer needs two of its ten instances.
    struct Needed;

    /// Which instances are in the part, one bit each.
    struct GrowingNeeded(u64);

    impl SubBags<PartScore> for Needed {
        fn n_instances(&self) -> usize {
            10
        }

        fn without(&self, left_out: &[usize]) -> Result<PartScore, MilError> {
            self.of(&crate::evidence::sub_bags::remaining(10, left_out))
        }

        fn grow(&self) -> Box<dyn Growing<PartScore> + '_> {
            Box::new(GrowingNeeded(0))
        }
    }

    impl Growing<PartScore> for GrowingNeeded {
        fn add(&mut self, instance: usize) {
            self.0 |= 1 << instance;
        }

        fn score(&mut self) -> Result<PartScore, MilError> {
            Ok(PartScore {
                log_odds: 0.0,
                is_same_answer: self.0 & 0b1000_1000 == 0b1000_1000,
            })
        }
    }

    #[test]
    fn what_can_be_spared_goes() -> Result<(), MilError> {
        let found = smallest_set(&Needed, &[1, 3, 5, 7, 9])?;
        assert_eq!(found, Some(vec![3, 7]));
        assert_eq!(smallest_set(&Needed, &[1, 3, 5])?, None);
        Ok(())
    }
}
