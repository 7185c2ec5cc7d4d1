use std::sync::Arc;

use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskRef, TaskVersion};
use serde::Deserialize;

use crate::answers::Answers;
use crate::covariates::CovariatePlan;
use crate::{MilError, ServiceTask, ServiceTaskFile, Task, TaskFile, TrainingSummary};

/// What a `task.json` says: of heads whose weights lie beside it, or of a service.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyTaskFile {
    Heads(Box<TaskFile>),
    Service(Box<ServiceTaskFile>),
}

/// A task ready to score bags, here or elsewhere. Clones are cheap.
#[derive(Clone, Debug)]
pub enum AnyTask {
    Heads(Arc<Task>),
    Service(Arc<ServiceTask>),
}

/// The member that tells one from the other.
#[derive(Deserialize)]
struct HasService {
    service: Option<serde::de::IgnoredAny>,
}

impl AnyTaskFile {
    /// Reads and checks a `task.json`.
    pub fn parse(json: &[u8]) -> Result<Self, MilError> {
        let HasService { service } = serde_json::from_slice(json)?;
        Ok(match service {
            Some(_) => Self::Service(Box::new(ServiceTaskFile::parse(json)?)),
            None => Self::Heads(Box::new(TaskFile::parse(json)?)),
        })
    }

    pub fn hash(&self) -> Result<Sha256Digest, MilError> {
        match self {
            Self::Heads(file) => file.hash(),
            Self::Service(file) => file.hash(),
        }
    }

    pub fn id(&self) -> &TaskId {
        match self {
            Self::Heads(file) => &file.id,
            Self::Service(file) => &file.id,
        }
    }

    pub fn version(&self) -> &TaskVersion {
        match self {
            Self::Heads(file) => &file.version,
            Self::Service(file) => &file.version,
        }
    }

    pub fn encoder(&self) -> &EncoderRef {
        match self {
            Self::Heads(file) => &file.encoder,
            Self::Service(file) => &file.encoder,
        }
    }

    pub fn answers(&self) -> &Answers {
        match self {
            Self::Heads(file) => &file.answers,
            Self::Service(file) => &file.answers,
        }
    }

    /// Of a detection.
    pub fn threshold(&self) -> Option<f64> {
        match self {
            Self::Heads(file) => file.threshold,
            Self::Service(file) => file.threshold,
        }
    }

    pub fn intended_use(&self) -> &str {
        match self {
            Self::Heads(file) => &file.intended_use,
            Self::Service(file) => &file.intended_use,
        }
    }

    /// How a service came to be is not known here.
    pub fn training(&self) -> Option<&TrainingSummary> {
        match self {
            Self::Heads(file) => file.training.as_ref(),
            Self::Service(_) => None,
        }
    }
}

impl AnyTask {
    pub fn reference(&self) -> &TaskRef {
        match self {
            Self::Heads(task) => task.reference(),
            Self::Service(task) => task.reference(),
        }
    }

    /// Names of the weights beside `task.json`; none of a service.
    pub fn head_names(&self) -> Vec<String> {
        match self {
            Self::Heads(task) => task.file().head_names(),
            Self::Service(_) => Vec::new(),
        }
    }

    pub fn encoder_hash(&self) -> Sha256Digest {
        match self {
            Self::Heads(task) => task.encoder_hash(),
            Self::Service(task) => task.encoder_hash(),
        }
    }

    pub fn answers(&self) -> &Answers {
        match self {
            Self::Heads(task) => &task.file().answers,
            Self::Service(task) => &task.file().answers,
        }
    }

    /// What it reads beside the slide; a service reads nothing.
    pub fn covariates(&self) -> Option<&CovariatePlan> {
        match self {
            Self::Heads(task) => task.file().covariates.as_ref(),
            Self::Service(_) => None,
        }
    }

    pub fn regulatory_status(&self) -> RegulatoryStatus {
        match self {
            Self::Heads(task) => task.file().regulatory_status,
            Self::Service(task) => task.file().regulatory_status,
        }
    }

    /// The same task for the bags of another encoder, which must embed alike.
    pub fn with_encoder(&self, encoder: EncoderRef) -> Result<Self, MilError> {
        Ok(match self {
            Self::Heads(task) => task.with_encoder(encoder)?.into(),
            Self::Service(task) => task.with_encoder(encoder)?.into(),
        })
    }
}

impl From<Task> for AnyTask {
    fn from(task: Task) -> Self {
        Self::Heads(Arc::new(task))
    }
}

impl From<ServiceTask> for AnyTask {
    fn from(task: ServiceTask) -> Self {
        Self::Service(Arc::new(task))
    }
}
