//! A linear probe: how well a logistic regression tells labelled embeddings apart.
//!
//! The usual way to compare encoders: the encoder stays as it is, one linear layer is fitted to
//! the embeddings of labelled tiles, and tiles that it was not fitted to are called.

mod cholesky;
mod embeddings;
mod folds;
mod logistic;

pub use embeddings::LabelledEmbeddings;

use evaluation::balanced_accuracy;
use parameters::Seed;

use self::folds::folds;
use self::logistic::Classifier;
use crate::MilError;

/// How a probe is fitted.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Inverse strength of the L2 penalty, as scikit-learn's `C`.
    pub c: f64,
}

impl Probe {
    /// Balanced accuracy of stratified cross-validation: each tile is called once, by a classifier
    /// fitted to the other folds.
    ///
    /// # Errors
    /// If a class has fewer tiles than there are folds.
    pub fn cross_validated(
        &self,
        embeddings: &LabelledEmbeddings,
        n_folds: usize,
        seed: Seed,
    ) -> Result<f64, MilError> {
        let mut called = vec![0; embeddings.len()];
        for fold in folds(embeddings, n_folds, seed)? {
            let calls = self.calls(embeddings, &fold)?;
            for (&index, call) in fold.iter().zip(calls) {
                called[index] = call;
            }
        }
        accuracy(embeddings.classes(), &called)
    }

    /// Balanced accuracy on the tiles `held_out` of a classifier fitted to all others.
    pub fn held_out(
        &self,
        embeddings: &LabelledEmbeddings,
        held_out: &[usize],
    ) -> Result<f64, MilError> {
        let called = self.calls(embeddings, held_out)?;
        accuracy(embeddings.only(held_out).classes(), &called)
    }

    fn calls(
        &self,
        embeddings: &LabelledEmbeddings,
        held_out: &[usize],
    ) -> Result<Vec<usize>, MilError> {
        let mut is_held_out = vec![false; embeddings.len()];
        held_out.iter().for_each(|&index| is_held_out[index] = true);
        let fitted: Vec<usize> = (0..embeddings.len())
            .filter(|&index| !is_held_out[index])
            .collect();
        Classifier::fit(&embeddings.only(&fitted), self.c)?.call(&embeddings.only(held_out))
    }
}

fn accuracy(truth: &[usize], called: &[usize]) -> Result<f64, MilError> {
    balanced_accuracy(truth, called)
        .ok_or_else(|| MilError::Probe("no tile is held out".to_owned()))
}
