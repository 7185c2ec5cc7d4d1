use flow::TileIndex;

use super::blocks::Blocks;
use super::sub_bags::SubBags;
use crate::MilError;

/// How far the bag's logit falls when something is left out, one value an instance.
///
/// A bag from which everything is left out has a logit of 0: nothing was seen, both are as likely.
#[derive(Debug)]
pub(super) struct LeaveOut {
    /// The instance alone; its block where the head can only be asked of blocks.
    pub(super) tile: Vec<f64>,
    /// With the eight that touch it.
    pub(super) neighbourhood: Vec<f64>,
}

impl LeaveOut {
    pub(super) fn of(bag: &dyn SubBags, cells: &[TileIndex]) -> Result<Self, MilError> {
        let all: Vec<usize> = (0..cells.len()).collect();
        let whole = bag.of(&all)?.logit;
        let effect = |left_out: &[usize]| match left_out.len() == all.len() {
            true => Ok(whole),
            false => Ok::<_, MilError>(whole - bag.without(left_out)?.logit),
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
