use candle_core::{Device, Tensor};
use flow::{Call, EncoderRef, Grade, Sha256Digest, TaskRef};
use parameters::Parameters;

use crate::bag_scores::BagScores;
use crate::calibration::sigmoid;
use crate::head::{Head, exceedance};
use crate::{MilError, Scores, TaskFile};

/// A task ready to score bags.
#[derive(Debug)]
pub struct Task {
    file: TaskFile,
    reference: TaskRef,
    head: Head,
}

impl Task {
    /// Reads `task.json` and the weights of the head it names.
    ///
    /// # Errors
    /// If the file is impossible, the weights have another sha256, or their names and shapes are
    /// not those of the head.
    pub fn load(task_json: &[u8], head: &[u8]) -> Result<Self, MilError> {
        let file = TaskFile::parse(task_json)?;
        file.head_sha256
            .verify("head", head)
            .map_err(|source| MilError::HeadDigest {
                task: file.id.to_string(),
                source,
            })?;
        let parameters = Parameters::from_safetensors(head, &file.head.declarations())?;
        Ok(Self {
            reference: TaskRef {
                id: file.id.clone(),
                version: file.version.clone(),
                hash: file.hash()?,
            },
            head: Head::new(&file.head, &parameters)?,
            file,
        })
    }

    pub fn reference(&self) -> &TaskRef {
        &self.reference
    }

    pub fn file(&self) -> &TaskFile {
        &self.file
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub fn encoder(&self) -> &EncoderRef {
        &self.file.encoder
    }

    pub fn encoder_hash(&self) -> Sha256Digest {
        self.file.encoder.hash
    }

    /// Scores a bag of `n * dimension` values, one instance after another.
    ///
    /// # Errors
    /// If the bag is empty, of another dimension, or not finite.
    pub fn score(&self, embeddings: &[f32], dimension: u32) -> Result<Scores, MilError> {
        let n_instances = self.check(embeddings, dimension)?;
        let shape = (n_instances, dimension as usize);
        let embeddings = Tensor::from_slice(embeddings, shape, &Device::Cpu)?;

        let scores = BagScores::of(&self.head, &embeddings)?;
        let probability = self.probability(f64::from(scores.logit));
        let is_positive = probability >= self.file.threshold;
        Ok(Scores {
            probability,
            threshold: self.file.threshold,
            call: self.call(is_positive),
            grade: match scores.grade_logits {
                Some(logits) if is_positive => self.grade(&logits),
                _ => None,
            },
            attention: scores.attention,
            tile_probability: scores
                .tile_logits
                .into_iter()
                .map(|logit| self.probability(f64::from(logit)) as f32)
                .collect(),
        })
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

    /// Calibrated.
    pub(crate) fn probability(&self, logit: f64) -> f64 {
        sigmoid(logit / self.file.temperature)
    }

    fn call(&self, is_positive: bool) -> Call {
        let classes = &self.file.classes;
        let label = if is_positive {
            &classes.positive
        } else {
            &classes.negative
        };
        Call {
            label: label.clone(),
            is_positive,
        }
    }

    /// Of the logits of P(grade > k).
    pub(crate) fn grade(&self, logits: &[f32]) -> Option<Grade> {
        let scale = self.file.grade_scale.as_ref()?;
        let exceedance = exceedance(logits);
        Some(Grade {
            scale: scale.name.clone(),
            value: exceedance.iter().filter(|&&p| p >= 0.5).count() as u8,
            expected: exceedance.iter().sum(),
            exceedance,
        })
    }
}
