use flow::{Abstention, EncoderRef, Sha256Digest, TaskRef};

use super::calibrated::calibrated;
use super::{AnswerFault, Declined, ServiceAnswer, ServiceTaskFile};
use crate::abstain::{BagMean, Checks, SlideFacts, abstention};
use crate::probabilities::{of_each_answer, verdict};
use crate::{MilError, Scores};

/// A task whose model answers elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceTask {
    file: ServiceTaskFile,
    reference: TaskRef,
}

impl ServiceTask {
    /// Of a checked file.
    pub fn new(file: ServiceTaskFile) -> Result<Self, MilError> {
        let reference = TaskRef {
            id: file.id.clone(),
            version: file.version.clone(),
            hash: file.hash()?,
        };
        Ok(Self { file, reference })
    }

    /// The same task for the bags of another encoder, as [`crate::Task::with_encoder`].
    pub fn with_encoder(&self, encoder: EncoderRef) -> Result<Self, MilError> {
        Self::new(ServiceTaskFile {
            encoder,
            ..self.file.clone()
        })
    }

    pub const fn reference(&self) -> &TaskRef {
        &self.reference
    }

    pub const fn file(&self) -> &ServiceTaskFile {
        &self.file
    }

    pub const fn encoder_hash(&self) -> Sha256Digest {
        self.file.encoder.hash
    }

    /// What the task says by an answer of its service to `job`, about a bag of so many instances.
    /// Attention and probabilities of tiles are empty where the service gives none.
    ///
    /// # Errors
    /// If the answer is of another job or model, or is not one that the task can give.
    pub fn scores(
        &self,
        job: &str,
        answer: &ServiceAnswer,
        n_instances: usize,
    ) -> Result<Scores, AnswerFault> {
        let file = &self.file;
        answer.check_origin(job, &file.service.model)?;
        let said = answer.of_each(&file.answers.names())?;
        let attention = answer.shares(n_instances)?;
        let tile_probability = answer.of_tiles(n_instances)?;
        let probabilities = calibrated(&file.answers, &said, file.temperature);
        let verdict = verdict(&file.answers, file.threshold, &probabilities);
        let each = of_each_answer(&file.answers, &probabilities);
        Ok(Scores {
            probability: verdict.probability,
            threshold: verdict.threshold,
            grade: verdict.grade,
            call: verdict.call,
            class_probabilities: verdict.class_probabilities,
            answer: verdict.answer,
            set: file
                .conformal
                .as_ref()
                .map(|conformal| conformal.set(&each)),
            answer_probabilities: each,
            attention,
            tile_probability,
        })
    }

    /// Why the scores of a bag are not to be taken as an answer, if they are not: by the slide and its
    /// bag as for any task, or because the service gave none.
    ///
    /// # Errors
    /// If what is known of the training slides is of another encoder's bags.
    pub fn abstention(
        &self,
        slide: &SlideFacts,
        (embeddings, dimension): (&[f32], u32),
        declined: Option<&Declined>,
        scores: &Scores,
    ) -> Result<Option<Abstention>, MilError> {
        let file = &self.file;
        if let Some(distribution) = &file.distribution
            && distribution.dimension() != dimension
        {
            return Err(MilError::Dimension {
                found: dimension,
                expected: distribution.dimension(),
                encoder: file.encoder.name.clone(),
                hash: file.encoder.hash,
            });
        }
        let checks = Checks {
            admission: file.admission.as_ref(),
            covariates: None,
            distribution: file.distribution.as_ref(),
        };
        let bag = BagMean::of(embeddings, dimension);
        Ok(match declined {
            // Even shares would leave it open anyway: the service's own words say more.
            Some(declined) => {
                let words = declined.reason.clone();
                abstention(checks, slide, &bag, None).or(Some(Abstention::Declined { words }))
            }
            None => abstention(checks, slide, &bag, scores.set.as_ref()),
        })
    }
}
