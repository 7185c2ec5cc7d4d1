use flow::{Abstention, Mpp, PredictionSet};

use super::BagMean;
use crate::{Covariates, TaskFile};

/// What is known of a slide beside its embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct SlideFacts {
    /// Maker and model, as far as the file says.
    pub scanner: Option<String>,
    /// Of level 0.
    pub mpp: Mpp,
    /// Tissue tiles in the bag.
    pub n_instances: u64,
    /// In the order of the task's plan; none for a task that reads none.
    pub covariates: Covariates,
}

/// Why the task does not answer, if it does not. The first of the reasons that hold: a slide the
/// task was not made for, one of which too little is known, tissue unlike any it has seen, an answer that is left open.
pub(crate) fn abstention(
    file: &TaskFile,
    slide: &SlideFacts,
    bag: &BagMean,
    set: Option<&PredictionSet>,
) -> Option<Abstention> {
    let admission = file.admission.as_ref();
    let distribution = file.distribution.as_ref();
    admission
        .and_then(|admission| admission.refusal(slide))
        .or_else(|| unknown_covariates(file, slide))
        .or_else(|| distribution.and_then(|distribution| distribution.refusal(bag)))
        .or_else(|| set.and_then(open))
}

fn unknown_covariates(file: &TaskFile, slide: &SlideFacts) -> Option<Abstention> {
    let covariates = file.covariates.as_ref()?.unknown_of(&slide.covariates);
    (!covariates.is_empty()).then_some(Abstention::CovariatesUnknown { covariates })
}

fn open(set: &PredictionSet) -> Option<Abstention> {
    let n_labels = set.labels.len() as u32;
    (n_labels != 1).then_some(Abstention::Uncertain { n_labels })
}
