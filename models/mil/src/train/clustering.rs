use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Parameters, ParametersError};

use super::losses::class_cross_entropy;
use crate::HeadConfig;
use crate::answers::Answers;
use crate::head::BagOutput;

/// The instance classifiers of CLAM (Lu et al. 2021), one an answer, which only training has: the
/// most attended instances belong to the bag's answer, the least attended do not.
#[derive(Debug)]
pub(super) struct InstanceClassifiers {
    classifiers: Vec<Linear>,
    /// Whether an instance that speaks for one answer speaks against the others.
    exclusive: Exclusive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exclusive {
    Yes,
    No,
}

/// Only the CLAM heads have them.
pub(super) fn declarations(head: &HeadConfig, answers: &Answers) -> Vec<Declaration> {
    let Some(hidden) = hidden(head) else {
        return Vec::new();
    };
    let one = |answer| Declaration::linear(&named(answer), hidden, 2);
    (0..n_classifiers(answers)).flat_map(one).collect()
}

impl InstanceClassifiers {
    pub(super) fn new(
        head: &HeadConfig,
        answers: &Answers,
        parameters: &Parameters,
    ) -> std::result::Result<Option<Self>, ParametersError> {
        if hidden(head).is_none() {
            return Ok(None);
        }
        let classifiers =
            (0..n_classifiers(answers)).map(|answer| parameters.linear(&named(answer)));
        Ok(Some(Self {
            classifiers: classifiers.collect::<std::result::Result<_, _>>()?,
            exclusive: match answers {
                Answers::Classes { .. } => Exclusive::Yes,
                Answers::Detection { .. } | Answers::Grades { .. } => Exclusive::No,
            },
        }))
    }

    /// The loss of a bag with this answer; `None` where it has too few instances to tell apart.
    pub(super) fn loss(
        &self,
        output: &BagOutput,
        answer: usize,
        n_at_most: usize,
    ) -> Result<Option<Tensor>> {
        let Some(hidden) = &output.hidden else {
            return Ok(None);
        };
        let n = n_at_most.min(hidden.dim(0)? / 2);
        if n == 0 {
            return Ok(None);
        }
        // Of the grades only the lowest is told from the others.
        let answer = answer.min(self.classifiers.len() - 1);
        let maps: Vec<Vec<f32>> = output.attention.to_vec2()?;
        let mut losses = Vec::new();
        for (at, classifier) in self.classifiers.iter().enumerate() {
            let order = by_attention(&maps[at.min(maps.len() - 1)]);
            let (rows, classes) = match (at == answer, self.exclusive) {
                (true, _) => {
                    let ends = [&order[..n], &order[order.len() - n..]].concat();
                    (ends, [vec![1; n], vec![0; n]].concat())
                }
                (false, Exclusive::Yes) => (order[..n].to_vec(), vec![0; n]),
                (false, Exclusive::No) => continue,
            };
            let rows = Tensor::from_vec(rows, classes.len(), &Device::Cpu)?;
            let logits = classifier.forward(&hidden.index_select(&rows, 0)?)?;
            losses.push(class_cross_entropy(&logits, &classes)?);
        }
        Ok(Some(Tensor::stack(&losses, 0)?.mean_all()?))
    }
}

fn named(answer: usize) -> String {
    format!("instance_classifiers.{answer}")
}

fn hidden(head: &HeadConfig) -> Option<usize> {
    match *head {
        HeadConfig::ClamSb { hidden, .. } | HeadConfig::ClamMb { hidden, .. } => Some(hidden),
        _ => None,
    }
}

fn n_classifiers(answers: &Answers) -> usize {
    match answers {
        Answers::Classes { names } => names.len(),
        Answers::Detection { .. } | Answers::Grades { .. } => 2,
    }
}

/// Most attended first.
fn by_attention(map: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..map.len() as u32).collect();
    order.sort_by(|&a, &b| map[b as usize].total_cmp(&map[a as usize]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clam_has_instance_classifiers() {
        let answers = Answers::Classes {
            names: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
        };
        let clam = HeadConfig::ClamMb {
            dimension: 4,
            hidden: 5,
            attention: 3,
            n_classes: 3,
        };
        assert_eq!(declarations(&clam, &answers).len(), 6);
        let mean = HeadConfig::MeanPool {
            dimension: 4,
            n_classes: 3,
        };
        assert!(declarations(&mean, &answers).is_empty());
        assert_eq!(by_attention(&[0.2, 0.5, 0.3]), [1, 2, 0]);
    }
}
