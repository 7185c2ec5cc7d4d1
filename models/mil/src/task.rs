use std::sync::Arc;

use flow::{Abstention, EncoderRef, HeadPrecision, Sha256Digest, TaskRef};
use parameters::Parameters;
use rayon::prelude::*;

use crate::abstain::{BagMean, Checks, SlideFacts, abstention};
use crate::answers::Answers;
use crate::bag_embeddings::BagEmbeddings;
use crate::bag_scores::BagScores;
use crate::covariates::{CovariatePlan, Covariates};
use crate::model::Model;
use crate::probabilities::{exceeded, grade, mean, of_each_answer, probabilities, verdict};
use crate::{HeadConfig, MilError, Scores, TaskFile};

/// A task ready to score bags.
#[derive(Debug)]
pub struct Task {
    file: Arc<TaskFile>,
    reference: TaskRef,
    /// At least one.
    heads: Arc<[Model]>,
    precision: HeadPrecision,
}

impl Task {
    /// Reads `task.json` and the weights of the heads it names, in its order. They multiply in f32.
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
            file: file.into(),
            precision: HeadPrecision::F32,
        })
    }

    /// The same task for the bags of another encoder, which must embed alike: the same weights at
    /// another mpp. Its hash is another one too.
    pub fn with_encoder(&self, encoder: EncoderRef) -> Result<Self, MilError> {
        let file = TaskFile {
            encoder,
            ..TaskFile::clone(&self.file)
        };
        let hash = file.hash()?;
        Ok(Self {
            reference: TaskRef {
                hash,
                ..self.reference.clone()
            },
            heads: Arc::clone(&self.heads),
            file: file.into(),
            precision: self.precision,
        })
    }

    /// The same task with heads that multiply in `precision`. Only gated attention knows another
    /// than f32; all other heads stay as they are.
    pub fn in_precision(&self, precision: HeadPrecision) -> Self {
        Self {
            file: Arc::clone(&self.file),
            reference: self.reference.clone(),
            heads: Arc::clone(&self.heads),
            precision: match self.file.head {
                HeadConfig::GatedAbmil { .. } => precision,
                _ => HeadPrecision::F32,
            },
        }
    }

    /// What its heads multiply in.
    pub fn precision(&self) -> HeadPrecision {
        self.precision
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
        self.check(embeddings, dimension)?;
        self.check_covariates(covariates)?;
        let embeddings = self.embeddings(embeddings);
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
        let verdict = verdict(&self.file.answers, self.file.threshold, &together);
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
        head.tiles()
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
        let checks = Checks {
            admission: self.file.admission.as_ref(),
            covariates: self.file.covariates.as_ref(),
            distribution: self.file.distribution.as_ref(),
        };
        abstention(checks, slide, &bag, scores.set.as_ref())
    }

    /// A bag of the task's dimension, as its heads read it.
    pub(crate) fn embeddings<'a>(&self, values: &'a [f32]) -> BagEmbeddings<'a> {
        let dimension = self.file.head.dimension() as usize;
        BagEmbeddings::new(values, dimension, self.precision)
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
        match first_not_finite(embeddings) {
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

/// Values that are looked at together, which a processor does many at a time where none of them is
/// a reason to stop.
const LOOKED_AT: usize = 4096;

fn first_not_finite(values: &[f32]) -> Option<usize> {
    let is_not = |value: &f32| !value.is_finite();
    let has_any = |values: &[f32]| values.iter().fold(false, |any, value| any | is_not(value));
    let found = values.par_chunks(LOOKED_AT).position_first(has_any)? * LOOKED_AT;
    let at = values[found..].iter().position(is_not)?;
    Some(found + at)
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
