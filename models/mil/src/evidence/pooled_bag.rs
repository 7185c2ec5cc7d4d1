use super::running_mean::RunningMean;
use super::sub_bags::{Growing, SubBagScore, SubBags, remaining};
use crate::MilError;
use crate::head::Terms;

/// The contribution to the margin, and the severity of the grade.
type Pair = [f64; 2];

/// A bag under a head that pools by shares before its last, linear layer: gated and plain attention,
/// both forms of CLAM, both means.
///
/// Leaving an instance out takes its term out of two sums and divides anew, exactly.
#[derive(Debug)]
pub(super) struct PooledBag {
    n_instances: usize,
    branches: Vec<Branch>,
}

#[derive(Debug)]
struct Branch {
    /// Score and pair of every instance.
    instances: Vec<(f32, [f32; 2])>,
    whole: RunningMean<2>,
}

impl PooledBag {
    /// Of terms that cover the bag chunk by chunk.
    pub(super) fn gather(
        chunks: impl Iterator<Item = Result<Terms, MilError>>,
    ) -> Result<Self, MilError> {
        let mut branches: Vec<Branch> = Vec::new();
        for chunk in chunks {
            let chunk = chunk?;
            branches.resize_with(chunk.scores.dim(1)?, Branch::empty);
            for (number, branch) in branches.iter_mut().enumerate() {
                branch.extend(&chunk, number)?;
            }
        }
        Ok(Self {
            n_instances: branches.first().map_or(0, |branch| branch.instances.len()),
            branches,
        })
    }

    fn score(means: impl Iterator<Item = Pair>) -> SubBagScore {
        let [logit, severity] =
            means.fold([0.0; 2], |sum, mean| [sum[0] + mean[0], sum[1] + mean[1]]);
        SubBagScore { logit, severity }
    }
}

impl Branch {
    fn empty() -> Self {
        Self {
            instances: Vec::new(),
            whole: RunningMean::EMPTY,
        }
    }

    fn extend(&mut self, chunk: &Terms, number: usize) -> Result<(), MilError> {
        let column = |tensor: &candle_core::Tensor| {
            tensor.narrow(1, number, 1)?.flatten_all()?.to_vec1::<f32>()
        };
        let (scores, contributions) = (column(&chunk.scores)?, column(&chunk.contributions)?);
        let severity = match &chunk.severity {
            Some(severity) => severity.to_vec1()?,
            None => vec![0.0; scores.len()],
        };
        for ((score, contribution), severity) in scores.into_iter().zip(contributions).zip(severity)
        {
            let instance = (score, [contribution, severity]);
            let (score, pair) = widened(instance);
            self.whole.add(score, pair);
            self.instances.push(instance);
        }
        Ok(())
    }

    fn instance(&self, at: usize) -> (f64, Pair) {
        widened(self.instances[at])
    }

    fn without(&self, left_out: &[usize]) -> Pair {
        let values = left_out.iter().map(|&at| self.instance(at));
        self.whole.without(values).unwrap_or_else(|| {
            let mut mean = RunningMean::EMPTY;
            for at in remaining(self.instances.len(), left_out) {
                let (score, pair) = self.instance(at);
                mean.add(score, pair);
            }
            mean.mean()
        })
    }
}

fn widened((score, pair): (f32, [f32; 2])) -> (f64, Pair) {
    (f64::from(score), pair.map(f64::from))
}

impl SubBags for PooledBag {
    fn n_instances(&self) -> usize {
        self.n_instances
    }

    fn without(&self, left_out: &[usize]) -> Result<SubBagScore, MilError> {
        let means = self.branches.iter().map(|branch| branch.without(left_out));
        Ok(Self::score(means))
    }

    fn grow(&self) -> Box<dyn Growing + '_> {
        Box::new(GrowingPooled {
            bag: self,
            means: vec![RunningMean::EMPTY; self.branches.len()],
        })
    }
}

struct GrowingPooled<'a> {
    bag: &'a PooledBag,
    /// One a branch.
    means: Vec<RunningMean<2>>,
}

impl Growing for GrowingPooled<'_> {
    fn add(&mut self, instance: usize) {
        for (mean, branch) in self.means.iter_mut().zip(&self.bag.branches) {
            let (score, pair) = branch.instance(instance);
            mean.add(score, pair);
        }
    }

    fn score(&mut self) -> Result<SubBagScore, MilError> {
        Ok(PooledBag::score(self.means.iter().map(RunningMean::mean)))
    }
}
