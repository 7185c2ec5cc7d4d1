use flow::{Abstention, Mpp, PredictionSet};

use super::BagMean;
use crate::TaskFile;

/// What is known of a slide beside its embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct SlideFacts {
    /// Maker and model, as far as the file says.
    pub scanner: Option<String>,
    /// Of level 0.
    pub mpp: Mpp,
    /// Tissue tiles in the bag.
    pub n_instances: u64,
}

/// Why the task does not answer, if it does not. The first of the reasons that hold: a slide the
/// task was not made for, tissue unlike any it has seen, an answer that is left open.
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
        .or_else(|| distribution.and_then(|distribution| distribution.refusal(bag)))
        .or_else(|| set.and_then(open))
}

fn open(set: &PredictionSet) -> Option<Abstention> {
    let n_labels = set.labels.len() as u32;
    (n_labels != 1).then_some(Abstention::Uncertain { n_labels })
}
