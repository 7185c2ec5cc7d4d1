use candle_core::Tensor;
use parameters::Parameters;

use super::abmil::Abmil;
use super::clam_mb::ClamMb;
use super::clam_sb::ClamSb;
use super::dsmil::Dsmil;
use super::dtfd::Dtfd;
use super::max_pool::MaxPool;
use super::mean_mlp::MeanMlp;
use super::mean_pool::MeanPool;
use super::plain_abmil::PlainAbmil;
use super::trans_mil::TransMil;
use super::{BagOutput, HeadConfig};
use crate::MilError;

/// A head with its parameters. Every operation has a gradient, so training and inference share it.
#[derive(Debug)]
pub enum Head {
    GatedAbmil(Abmil),
    MeanPool(MeanPool),
    MaxPool(MaxPool),
    MeanMlp(MeanMlp),
    PlainAbmil(PlainAbmil),
    ClamSb(ClamSb),
    ClamMb(ClamMb),
    Dsmil(Dsmil),
    Dtfd(Dtfd),
    TransMil(TransMil),
}

impl Head {
    /// The head of a weights file.
    ///
    /// # Errors
    /// If the configuration is impossible, or if the file's names and shapes are not those of
    /// [`HeadConfig::declarations`].
    pub fn from_safetensors(config: &HeadConfig, weights: &[u8]) -> Result<Self, MilError> {
        config.check()?;
        let parameters = Parameters::from_safetensors(weights, &config.declarations())?;
        Self::new(config, &parameters)
    }

    /// The head of parameters that may still be trained.
    pub fn new(config: &HeadConfig, parameters: &Parameters) -> Result<Self, MilError> {
        Ok(match *config {
            HeadConfig::GatedAbmil { .. } => Self::GatedAbmil(Abmil::new(config, parameters)?),
            HeadConfig::MeanPool { .. } => Self::MeanPool(MeanPool::new(parameters)?),
            HeadConfig::MaxPool { .. } => Self::MaxPool(MaxPool::new(parameters)?),
            HeadConfig::MeanMlp { .. } => Self::MeanMlp(MeanMlp::new(parameters)?),
            HeadConfig::PlainAbmil { .. } => Self::PlainAbmil(PlainAbmil::new(parameters)?),
            HeadConfig::ClamSb { .. } => Self::ClamSb(ClamSb::new(parameters)?),
            HeadConfig::ClamMb { n_classes, .. } => {
                Self::ClamMb(ClamMb::new(parameters, n_classes)?)
            }
            HeadConfig::Dsmil { query, value, .. } => {
                Self::Dsmil(Dsmil::new(query, value, parameters)?)
            }
            HeadConfig::Dtfd { pseudo_bags, .. } => Self::Dtfd(Dtfd::new(pseudo_bags, parameters)?),
            HeadConfig::TransMil { landmarks, .. } => {
                Self::TransMil(TransMil::new(landmarks, parameters)?)
            }
        })
    }

    /// Embeddings (n, dimension) to the bag's logits and attention.
    ///
    /// # Errors
    /// If the bag is empty or of another dimension.
    pub fn forward(&self, embeddings: &Tensor) -> Result<BagOutput, MilError> {
        if embeddings.dim(0)? == 0 {
            return Err(MilError::EmptyBag);
        }
        Ok(match self {
            Self::GatedAbmil(head) => head.forward(embeddings),
            Self::MeanPool(head) => head.forward(embeddings),
            Self::MaxPool(head) => head.forward(embeddings),
            Self::MeanMlp(head) => head.forward(embeddings),
            Self::PlainAbmil(head) => head.forward(embeddings),
            Self::ClamSb(head) => head.forward(embeddings),
            Self::ClamMb(head) => head.forward(embeddings),
            Self::Dsmil(head) => head.forward(embeddings),
            Self::Dtfd(head) => head.forward(embeddings),
            Self::TransMil(head) => head.forward(embeddings),
        }?)
    }

    /// Severities from which on a grade is more likely than the one below it; none where the head
    /// does not grade.
    pub(crate) fn grade_thresholds(&self) -> Result<Vec<f32>, MilError> {
        match self {
            Self::GatedAbmil(head) => Ok(head.grade_thresholds()?),
            _ => Ok(Vec::new()),
        }
    }
}
