use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

/// The bags of one set: `label,bag,features...` a line, without a header, gzipped.
pub(crate) struct Set {
    pub(crate) dimension: usize,
    pub(crate) bags: Vec<Bag>,
}

pub(crate) struct Bag {
    pub(crate) is_positive: bool,
    /// `n * dimension` values.
    pub(crate) instances: Vec<f32>,
}

impl Set {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let lines = BufReader::new(GzDecoder::new(file)).lines();
        let mut set = Self {
            dimension: 0,
            bags: Vec::new(),
        };
        let mut last = None;
        for (number, line) in (1..).zip(lines) {
            let failed = || format!("line {number} of {}", path.display());
            let line = line.with_context(failed)?;
            let values: Vec<f32> = line
                .split(',')
                .map(|cell| cell.trim().parse::<f32>())
                .collect::<Result<_, _>>()
                .with_context(failed)?;
            let [label, bag, features @ ..] = values.as_slice() else {
                anyhow::bail!("{} has no features", failed());
            };
            if last != Some(*bag) {
                last = Some(*bag);
                set.bags.push(Bag {
                    is_positive: *label > 0.5,
                    instances: Vec::new(),
                });
            }
            ensure!(
                set.dimension == 0 || set.dimension == features.len(),
                "{} has another number of features",
                failed()
            );
            set.dimension = features.len();
            if let Some(bag) = set.bags.last_mut() {
                bag.instances.extend(features);
            }
        }
        ensure!(
            set.bags.len() >= 20,
            "{} holds too few bags",
            path.display()
        );
        Ok(set)
    }
}
