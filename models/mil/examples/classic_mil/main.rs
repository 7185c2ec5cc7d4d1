//! The five classic multiple-instance sets, as Ilse et al. (2018) did them: ten folds, five times,
//! attention and gated attention. Prints accuracies beside the published ones.
//!
//!     cargo run --release --example classic_mil -- FOLDER [REPEATS]
//!
//! `FOLDER` holds musk1.csv.gz and the other four. Hyperparameters are the paper's; none was chosen
//! here, so no held-out fold had a say in them.

mod fold;
mod kernels;
mod layer;
mod network;
#[cfg(test)]
mod network_test;
mod recipe;
mod set;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use self::fold::{folds, hold_out};
use self::network::Attention;
use self::recipe::{PUBLISHED, Published};
use self::set::Set;

const FOLDS: usize = 10;
const REPEATS: usize = 5;

#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder: PathBuf = arguments
        .next()
        .context("name the folder of the sets")?
        .into();
    let repeats = arguments.next().map(|text| text.parse());
    let repeats = repeats
        .transpose()
        .context("repeats are a number")?
        .unwrap_or(REPEATS);
    let n_fits = (PUBLISHED.len() * 2 * repeats * FOLDS) as u64;
    let bar = ProgressBar::new(n_fits).with_style(style());
    println!(
        "| set | attention | published | gated attention | published |\n|---|---|---|---|---|"
    );
    for published in &PUBLISHED {
        let path = folder.join(format!("{}.csv.gz", published.name));
        let row = row(published, &path, repeats, &bar)?;
        bar.suspend(|| println!("{row}"));
    }
    bar.finish_and_clear();
    Ok(())
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30.cyan/238} {pos}/{len} folds {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn row(published: &Published, path: &Path, repeats: usize, bar: &ProgressBar) -> Result<String> {
    let set = Set::read(path)?;
    bar.set_message(published.name);
    let of = |attention| Summary::of(&accuracies(&set, attention, published, repeats, bar));
    Ok(format!(
        "| {} | {} | {:.3} | {} | {:.3} |",
        published.name,
        of(Attention::Plain),
        published.attention,
        of(Attention::Gated),
        published.gated
    ))
}

/// Of every fold of every repeat.
fn accuracies(
    set: &Set,
    attention: Attention,
    published: &Published,
    repeats: usize,
    bar: &ProgressBar,
) -> Vec<f64> {
    let runs: Vec<(u64, usize)> = (0..repeats as u64)
        .flat_map(|repeat| (0..FOLDS).map(move |fold| (repeat, fold)))
        .collect();
    let accuracy = |&(repeat, fold): &(u64, usize)| {
        let folds = folds(set, FOLDS, &mut ChaCha8Rng::seed_from_u64(repeat));
        let mut random = ChaCha8Rng::seed_from_u64(repeat);
        random.set_stream(1 + fold as u64);
        let way = (attention, &published.recipe);
        let (right, n) = hold_out(set, |bag| folds[bag] == fold, way, &mut random);
        bar.inc(1);
        right as f64 / n as f64
    };
    runs.par_iter().map(accuracy).collect()
}

/// Mean and its standard error over all folds, as the paper gives them.
struct Summary {
    mean: f64,
    standard_error: f64,
}

impl Summary {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean,
            standard_error: (squares / (n - 1.0) / n).sqrt(),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ± {:.3}", self.mean, self.standard_error)
    }
}
