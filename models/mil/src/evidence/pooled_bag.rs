use std::ops::Range;

use candle_core::Tensor;

use super::running_mean::RunningMean;
use super::sub_bags::{Growing, HeadScore, SubBags, remaining};
use crate::MilError;
use crate::head::Terms;

/// A bag under a head that pools by shares before its last, linear layer: gated and plain attention,
/// both forms of CLAM, both means.
///
/// Leaving an instance out takes its term out of a few sums and divides anew, exactly.
#[derive(Debug)]
pub(super) struct PooledBag {
    n_instances: usize,
    branches: Vec<Branch>,
}

/// The shares of one class, or of all of them.
#[derive(Debug)]
struct Branch {
    /// Logits of the branch's classes and, last, the severity of the grade.
    width: usize,
    /// One an instance.
    scores: Vec<f32>,
    /// `width` an instance.
    values: Vec<f32>,
    whole: RunningMean,
}

impl PooledBag {
    /// Of terms that cover the bag chunk by chunk.
    pub(super) fn gather(
        chunks: impl Iterator<Item = Result<Terms, MilError>>,
    ) -> Result<Self, MilError> {
        let mut branches: Vec<Branch> = Vec::new();
        for chunk in chunks {
            let chunk = chunk?;
            let (n_branches, n_classes) = (chunk.scores.dim(1)?, chunk.logits.dim(1)?);
            let n_own = n_classes / n_branches;
            branches.resize_with(n_branches, || Branch::empty(n_own + 1));
            for (number, branch) in branches.iter_mut().enumerate() {
                branch.extend(&chunk, number, number * n_own..(number + 1) * n_own)?;
            }
        }
        Ok(Self {
            n_instances: branches.first().map_or(0, |branch| branch.scores.len()),
            branches,
        })
    }

    fn score(means: impl Iterator<Item = Vec<f64>>) -> HeadScore {
        let mut score = HeadScore {
            logits: Vec::new(),
            severity: 0.0,
        };
        for mut mean in means {
            score.severity += mean.pop().unwrap_or_default();
            score.logits.append(&mut mean);
        }
        score
    }
}

impl Branch {
    fn empty(width: usize) -> Self {
        Self {
            width,
            scores: Vec::new(),
            values: Vec::new(),
            whole: RunningMean::empty(width),
        }
    }

    /// Instances with their scores in this branch and the logits of its classes.
    fn extend(
        &mut self,
        chunk: &Terms,
        number: usize,
        classes: Range<usize>,
    ) -> Result<(), MilError> {
        let first = self.scores.len();
        self.scores.extend(
            chunk
                .scores
                .narrow(1, number, 1)?
                .flatten_all()?
                .to_vec1::<f32>()?,
        );
        let logits = chunk.logits.narrow(1, classes.start, classes.len())?;
        let severity = match (&chunk.severity, number) {
            (Some(severity), 0) => severity.unsqueeze(1)?,
            _ => logits.narrow(1, 0, 1)?.zeros_like()?,
        };
        let values = Tensor::cat(&[&logits, &severity], 1)?;
        self.values.extend(values.flatten_all()?.to_vec1::<f32>()?);
        for at in first..self.scores.len() {
            let (score, values) = row(&self.scores, &self.values, self.width, at);
            self.whole.add(score, values);
        }
        Ok(())
    }

    fn instance(&self, at: usize) -> (f64, &[f32]) {
        row(&self.scores, &self.values, self.width, at)
    }

    fn without(&self, left_out: &[usize]) -> Vec<f64> {
        let rows = left_out.iter().map(|&at| self.instance(at));
        self.whole.without(rows).unwrap_or_else(|| {
            let mut mean = RunningMean::empty(self.width);
            for at in remaining(self.scores.len(), left_out) {
                let (score, values) = self.instance(at);
                mean.add(score, values);
            }
            mean.mean()
        })
    }
}

fn row<'v>(scores: &[f32], values: &'v [f32], width: usize, at: usize) -> (f64, &'v [f32]) {
    (f64::from(scores[at]), &values[at * width..(at + 1) * width])
}

impl SubBags<HeadScore> for PooledBag {
    fn n_instances(&self) -> usize {
        self.n_instances
    }

    fn without(&self, left_out: &[usize]) -> Result<HeadScore, MilError> {
        let means = self.branches.iter().map(|branch| branch.without(left_out));
        Ok(Self::score(means))
    }

    fn grow(&self) -> Box<dyn Growing<HeadScore> + '_> {
        let empty = |branch: &Branch| RunningMean::empty(branch.width);
        Box::new(GrowingPooled {
            bag: self,
            means: self.branches.iter().map(empty).collect(),
        })
    }
}

struct GrowingPooled<'a> {
    bag: &'a PooledBag,
    /// One a branch.
    means: Vec<RunningMean>,
}

impl Growing<HeadScore> for GrowingPooled<'_> {
    fn add(&mut self, instance: usize) {
        for (mean, branch) in self.means.iter_mut().zip(&self.bag.branches) {
            let (score, values) = branch.instance(instance);
            mean.add(score, values);
        }
    }

    fn score(&mut self) -> Result<HeadScore, MilError> {
        Ok(PooledBag::score(self.means.iter().map(RunningMean::mean)))
    }
}
