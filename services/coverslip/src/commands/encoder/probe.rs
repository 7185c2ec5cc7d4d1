//! `coverslip encoder probe`: how well embeddings tell the classes of labelled images apart.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use mil::probe::{LabelledEmbeddings, Probe as LinearProbe};
use parameters::Seed;

use crate::features::Features;
use crate::files;
use crate::print;

const N_FOLDS: usize = 5;

#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// What `embed-images` wrote of a folder with one folder a class.
    features: PathBuf,
    /// Inverse strength of the L2 penalty; 1 is what scikit-learn takes.
    #[arg(long, default_value_t = 1.0)]
    c: f64,
    /// How often the folds are drawn anew, from the seeds 0, 1, ...
    #[arg(long, default_value_t = 5)]
    repeats: u64,
    /// A file with one image name a line: these are called by a classifier fitted to all others.
    #[arg(long)]
    held_out: Option<PathBuf>,
}

impl Probe {
    pub(super) fn run(self) -> Result<()> {
        let features = Features::read(&self.features)?;
        let names = features.names;
        let tiles = LabelledEmbeddings::new(features.values, features.dimension, classes(&names))?;
        let probe = LinearProbe { c: self.c };
        if let Some(path) = &self.held_out {
            let wanted = files::read_text(path)?;
            let held_out = indices(&names, &wanted)?;
            let accuracy = probe.held_out(&tiles, &held_out)?;
            print::line(&format!(
                "balanced accuracy on {} held-out images: {accuracy:.4}",
                held_out.len()
            ))?;
        }
        let accuracies = (0..self.repeats)
            .map(|seed| probe.cross_validated(&tiles, N_FOLDS, Seed(seed)))
            .collect::<Result<Vec<f64>, _>>()?;
        let (mean, spread) = mean_and_spread(&accuracies);
        print::line(&format!(
            "balanced accuracy, {N_FOLDS}-fold, {} repeats: {mean:.4} (standard deviation {spread:.4})",
            self.repeats
        ))
    }
}

/// The number of the folder that each image lies in.
fn classes(names: &[String]) -> Vec<usize> {
    let folder = |name: &String| {
        name.rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .to_owned()
    };
    let folders: BTreeSet<String> = names.iter().map(folder).collect();
    let number = |name| folders.range(..folder(name)).count();
    names.iter().map(number).collect()
}

fn indices(names: &[String], wanted: &str) -> Result<Vec<usize>> {
    let index = |wanted: &str| {
        let found = names.iter().position(|name| name == wanted);
        found.with_context(|| format!("there is no embedding of {wanted}"))
    };
    wanted.lines().map(index).collect()
}

fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / n;
    (mean, variance.sqrt())
}
