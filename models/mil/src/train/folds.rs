use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::SliceRandom;

/// The fold of each bag: bags of one group share theirs, and every fold gets of each answer as near
/// to the same number as whole groups allow.
///
/// Large groups are placed first, each where what it holds is scarcest.
pub(super) fn folds(
    answers: &[usize],
    groups: &[usize],
    n_folds: usize,
    random: &mut impl Rng,
) -> Vec<usize> {
    let n_answers = answers.iter().max().map_or(0, |highest| highest + 1);
    let mut counts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (&answer, &group) in answers.iter().zip(groups) {
        counts.entry(group).or_insert_with(|| vec![0; n_answers])[answer] += 1;
    }
    let mut order: Vec<(usize, Vec<usize>)> = counts.into_iter().collect();
    order.shuffle(random);
    order.sort_by_key(|(_, held)| std::cmp::Reverse(held.iter().sum::<usize>()));

    let mut totals = vec![0; n_answers];
    for &answer in answers {
        totals[answer] += 1;
    }
    let mut placed = vec![vec![0_usize; n_answers]; n_folds];
    let mut fold_of = BTreeMap::new();
    for (group, held) in order {
        let fold = scarcest(&placed, &held, &totals);
        for (placed, held) in placed[fold].iter_mut().zip(&held) {
            *placed += held;
        }
        fold_of.insert(group, fold);
    }
    groups.iter().map(|group| fold_of[group]).collect()
}

/// The fold with least of what a group holds, weighted by how much of it the group holds; of equals
/// the one with the fewest bags, then the first.
fn scarcest(placed: &[Vec<usize>], held: &[usize], totals: &[usize]) -> usize {
    let crowding = |fold: &[usize]| {
        let shares = fold.iter().zip(held).zip(totals);
        shares
            .map(|((placed, held), total)| (placed * held) as f64 / (*total).max(1) as f64)
            .sum::<f64>()
    };
    let size = |fold: &[usize]| fold.iter().sum::<usize>();
    let folds = placed.iter().enumerate();
    let best = folds.min_by(|(_, a), (_, b)| {
        let by_crowding = crowding(a).total_cmp(&crowding(b));
        by_crowding.then(size(a).cmp(&size(b)))
    });
    best.map_or(0, |(fold, _)| fold)
}

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_group_lies_in_two_folds(
            bags in prop::collection::vec((0_usize..4, 0_usize..12), 1..120),
            n_folds in 2_usize..6,
            seed in any::<u64>(),
        ) {
            let (answers, groups): (Vec<_>, Vec<_>) = bags.into_iter().unzip();
            let found = folds(&answers, &groups, n_folds, &mut seeded(Seed(seed), 0));
            prop_assert_eq!(found.len(), answers.len());
            prop_assert!(found.iter().all(|&fold| fold < n_folds));
            for a in 0..found.len() {
                for b in 0..a {
                    prop_assert!(groups[a] != groups[b] || found[a] == found[b]);
                }
            }
        }

        #[test]
        fn slides_that_stand_alone_are_stratified(
            answers in prop::collection::vec(0_usize..3, 1..80),
            n_folds in 2_usize..6,
            seed in any::<u64>(),
        ) {
            let groups: Vec<usize> = (0..answers.len()).collect();
            let found = folds(&answers, &groups, n_folds, &mut seeded(Seed(seed), 0));
            for answer in 0..3 {
                let of_fold = |fold| {
                    let both = found.iter().zip(&answers);
                    both.filter(|&(f, a)| *f == fold && *a == answer).count()
                };
                let counts: Vec<usize> = (0..n_folds).map(of_fold).collect();
                let spread = counts.iter().max().zip(counts.iter().min());
                prop_assert!(spread.is_some_and(|(most, least)| most - least <= 1), "{counts:?}");
            }
        }
    }

    #[test]
    fn equal_seeds_give_equal_folds() {
        let answers: Vec<usize> = (0..40).map(|at| at % 2).collect();
        let groups: Vec<usize> = (0..40).map(|at| at / 2).collect();
        let with = |seed| folds(&answers, &groups, 4, &mut seeded(Seed(seed), 0));
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }
}
