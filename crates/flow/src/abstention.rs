use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a result is not to be taken as a call, with the figures behind it.
///
/// Such a result still holds its probability and evidence, for a person to judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Abstention {
    /// The slide's scanner is none that the task was shown to work on.
    ScannerNotAllowed {
        /// `None` where the file does not say.
        scanner: Option<String>,
        allowed: Vec<String>,
    },
    /// The slide was scanned at a resolution that the task was not shown to work on, in micrometres
    /// per pixel.
    MppNotAllowed {
        mpp: f64,
        finest: f64,
        coarsest: f64,
    },
    /// Fewer tissue tiles than the task needs.
    TooLittleTissue { n_instances: u64, fewest: u64 },
    /// The task reads more than the slide's pixels, and that is not known. Its figures are then not
    /// the task's: nothing of them is to be shown but the maps, which are of the tissue.
    CovariatesUnknown {
        /// As the task names them.
        covariates: Vec<String>,
    },
    /// The tissue looks unlike that of the training slides.
    OutOfDistribution {
        /// From the training slides' mean; 1 is about usual.
        distance: f64,
        limit: f64,
        /// The share of training slides within the limit.
        quantile: f64,
    },
    /// The task is a service that gave no answer, in its own words. There are no figures then.
    Declined { words: String },
    /// The answers that cannot be ruled out are not one.
    Uncertain { n_labels: u32 },
}

impl Abstention {
    /// Whether the result's figures are still those of its task, for a person to judge.
    pub const fn leaves_figures(&self) -> bool {
        !matches!(self, Self::CovariatesUnknown { .. } | Self::Declined { .. })
    }
}

impl fmt::Display for Abstention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ScannerNotAllowed { scanner, allowed } => write!(
                f,
                "scanned by {}, the task was shown to work on {}",
                scanner.as_deref().unwrap_or("an unknown scanner"),
                allowed.join(", ")
            ),
            Self::MppNotAllowed {
                mpp,
                finest,
                coarsest,
            } => write!(
                f,
                "{mpp} um per pixel, the task was shown to work from {finest} to {coarsest}"
            ),
            Self::TooLittleTissue {
                n_instances,
                fewest,
            } => write!(f, "{n_instances} tissue tiles, the task needs {fewest}"),
            Self::CovariatesUnknown { covariates } => write!(
                f,
                "the task also reads {}, which this slide was not given",
                covariates.join(", ")
            ),
            Self::OutOfDistribution {
                distance, limit, ..
            } => write!(
                f,
                "tissue unlike the training slides: distance {distance:.2}, limit {limit:.2}"
            ),
            Self::Declined { words } => write!(f, "the task's service gave no answer: {words}"),
            Self::Uncertain { n_labels } => write!(f, "{n_labels} answers cannot be ruled out"),
        }
    }
}
