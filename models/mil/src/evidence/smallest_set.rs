use super::sub_bags::{SubBagScore, SubBags};
use crate::MilError;

/// More than these are no set that a reader can look through.
pub(super) const MOST_TILES: usize = 256;

/// The fewest instances found for which `holds`, in the order given; `None` if there are more than
/// [`MOST_TILES`].
///
/// Takes instances in the order of a map until they hold, then drops each that can be spared, the
/// least important first. No single one of the rest can go, but a smaller set may exist elsewhere:
/// an upper bound of the true minimum, which would need every combination.
pub(super) fn smallest_set(
    bag: &dyn SubBags,
    order: &[usize],
    holds: &dyn Fn(SubBagScore) -> bool,
) -> Result<Option<Vec<usize>>, MilError> {
    let Some(mut set) = first_that_hold(bag, order, holds)? else {
        return Ok(None);
    };
    // One that was needed may be spared once others are gone, so until a round changes nothing.
    while spare_one_round(bag, &mut set, holds)? {}
    Ok(Some(set))
}

fn first_that_hold(
    bag: &dyn SubBags,
    order: &[usize],
    holds: &dyn Fn(SubBagScore) -> bool,
) -> Result<Option<Vec<usize>>, MilError> {
    let mut part = bag.grow();
    for (at, &instance) in order.iter().take(MOST_TILES).enumerate() {
        part.add(instance);
        if holds(part.score()?) {
            return Ok(Some(order[..=at].to_vec()));
        }
    }
    Ok(None)
}

/// Whether any instance went.
fn spare_one_round(
    bag: &dyn SubBags,
    set: &mut Vec<usize>,
    holds: &dyn Fn(SubBagScore) -> bool,
) -> Result<bool, MilError> {
    let n_before = set.len();
    for at in (0..n_before).rev() {
        let spared = set.remove(at);
        if set.is_empty() || !holds(bag.of(set)?) {
            set.insert(at, spared);
        }
    }
    Ok(set.len() < n_before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sub_bags::Growing;

    /// Its logit says which instances are in the part, one bit each.
    struct Bits;

    struct GrowingBits(u64);

    impl SubBags for Bits {
        fn n_instances(&self) -> usize {
            10
        }

        fn without(&self, left_out: &[usize]) -> Result<SubBagScore, MilError> {
            self.of(&crate::evidence::sub_bags::remaining(10, left_out))
        }

        fn grow(&self) -> Box<dyn Growing + '_> {
            Box::new(GrowingBits(0))
        }
    }

    impl Growing for GrowingBits {
        fn add(&mut self, instance: usize) {
            self.0 |= 1 << instance;
        }

        fn score(&mut self) -> Result<SubBagScore, MilError> {
            Ok(SubBagScore {
                logit: self.0 as f64,
                severity: 0.0,
            })
        }
    }

    #[test]
    fn what_can_be_spared_goes() -> Result<(), MilError> {
        let holds = |part: SubBagScore| part.logit as u64 & 0b1000_1000 == 0b1000_1000;
        let found = smallest_set(&Bits, &[1, 3, 5, 7, 9], &holds)?;
        assert_eq!(found, Some(vec![3, 7]));
        assert_eq!(smallest_set(&Bits, &[1, 3, 5], &holds)?, None);
        Ok(())
    }
}
