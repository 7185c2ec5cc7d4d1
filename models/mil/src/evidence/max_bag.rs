use candle_core::{Device, Tensor};

use super::blocks::MOST_IN_NEIGHBOURHOOD;
use super::sub_bags::{Growing, HeadScore, SubBags, remaining};
use crate::MilError;
use crate::head::MaxPool;

/// One more than is ever left out at once.
const N_LEADERS: usize = MOST_IN_NEIGHBOURHOOD + 1;

/// A bag under the head that takes the largest of each value.
///
/// For every value the instances with the largest are kept, so that leaving a few out needs no look
/// at the rest.
pub(super) struct MaxBag<'a> {
    head: &'a MaxPool,
    embeddings: &'a [f32],
    dimension: usize,
    /// Of every value, the instances with the largest, largest first.
    leaders: Vec<Vec<(f32, usize)>>,
    /// Whether an instance has the largest of any value.
    leads: Vec<bool>,
    whole: HeadScore,
}

impl<'a> MaxBag<'a> {
    pub(super) fn new(
        head: &'a MaxPool,
        embeddings: &'a [f32],
        dimension: usize,
    ) -> Result<Self, MilError> {
        let leaders = leaders(embeddings, dimension);
        let mut leads = vec![false; embeddings.len() / dimension];
        for leaders in &leaders {
            leads[leaders[0].1] = true;
        }
        let largest: Vec<f32> = leaders.iter().map(|leaders| leaders[0].0).collect();
        Ok(Self {
            whole: score(head, &largest)?,
            head,
            embeddings,
            dimension,
            leaders,
            leads,
        })
    }
}

fn leaders(embeddings: &[f32], dimension: usize) -> Vec<Vec<(f32, usize)>> {
    let mut leaders: Vec<Vec<(f32, usize)>> = vec![Vec::new(); dimension];
    for (instance, row) in embeddings.chunks_exact(dimension).enumerate() {
        for (leaders, &value) in leaders.iter_mut().zip(row) {
            let is_full = leaders.len() == N_LEADERS;
            if is_full && leaders[N_LEADERS - 1].0 >= value {
                continue;
            }
            let place = leaders.partition_point(|&(other, _)| other >= value);
            leaders.insert(place, (value, instance));
            leaders.truncate(N_LEADERS);
        }
    }
    leaders
}

fn score(head: &MaxPool, largest: &[f32]) -> Result<HeadScore, MilError> {
    let largest = Tensor::from_slice(largest, (1, largest.len()), &Device::Cpu)?;
    Ok(HeadScore::of_logits(&head.logits(&largest)?)?)
}

impl SubBags<HeadScore> for MaxBag<'_> {
    fn n_instances(&self) -> usize {
        self.leads.len()
    }

    fn without(&self, left_out: &[usize]) -> Result<HeadScore, MilError> {
        if left_out.iter().all(|&instance| !self.leads[instance]) {
            return Ok(self.whole.clone());
        }
        let first_left = |leaders: &Vec<(f32, usize)>| {
            let is_left = |(_, instance): &&(f32, usize)| !left_out.contains(instance);
            leaders.iter().find(is_left).map(|&(value, _)| value)
        };
        let largest: Option<Vec<f32>> = self.leaders.iter().map(first_left).collect();
        match largest {
            Some(largest) => score(self.head, &largest),
            None => self.of(&remaining(self.n_instances(), left_out)),
        }
    }

    fn grow(&self) -> Box<dyn Growing<HeadScore> + '_> {
        Box::new(GrowingMax {
            bag: self,
            largest: vec![f32::NEG_INFINITY; self.dimension],
        })
    }
}

struct GrowingMax<'a> {
    bag: &'a MaxBag<'a>,
    largest: Vec<f32>,
}

impl Growing<HeadScore> for GrowingMax<'_> {
    fn add(&mut self, instance: usize) {
        let row = &self.bag.embeddings[instance * self.bag.dimension..];
        for (largest, &value) in self.largest.iter_mut().zip(row) {
            *largest = largest.max(value);
        }
    }

    fn score(&mut self) -> Result<HeadScore, MilError> {
        score(self.bag.head, &self.largest)
    }
}
