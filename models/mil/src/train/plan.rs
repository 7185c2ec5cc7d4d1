use std::collections::BTreeSet;

use parameters::{Seed, seeded};
use serde::{Deserialize, Serialize};

use super::folds::folds;
use super::head_training::HeadTraining;
use super::{BagLabel, TaskDraft, TrainConfig, TrainingBag};
use crate::MilError;

/// Streams of the one seed.
const FOLDS: u64 = 3;
const VALIDATION: u64 = 4;

/// How many heads a task gets; the probabilities of all are averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnsembleConfig {
    /// Each fold is held out from `seeds` heads that learn from the others. With one fold, the
    /// validation bags are what no head has learned from.
    pub folds: usize,
    pub seeds: usize,
}

impl EnsembleConfig {
    pub const ONE_HEAD: Self = Self { folds: 1, seeds: 1 };
}

impl Default for EnsembleConfig {
    fn default() -> Self {
        Self { folds: 5, seeds: 1 }
    }
}

/// Every head of a task to be trained.
#[derive(Clone, Debug)]
pub struct Ensemble {
    pub(super) heads: Vec<HeadPlan>,
}

/// Indices of the bags to learn from and of those to stop by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) training: Vec<usize>,
    pub(super) validation: Vec<usize>,
}

/// What one head learns from. Indices are those of the bags.
#[derive(Clone, Debug)]
pub struct HeadPlan {
    /// From 0.
    pub fold: usize,
    pub seed: Seed,
    /// Bags this head answers for in the task's figures. Unless there is one fold only, it has not
    /// even stopped by them.
    pub held_out: Vec<usize>,
    pub(super) parts: Split,
}

impl Ensemble {
    /// Divides the bags; bags of one group are never on two sides. `groups` has one number a bag.
    ///
    /// # Errors
    /// If the bags do not fit the draft, or there are too few groups of some answer.
    pub fn plan(
        bags: &[TrainingBag],
        groups: &[usize],
        draft: &TaskDraft,
        config: &TrainConfig,
        ensemble: EnsembleConfig,
    ) -> Result<Self, MilError> {
        draft.check(bags, config)?;
        if ensemble.folds == 0 || ensemble.seeds == 0 {
            return Err(MilError::Training(
                "an ensemble needs at least one fold and one seed".to_owned(),
            ));
        }
        let answers = bags.iter().map(|bag| bag.label.answer(&draft.answers));
        let answers: Vec<usize> = answers.map(Option::unwrap_or_default).collect();
        let strata = strata(bags);
        let fold_of = match ensemble.folds {
            1 => None,
            n => Some(folds(&strata, groups, n, &mut seeded(config.seed, FOLDS))),
        };
        let mut heads = Vec::new();
        for fold in 0..ensemble.folds {
            let is_held_out = |at: usize| fold_of.as_ref().is_some_and(|of| of[at] == fold);
            let (held_out, rest): (Vec<usize>, _) =
                (0..bags.len()).partition(|&at| is_held_out(at));
            let parts = stopping_part(&rest, &strata, groups, config);
            let held_out = match fold_of {
                Some(_) => held_out,
                None => parts.validation.clone(),
            };
            enough(fold, &parts, &held_out, &answers, draft)?;
            for number in 0..ensemble.seeds {
                let nth = (fold * ensemble.seeds + number) as u64;
                heads.push(HeadPlan {
                    fold,
                    seed: Seed(config.seed.0.wrapping_add(nth)),
                    held_out: held_out.clone(),
                    parts: parts.clone(),
                });
            }
        }
        Ok(Self { heads })
    }

    pub fn heads(&self) -> &[HeadPlan] {
        &self.heads
    }

    /// The fold that each bag is held out in; `None` for bags every head learns from.
    pub fn fold_of(&self, bag: usize) -> Option<usize> {
        let head = self.heads.iter().find(|head| head.held_out.contains(&bag));
        head.map(|head| head.fold)
    }
}

impl HeadPlan {
    /// As `config`, with this head's seed.
    pub fn config(&self, config: &TrainConfig) -> TrainConfig {
        TrainConfig {
            seed: self.seed,
            ..config.clone()
        }
    }

    /// The head before its first epoch. `config` is [`Self::config`].
    pub fn begin<'a>(
        &self,
        bags: &'a [TrainingBag],
        draft: &'a TaskDraft,
        config: &'a TrainConfig,
    ) -> Result<HeadTraining<'a>, MilError> {
        HeadTraining::new(bags, draft, config, self.parts.clone())
    }
}

/// For each bag a number that those with its very label share: every grade of a detection is spread
/// over the folds.
fn strata(bags: &[TrainingBag]) -> Vec<usize> {
    let labels: BTreeSet<BagLabel> = bags.iter().map(|bag| bag.label).collect();
    let place = |bag: &TrainingBag| labels.range(..bag.label).count();
    bags.iter().map(place).collect()
}

/// Keeps whole groups of `bags` for early stopping.
fn stopping_part(
    bags: &[usize],
    strata: &[usize],
    groups: &[usize],
    config: &TrainConfig,
) -> Split {
    let n_parts = (1.0 / config.validation_share.max(0.01)).round().max(2.0) as usize;
    let of = |values: &[usize]| bags.iter().map(|&at| values[at]).collect::<Vec<_>>();
    let mut random = seeded(config.seed, VALIDATION);
    let part_of = folds(&of(strata), &of(groups), n_parts, &mut random);
    let both = bags.iter().copied().zip(part_of);
    let (validation, training): (Vec<_>, Vec<_>) = both.partition(|(_, part)| *part == 0);
    let bags_of = |part: Vec<(usize, usize)>| part.into_iter().map(|(at, _)| at).collect();
    Split {
        training: bags_of(training),
        validation: bags_of(validation),
    }
}

fn enough(
    fold: usize,
    parts: &Split,
    held_out: &[usize],
    answers: &[usize],
    draft: &TaskDraft,
) -> Result<(), MilError> {
    let wrong = |what: String| {
        Err(MilError::Training(format!(
            "fold {}: {what}; label more slides or take fewer folds",
            fold + 1
        )))
    };
    if held_out.is_empty() || parts.validation.is_empty() {
        return wrong("there are too few patients to hold any out".to_owned());
    }
    for (answer, name) in draft.answers.names().iter().enumerate() {
        let n_learned = parts
            .training
            .iter()
            .filter(|&&at| answers[at] == answer)
            .count();
        if n_learned == 0 {
            return wrong(format!("no slide to learn from has the answer `{name}`"));
        }
    }
    Ok(())
}
