use rand::Rng;
use rand::seq::SliceRandom;

use super::TrainingBag;

/// Indices of the bags to learn from and of those to validate on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) training: Vec<usize>,
    pub(super) validation: Vec<usize>,
}

/// Takes `validation_share` of each answer (negative, each grade), at least one where there are two
/// or more.
pub(super) fn split(bags: &[TrainingBag], validation_share: f64, random: &mut impl Rng) -> Split {
    let mut by_label: Vec<usize> = (0..bags.len()).collect();
    by_label.shuffle(random);
    by_label.sort_by_key(|&index| stratum(&bags[index]));
    let mut split = Split {
        training: Vec::new(),
        validation: Vec::new(),
    };
    for same in by_label.chunk_by(|&a, &b| stratum(&bags[a]) == stratum(&bags[b])) {
        let wanted = (same.len() as f64 * validation_share).round() as usize;
        let n_validation = wanted.max(1).min(same.len() - 1);
        let (validation, training) = same.split_at(n_validation);
        split.validation.extend(validation);
        split.training.extend(training);
    }
    split
}

fn stratum(bag: &TrainingBag) -> (bool, Option<u8>) {
    (bag.label.is_positive(), bag.label.grade())
}

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};

    use super::*;
    use crate::train::BagLabel;

    #[test]
    fn every_answer_is_on_both_sides() {
        let bag = |label| TrainingBag {
            name: String::new(),
            embeddings: vec![0.0],
            dimension: 1,
            label,
            covariates: crate::Covariates::default(),
            evidence: None,
        };
        let grades = [1, 2, 3].map(|grade| BagLabel::Positive(Some(grade)));
        let labels = std::iter::repeat_n(BagLabel::Negative, 20)
            .chain(grades.into_iter().flat_map(|label| [label; 4]));
        let bags: Vec<TrainingBag> = labels.map(bag).collect();

        let found = split(&bags, 0.25, &mut seeded(Seed(3), 0));
        assert_eq!((found.training.len(), found.validation.len()), (24, 8));
        for label in grades {
            let of_label =
                |side: &[usize]| side.iter().filter(|&&i| bags[i].label == label).count();
            assert_eq!(
                (of_label(&found.training), of_label(&found.validation)),
                (3, 1)
            );
        }
        assert_eq!(found, split(&bags, 0.25, &mut seeded(Seed(3), 0)));
        assert_ne!(found, split(&bags, 0.25, &mut seeded(Seed(4), 0)));
    }
}
