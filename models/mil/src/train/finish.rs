use evaluation::quadratic_weighted_kappa;
use flow::{HeadPrecision, RegulatoryStatus, Sha256Digest};
use parameters::Parameters;

use super::abstaining::learn_to_abstain;
use super::plan::Ensemble;
use super::trained::{HeldOut, TaskDraft, TrainedTask};
use super::{TrainingBag, validate};
use crate::answers::Answers;
use crate::bag_embeddings::BagEmbeddings;
use crate::bag_scores::BagLogits;
use crate::calibration::{sigmoid, softmax_temperature, temperature};
use crate::model::Model;
use crate::probabilities::{
    detection_margin, exceeded, grade, mean, of_each_answer, probabilities, verdict,
};
use crate::threshold::threshold;
use crate::{MilError, Task, TaskFile, TrainingSummary};

/// What one head said of one bag it had not learned from.
struct Said {
    bag: usize,
    fold: usize,
    logits: BagLogits,
}

/// Makes one task of trained heads, calibrated on what each said of the bags held out from it.
pub(super) fn finish(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    ensemble: &Ensemble,
    heads: Vec<Vec<u8>>,
    n_epochs: u32,
) -> Result<TrainedTask, MilError> {
    let said = said(bags, draft, ensemble, &heads)?;
    let mut file = uncalibrated(draft, &heads);
    calibrate(&mut file, &said, bags);
    let held_out = held_out(&file, &said);
    learn_to_abstain(&mut file, bags, held_out.iter().map(|(one, _)| one))?;
    file.training = Some(summary(bags, draft, ensemble, (&said, &held_out), n_epochs));
    Ok(TrainedTask {
        file,
        heads,
        held_out: held_out.into_iter().map(|(one, _)| one).collect(),
    })
}

fn said(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    ensemble: &Ensemble,
    heads: &[Vec<u8>],
) -> Result<Vec<Said>, MilError> {
    let shape = draft.shape();
    let mut said = Vec::new();
    for (plan, weights) in ensemble.heads.iter().zip(heads) {
        let parameters = Parameters::from_safetensors(weights, &shape.declarations())?;
        let model = Model::for_scoring(shape, &parameters)?;
        for &at in &plan.held_out {
            let bag = &bags[at];
            let dimension = bag.dimension as usize;
            let embeddings = BagEmbeddings::new(&bag.embeddings, dimension, HeadPrecision::F32);
            said.push(Said {
                bag: at,
                fold: plan.fold,
                logits: BagLogits::of(&model, &embeddings, &bag.covariates)?,
            });
        }
    }
    Ok(said)
}

fn uncalibrated(draft: &TaskDraft, heads: &[Vec<u8>]) -> TaskFile {
    TaskFile {
        id: draft.id.clone(),
        version: draft.version.clone(),
        encoder: draft.encoder.clone(),
        head: draft.head,
        answers: draft.answers.clone(),
        covariates: draft.covariates.clone(),
        threshold: None,
        temperature: 1.0,
        conformal: None,
        distribution: None,
        admission: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        intended_use: draft.intended_use.clone(),
        heads: heads.iter().map(|head| Sha256Digest::of(head)).collect(),
        training: None,
    }
}

fn calibrate(file: &mut TaskFile, said: &[Said], bags: &[TrainingBag]) {
    let answer = |said: &Said| {
        bags[said.bag]
            .label
            .answer(&file.answers)
            .unwrap_or_default()
    };
    let answers: Vec<usize> = said.iter().map(answer).collect();
    match &file.answers {
        Answers::Detection { .. } => {
            let logits = said
                .iter()
                .map(|said| f64::from(detection_margin(&said.logits.answers)));
            let logits: Vec<f64> = logits.collect();
            let labels: Vec<bool> = answers.iter().map(|&answer| answer == 1).collect();
            file.temperature = temperature(&logits, &labels);
            let calibrated = logits.iter().map(|logit| sigmoid(logit / file.temperature));
            file.threshold = Some(threshold(&calibrated.collect::<Vec<_>>(), &labels));
        }
        Answers::Classes { .. } => {
            let widened =
                |said: &Said| said.logits.answers.iter().copied().map(f64::from).collect();
            let logits: Vec<Vec<f64>> = said.iter().map(widened).collect();
            file.temperature = softmax_temperature(&logits, &answers);
        }
        Answers::Grades { .. } => {
            // One question for each threshold between grades.
            let questions = said.iter().zip(&answers).flat_map(|(said, &answer)| {
                let logits = said
                    .logits
                    .answers
                    .iter()
                    .copied()
                    .map(f64::from)
                    .enumerate();
                logits.map(move |(k, logit)| (logit, answer > k))
            });
            let (logits, labels): (Vec<f64>, Vec<bool>) = questions.unzip();
            file.temperature = temperature(&logits, &labels);
        }
    }
}

