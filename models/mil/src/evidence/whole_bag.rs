use candle_core::{Device, Tensor};

use super::sub_bags::{Growing, HeadScore, SubBags, remaining};
use crate::MilError;
use crate::head::Head;

/// Instances read in all; minutes on a few cores. A bag of 1,000 has every instance left out by
/// itself, one of 100,000 is left out in 20 blocks.
const MOST_READS: usize = 4_000_000;

/// A bag under a head that must see a part of it anew for every answer, as TransMIL and DTFD.
pub(super) struct WholeBag<'a> {
    pub(super) head: &'a Head,
    pub(super) embeddings: &'a [f32],
    pub(super) dimension: usize,
}

impl WholeBag<'_> {
    /// Of instances in the order of the bag.
    fn forward(&self, instances: &[usize]) -> Result<HeadScore, MilError> {
        let row = |&at: &usize| &self.embeddings[at * self.dimension..(at + 1) * self.dimension];
        let rows: Vec<f32> = instances.iter().flat_map(row).copied().collect();
        let rows = Tensor::from_vec(rows, (instances.len(), self.dimension), &Device::Cpu)?;
        let output = self.head.forward(&rows)?;
        Ok(HeadScore::of_logits(&output.logits)?)
    }
}

impl SubBags<HeadScore> for WholeBag<'_> {
    fn n_instances(&self) -> usize {
        self.embeddings.len() / self.dimension
    }

    fn most_scores(&self) -> usize {
        MOST_READS / self.n_instances()
    }

    fn without(&self, left_out: &[usize]) -> Result<HeadScore, MilError> {
        self.forward(&remaining(self.n_instances(), left_out))
    }

    fn grow(&self) -> Box<dyn Growing<HeadScore> + '_> {
        Box::new(GrowingWhole {
            bag: self,
            instances: Vec::new(),
        })
    }
}

struct GrowingWhole<'a> {
    bag: &'a WholeBag<'a>,
    instances: Vec<usize>,
}

impl Growing<HeadScore> for GrowingWhole<'_> {
    fn add(&mut self, instance: usize) {
        self.instances.push(instance);
    }

    fn score(&mut self) -> Result<HeadScore, MilError> {
        self.instances.sort_unstable();
        self.bag.forward(&self.instances)
    }
}
