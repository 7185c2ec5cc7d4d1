use std::sync::Arc;

use candle_core::{Device, Tensor};
use flow::{Abstention, EncoderRef, Sha256Digest, TaskRef};
use parameters::Parameters;

use crate::abstain::{BagMean, SlideFacts, abstention};
use crate::answers::Answers;
use crate::bag_scores::BagScores;
use crate::covariates::{CovariatePlan, Covariates};
use crate::model::Model;
use crate::probabilities::{exceeded, grade, mean, of_each_answer, probabilities, verdict};
use crate::{MilError, Scores, TaskFile};

/// A task ready to score bags.
#[derive(Debug)]
pub struct Task {
    file: TaskFile,
    reference: TaskRef,
    /// At least one.
    heads: Arc<[Model]>,
}

impl Task {
    /// Reads `task.json` and the weights of the heads it names, in its order.
    ///
    /// # Errors
    /// If the file is impossible, the weights have another sha256, or their names and shapes are
    /// not those of the head.
    pub fn load(task_json: &[u8], heads: &[impl AsRef<[u8]>]) -> Result<Self, MilError> {
        let file = TaskFile::parse(task_json)?;
        if heads.len() != file.heads.len() {
            return Err(MilError::Config(format!(
                "it names {} heads, {} are there",
                file.heads.len(),
                heads.len()
            )));
        }
        let pairs = file.heads.iter().zip(heads);
        let models = pairs.map(|(digest, weights)| model(&file, digest, weights.as_ref()));
        Ok(Self {
            reference: TaskRef {
                id: file.id.clone(),
                version: file.version.clone(),
                hash: file.hash()?,
            },
            heads: models.collect::<Result<Vec<_>, _>>()?.into(),
            file,
        })
    }

    /// The same task for the bags of another encoder, which must embed alike: the same weights at
    /// another mpp. Its hash is another one too.
    pub fn with_encoder(&self, encoder: EncoderRef) -> Result<Self, MilError> {
        let file = TaskFile {
            encoder,
            ..self.file.clone()
        };
        let hash = file.hash()?;
        Ok(Self {
            reference: TaskRef {
                hash,
                ..self.reference.clone()
            },
            heads: Arc::clone(&self.heads),
            file,
        })
    }

    pub fn reference(&self) -> &TaskRef {
        &self.reference
    }

    pub fn file(&self) -> &TaskFile {
        &self.file
    }

    /// At least one.
    pub(crate) fn heads(&self) -> &[Model] {
        &self.heads
    }

    pub fn encoder(&self) -> &EncoderRef {
        &self.file.encoder
    }

    pub fn encoder_hash(&self) -> Sha256Digest {
        self.file.encoder.hash
    }

    /// Scores a bag of `n * dimension` values, one instance after another, of a slide whose
    /// covariates are not known.
    ///
    /// # Errors
    /// If the bag is empty, of another dimension, or not finite.
    pub fn score(&self, embeddings: &[f32], dimension: u32) -> Result<Scores, MilError> {
        let unknown = self.file.covariates.as_ref().map(CovariatePlan::unknown);
        self.score_knowing(embeddings, dimension, &unknown.unwrap_or_default())
    }

    /// Scores a bag with what else is known of the slide.
    ///
    /// # Errors
    /// Those of [`Task::score`], and covariates that the task does not read.
    pub fn score_knowing(
        &self,
        embeddings: &[f32],
        dimension: u32,
        covariates: &Covariates,
    ) -> Result<Scores, MilError> {
        let n_instances = self.check(embeddings, dimension)?;
        self.check_covariates(covariates)?;
        let shape = (n_instances, dimension as usize);
        let embeddings = Tensor::from_slice(embeddings, shape, &Device::Cpu)?;
        let heads = self.heads.iter();
        let of_heads = heads.map(|head| BagScores::of(head, &embeddings, covariates));
        Ok(self.joined(&of_heads.collect::<Result<Vec<_>, _>>()?))
    }

