use std::fmt;

use crate::{CovariateRevision, Sha256Digest, TaskId, TaskVersion};

/// Which result of a slide: what makes two of them differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResultName {
    pub encoder: Sha256Digest,
    pub task: TaskId,
    pub version: TaskVersion,
    /// Of a task that reads covariates, which ones it read.
    pub covariates: Option<CovariateRevision>,
}

/// As part of a path.
impl fmt::Display for ResultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            encoder,
            task,
            version,
            covariates,
        } = self;
        write!(f, "{task}/{version}-{}", encoder.short())?;
        match covariates {
            Some(revision) => write!(f, "-covariates-{revision}"),
            None => Ok(()),
        }
    }
}