/// What the heads that had not learned from a bag say of it together, and the probabilities that
/// metrics are taken of.
fn held_out(file: &TaskFile, said: &[Said]) -> Vec<(HeldOut, Vec<f64>)> {
    let mut bags: Vec<(usize, usize)> = said.iter().map(|said| (said.bag, said.fold)).collect();
    bags.sort_unstable();
    bags.dedup();
    let names = file.answers.names();
    let of_bag = |(bag, fold)| {
        let heads = said.iter().filter(|said| said.bag == bag);
        let each =
            heads.map(|said| probabilities(&file.answers, &said.logits.answers, file.temperature));
        let together = mean(&each.collect::<Vec<_>>());
        let held_out = HeldOut {
            bag,
            fold,
            called: names[verdict(&file.answers, file.threshold, &together).answer].clone(),
            probabilities: of_each_answer(&file.answers, &together),
        };
        (held_out, together)
    };
    bags.into_iter().map(of_bag).collect()
}

fn summary(
    bags: &[TrainingBag],
    draft: &TaskDraft,
    ensemble: &Ensemble,
    (said, held_out): (&[Said], &[(HeldOut, Vec<f64>)]),
    n_epochs: u32,
) -> TrainingSummary {
    let labels: Vec<_> = held_out
        .iter()
        .map(|(one, _)| bags[one.bag].label)
        .collect();
    let probabilities: Vec<_> = held_out
        .iter()
        .map(|(_, together)| together.clone())
        .collect();
    let metric = validate::metric(&draft.answers, &labels, &probabilities);
    let only = |wanted: bool| metric.filter(|_| wanted);
    let kappa = match &draft.answers {
        Answers::Detection { negative, .. } => finding_kappa(bags, negative, said, held_out),
        _ => only(matches!(draft.answers, Answers::Grades { .. })),
    };
    TrainingSummary {
        data: draft.data.clone(),
        n_bags: bags.len() as u32,
        n_validation_bags: held_out.len() as u32,
        epochs: n_epochs,
        seed: ensemble.heads.first().map_or(0, |head| head.seed.0),
        validation_auc: only(matches!(draft.answers, Answers::Detection { .. })),
        validation_kappa: kappa,
        validation_balanced_accuracy: only(matches!(draft.answers, Answers::Classes { .. })),
    }
}

/// Of the grades of findings; a missed one counts as grade 0. `None` where the task grades none.
fn finding_kappa(
    bags: &[TrainingBag],
    negative: &str,
    said: &[Said],
    held_out: &[(HeldOut, Vec<f64>)],
) -> Option<f64> {
    let graded = held_out.iter().filter_map(|(one, _)| {
        let truth = bags[one.bag].label.grade()?;
        let heads = said.iter().filter(|said| said.bag == one.bag);
        let together = mean(&heads.map(|said| exceeded(&said.logits)).collect::<Vec<_>>());
        let found = one.called != negative && !together.is_empty();
        let called = if found {
            grade("", 1, &together).value
        } else {
            0
        };
        Some((usize::from(truth), usize::from(called)))
    });
    let (truth, called): (Vec<usize>, Vec<usize>) = graded.unzip();
    let highest = truth.iter().chain(&called).max()?;
    quadratic_weighted_kappa(&truth, &called, highest + 1)
}

/// Reads back what is to be written, so that no task is that cannot be loaded.
pub(super) fn loaded(trained: &TrainedTask) -> Result<Task, MilError> {
    Task::load(&trained.file.to_json()?, &trained.heads)
}