    /// What the heads say together: the mean of their probabilities.
    fn joined(&self, heads: &[BagScores]) -> Scores {
        let bag = heads
            .iter()
            .map(|head| self.probabilities(&head.bag.answers));
        let together = mean(&bag.collect::<Vec<_>>());
        let verdict = verdict(&self.file, &together);
        let each = of_each_answer(&self.file.answers, &together);
        let conformal = self.file.conformal.as_ref();
        let attended = self.attended(verdict.answer);
        let attention = heads
            .iter()
            .map(|head| head.attention_for(attended).to_vec());
        let tiles = heads.iter().map(|head| self.tiles(head, verdict.answer));
        Scores {
            probability: verdict.probability,
            threshold: verdict.threshold,
            grade: match verdict.call.is_positive {
                true => verdict.grade.or_else(|| self.detected_grade(heads)),
                false => verdict.grade,
            },
            call: verdict.call,
            class_probabilities: verdict.class_probabilities,
            answer: verdict.answer,
            set: conformal.map(|conformal| conformal.set(&each)),
            answer_probabilities: each,
            attention: mean_of_tiles(attention),
            tile_probability: mean_of_tiles(tiles),
        }
    }

    /// The map of attention that shows an answer. Of a detection's two maps it is always the
    /// positive one, which comes last.
    fn attended(&self, answer: usize) -> usize {
        match self.file.answers {
            Answers::Detection { .. } => usize::MAX,
            Answers::Classes { .. } | Answers::Grades { .. } => answer,
        }
    }

    /// Each tile's probability: of the finding, of the class that is called, or of a grade above
    /// the lowest.
    fn tiles(&self, head: &BagScores, answer: usize) -> Vec<f32> {
        let at = match self.file.answers {
            Answers::Classes { .. } => answer,
            Answers::Detection { .. } | Answers::Grades { .. } => 0,
        };
        let tiles = head.tile_logits.iter();
        tiles
            .map(|logits| self.probabilities(logits)[at] as f32)
            .collect()
    }

    /// The grade of a finding.
    fn detected_grade(&self, heads: &[BagScores]) -> Option<flow::Grade> {
        let Answers::Detection {
            grade_scale: Some(scale),
            ..
        } = &self.file.answers
        else {
            return None;
        };
        let exceeded = heads.iter().map(|head| exceeded(&head.bag));
        Some(grade(&scale.name, 1, &mean(&exceeded.collect::<Vec<_>>())))
    }

    fn probabilities(&self, logits: &[f32]) -> Vec<f64> {
        probabilities(&self.file.answers, logits, self.file.temperature)
    }

    /// Why the scores of a bag are not to be taken as an answer, if they are not.
    pub fn abstention(
        &self,
        slide: &SlideFacts,
        embeddings: &[f32],
        scores: &Scores,
    ) -> Option<Abstention> {
        let bag = BagMean::of(embeddings, self.file.head.dimension());
        abstention(&self.file, slide, &bag, scores.set.as_ref())
    }

    pub(crate) fn check_covariates(&self, slide: &Covariates) -> Result<(), MilError> {
        match &self.file.covariates {
            Some(plan) => plan.check_slide(slide),
            None => Ok(()),
        }
    }

    pub(crate) fn check(&self, embeddings: &[f32], dimension: u32) -> Result<usize, MilError> {
        let expected = self.file.head.dimension();
        if dimension != expected {
            return Err(MilError::Dimension {
                found: dimension,
                expected,
                encoder: self.file.encoder.name.clone(),
                hash: self.file.encoder.hash,
            });
        }
        let (n_values, width) = (embeddings.len(), dimension as usize);
        if n_values == 0 {
            return Err(MilError::EmptyBag);
        }
        if !n_values.is_multiple_of(width) {
            return Err(MilError::Ragged {
                n_values,
                dimension,
            });
        }
        match embeddings.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(MilError::NotFinite { index: at / width }),
            None => Ok(n_values / width),
        }
    }
}

fn model(file: &TaskFile, digest: &Sha256Digest, weights: &[u8]) -> Result<Model, MilError> {
    digest
        .verify("head", weights)
        .map_err(|source| MilError::HeadDigest {
            task: file.id.to_string(),
            source,
        })?;
    let shape = file.shape();
    let parameters = Parameters::from_safetensors(weights, &shape.declarations())?;
    Model::for_scoring(shape, &parameters)
}

/// Values of one head stay as they are.
fn mean_of_tiles(mut of_heads: impl ExactSizeIterator<Item = Vec<f32>>) -> Vec<f32> {
    let n_heads = of_heads.len() as f32;
    let first = of_heads.next().unwrap_or_default();
    let sum = of_heads.fold(first, |mut sum, values| {
        for (sum, value) in sum.iter_mut().zip(values) {
            *sum += value;
        }
        sum
    });
    sum.into_iter().map(|sum| sum / n_heads).collect()
}
