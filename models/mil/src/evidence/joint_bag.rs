use super::sub_bags::{Growing, SubBagScore, SubBags};
use crate::MilError;
use crate::calibration::sigmoid;

/// A bag under several heads whose probabilities are averaged.
pub(super) struct JointBag<'a> {
    bags: Vec<Box<dyn SubBags + 'a>>,
    temperature: f64,
}

impl<'a> JointBag<'a> {
    pub(super) fn new(bags: Vec<Box<dyn SubBags + 'a>>, temperature: f64) -> Self {
        Self { bags, temperature }
    }

    /// The logit whose calibrated probability is the mean of the heads'. Their severities are on
    /// scales of their own and do not add up.
    fn joined(&self, of_heads: &[SubBagScore]) -> SubBagScore {
        let sum = |sign: f64| -> f64 {
            let calibrated = of_heads.iter().map(|score| score.logit / self.temperature);
            calibrated.map(|logit| sigmoid(sign * logit)).sum()
        };
        SubBagScore {
            logit: self.temperature * (sum(1.0) / sum(-1.0)).ln(),
            severity: 0.0,
        }
    }
}

impl SubBags for JointBag<'_> {
    fn n_instances(&self) -> usize {
        self.bags.first().map_or(0, |bag| bag.n_instances())
    }

    fn most_scores(&self) -> usize {
        let fewest = self.bags.iter().map(|bag| bag.most_scores()).min();
        fewest.unwrap_or(usize::MAX) / self.bags.len().max(1)
    }

    fn without(&self, left_out: &[usize]) -> Result<SubBagScore, MilError> {
        let scores = self.bags.iter().map(|bag| bag.without(left_out));
        Ok(self.joined(&scores.collect::<Result<Vec<_>, _>>()?))
    }

    fn grow(&self) -> Box<dyn Growing + '_> {
        Box::new(GrowingJoint {
            bag: self,
            parts: self.bags.iter().map(|bag| bag.grow()).collect(),
        })
    }
}

struct GrowingJoint<'a> {
    bag: &'a JointBag<'a>,
    /// One a head.
    parts: Vec<Box<dyn Growing + 'a>>,
}

impl Growing for GrowingJoint<'_> {
    fn add(&mut self, instance: usize) {
        for part in &mut self.parts {
            part.add(instance);
        }
    }

    fn score(&mut self) -> Result<SubBagScore, MilError> {
        let scores = self.parts.iter_mut().map(|part| part.score());
        Ok(self.bag.joined(&scores.collect::<Result<Vec<_>, _>>()?))
    }
}
