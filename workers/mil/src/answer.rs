use anyhow::{Context, Result};
use flow::{
    Abstention, BagHeader, CovariateRevision, HeadPrecision, Prediction, RegulatoryStatus, TaskRef,
};
use mil::{AnyTask, Scores, SlideFacts, Task};
use store::Bag;

/// What a task says of a bag, and why that is no answer if it is none. Long arithmetic: for a thread
/// that may block.
pub(crate) fn ask(
    task: &Task,
    bag: &Bag,
    facts: &SlideFacts,
) -> Result<(Scores, Option<Abstention>)> {
    let scores = task
        .score_knowing(&bag.embeddings, bag.header.dimension, &facts.covariates)
        .context("cannot score the bag")?;
    let abstention = task.abstention(facts, &bag.embeddings, &scores);
    Ok((scores, abstention))
}

/// What a result says of the task that gave it.
pub(crate) struct Maker {
    pub(crate) task: TaskRef,
    /// Of its heads.
    pub(crate) precision: Option<HeadPrecision>,
    pub(crate) regulatory_status: RegulatoryStatus,
}

impl Maker {
    pub(crate) fn of(task: &AnyTask) -> Self {
        Self {
            task: task.reference().clone(),
            precision: match task {
                AnyTask::Heads(task) => Some(task.precision()),
                AnyTask::Service(_) => None,
            },
            regulatory_status: task.regulatory_status(),
        }
    }
}

/// The call with its figures, without its evidence.
pub(crate) fn without_evidence(
    maker: Maker,
    bag: BagHeader,
    covariates: Option<CovariateRevision>,
    scores: Scores,
    abstention: Option<Abstention>,
) -> Prediction {
    Prediction {
        slide: bag.slide,
        pyramid: bag.pyramid,
        encoder: bag.encoder,
        encoder_terms: bag.encoder_terms,
        untrained_mpp: bag.untrained_mpp,
        precision: Some(bag.precision),
        device: bag.device,
        task: maker.task,
        head_precision: maker.precision,
        covariates,
        regulatory_status: maker.regulatory_status,
        call: scores.call,
        probability: scores.probability,
        threshold: scores.threshold,
        grade: scores.grade,
        set: scores.set,
        abstention,
        class_probabilities: scores.class_probabilities,
        top_tiles: Vec::new(),
        n_instances: bag.n_instances,
        evidence: None,
    }
}
