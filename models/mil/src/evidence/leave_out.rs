use flow::TileIndex;

use super::blocks::Blocks;
use super::sub_bags::{PartScore, SubBags};
use crate::MilError;

/// How far the log-odds of the finding fall when something is left out, one value an instance.
///
/// A bag from which everything is left out has log-odds of 0: nothing was seen, nothing is likelier.
#[derive(Debug)]
pub(super) struct LeaveOut {
    /// The instance alone; its block where the head can only be asked of blocks.
    pub(super) tile: Vec<f64>,
    /// With the eight that touch it.
    pub(super) neighbourhood: Vec<f64>,
}

impl LeaveOut {
    pub(super) fn of(bag: &dyn SubBags<PartScore>, cells: &[TileIndex]) -> Result<Self, MilError> {
        let all: Vec<usize> = (0..cells.len()).collect();
        let whole = bag.of(&all)?.log_odds;
        let effect = |left_out: &[usize]| match left_out.len() == all.len() {
            true => Ok(whole),
            false => Ok::<_, MilError>(whole - bag.without(left_out)?.log_odds),
        };
        let mut found = Self {
            tile: vec![0.0; cells.len()],
            neighbourhood: vec![0.0; cells.len()],
        };
        let blocks = Blocks::at_most(bag.most_scores() / 2, cells);
        for (block, members) in blocks.iter() {
            let (alone, around) = (effect(members)?, effect(&blocks.around(block))?);
            for &instance in members {
                found.tile[instance] = alone;
                found.neighbourhood[instance] = around;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sub_bags::Growing;

    /// Each of its instances adds 1 to the log-odds.
    struct Counted(usize);

    struct GrowingCounted(f64);

    impl SubBags<PartScore> for Counted {
        fn n_instances(&self) -> usize {
            self.0
        }

        fn without(&self, left_out: &[usize]) -> Result<PartScore, MilError> {
            self.of(&crate::evidence::sub_bags::remaining(self.0, left_out))
        }

        fn grow(&self) -> Box<dyn Growing<PartScore> + '_> {
            Box::new(GrowingCounted(0.0))
        }
    }

    impl Growing<PartScore> for GrowingCounted {
        fn add(&mut self, _instance: usize) {
            self.0 += 1.0;
        }

        fn score(&mut self) -> Result<PartScore, MilError> {
            Ok(PartScore {
                log_odds: self.0,
                is_same_answer: true,
            })
        }
    }

    fn row(n_instances: u32) -> Vec<TileIndex> {
        let cell = |column| TileIndex { column, row: 0 };
        (0..n_instances).map(cell).collect()
    }

    #[test]
    fn a_tile_goes_alone_and_with_those_that_touch_it() -> Result<(), MilError> {
        let found = LeaveOut::of(&Counted(4), &row(4))?;
        assert_eq!(found.tile, [1.0; 4]);
        assert_eq!(found.neighbourhood, [2.0, 3.0, 3.0, 2.0]);
        Ok(())
    }

    #[test]
    fn a_bag_of_one_has_nothing_left() -> Result<(), MilError> {
        let found = LeaveOut::of(&Counted(1), &row(1))?;
        assert_eq!((found.tile, found.neighbourhood), (vec![1.0], vec![1.0]));
        Ok(())
    }
}
