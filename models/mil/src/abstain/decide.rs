use flow::{Abstention, Mpp, PredictionSet};

use super::{Admission, BagMean, Distribution};
use crate::covariates::{CovariatePlan, Covariates};

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

/// What of a task decides whether it answers.
#[derive(Clone, Copy)]
pub(crate) struct Checks<'a> {
    pub(crate) admission: Option<&'a Admission>,
    pub(crate) covariates: Option<&'a CovariatePlan>,
    pub(crate) distribution: Option<&'a Distribution>,
}

/// Why the task does not answer, if it does not. The first of the reasons that hold: a slide the
/// task was not made for, one of which too little is known, tissue unlike any it has seen, an answer that is left open.
pub(crate) fn abstention(
    checks: Checks<'_>,
    slide: &SlideFacts,
    bag: &BagMean,
    set: Option<&PredictionSet>,
) -> Option<Abstention> {
    let Checks {
        admission,
        covariates,
        distribution,
    } = checks;
    admission
        .and_then(|admission| admission.refusal(slide))
        .or_else(|| covariates.and_then(|plan| unknown_covariates(plan, slide)))
        .or_else(|| distribution.and_then(|distribution| distribution.refusal(bag)))
        .or_else(|| set.and_then(open))
}

fn unknown_covariates(plan: &CovariatePlan, slide: &SlideFacts) -> Option<Abstention> {
    let covariates = plan.unknown_of(&slide.covariates);
    (!covariates.is_empty()).then_some(Abstention::CovariatesUnknown { covariates })
}

fn open(set: &PredictionSet) -> Option<Abstention> {
    let n_labels = set.labels.len() as u32;
    (n_labels != 1).then_some(Abstention::Uncertain { n_labels })
}
