use candle_core::{Device, Tensor};
use flow::{Call, EncoderRef, Grade, Sha256Digest, TaskRef};
use parameters::Parameters;

use crate::calibration::sigmoid;
use crate::head::{Abmil, exceedance};
use crate::{MilError, Scores, TaskFile};

/// A task ready to score bags.
#[derive(Debug)]
pub struct Task {
    file: TaskFile,
    reference: TaskRef,
    head: Abmil,
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
            head: Abmil::new(&file.head, &parameters)?,
            file,
        })
    }

    pub fn reference(&self) -> &TaskRef {
        &self.reference
    }

    pub fn file(&self) -> &TaskFile {
        &self.file
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

        let instances = self.head.instances(&embeddings)?;
        let attention = softmax(&instances.scores.to_vec1()?);
        let weights = Tensor::from_slice(&attention, n_instances, &Device::Cpu)?;
        let pooled = instances.pooled(&weights)?;

        let logit = self.head.detection(&pooled)?.to_vec1::<f32>()?[0];
        let tile_logits = self.head.detection(&instances.hidden)?.to_vec1::<f32>()?;
        let probability = self.probability(logit);
        let is_positive = probability >= self.file.threshold;
        Ok(Scores {
            probability,
            threshold: self.file.threshold,
            call: self.call(is_positive),
            grade: if is_positive {
                self.grade(&pooled)?
            } else {
                None
            },
            attention,
            tile_probability: tile_logits
                .into_iter()
                .map(|logit| self.probability(logit) as f32)
                .collect(),
        })
    }

    fn check(&self, embeddings: &[f32], dimension: u32) -> Result<usize, MilError> {
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

    fn probability(&self, logit: f32) -> f64 {
        sigmoid(f64::from(logit) / self.file.temperature)
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

    fn grade(&self, pooled: &Tensor) -> Result<Option<Grade>, MilError> {
        let (Some(scale), Some(logits)) = (&self.file.grade_scale, self.head.grade(pooled)?) else {
            return Ok(None);
        };
        let exceedance = exceedance(&logits.to_vec1()?);
        Ok(Some(Grade {
            scale: scale.name.clone(),
            value: exceedance.iter().filter(|&&p| p >= 0.5).count() as u8,
            expected: exceedance.iter().sum(),
            exceedance,
        }))
    }
}

/// Summed in f64: a hundred thousand shares still add up to 1.
fn softmax(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shares = scores.iter().map(|&score| f64::from(score - highest).exp());
    let total: f64 = shares.clone().sum();
    shares.map(|share| (share / total) as f32).collect()
}
