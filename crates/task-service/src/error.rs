use std::io;

use egress::{ClientError, SendError, TargetError};
use hyper::StatusCode;
use mil::{AnswerFault, MilError};
use safetensors::SafeTensorError;
use thiserror::Error;

/// Why a service gave no answer that counts. It does not say where the service is, nor what it wrote.
#[derive(Debug, Error)]
pub enum ServiceError {
    #[error("the service cannot be reached")]
    NotReached(#[source] SendError),
    #[error("the service did not answer within {seconds} s (`timeout_s` of its task.json)")]
    TooLate { seconds: u32 },
    #[error("the service answered {status}: it is asked again later")]
    Busy { status: StatusCode },
    #[error("the service is not asked for {seconds} s, for it failed a moment ago")]
    Paused { seconds: u64 },
    #[error("the service refused the request with {status}")]
    Refused { status: StatusCode },
    #[error(
        "the service answered {status}, a redirect, and these are not followed: correct its `url`"
    )]
    Redirected { status: StatusCode },
    #[error("the service answered {status} where 200 was due")]
    Status { status: StatusCode },
    #[error("the service's answer is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the connection broke within the service's answer")]
    Broken,
    #[error("the service's answer is wrong")]
    Answer(#[from] AnswerFault),
    #[error("the service's `url` cannot be used")]
    Url(#[from] TargetError),
    #[error("the service's key cannot be read from the folder of keys")]
    Key(#[source] io::Error),
    #[error("the service's key is no text for a header: write the key alone into its file")]
    KeyText,
    #[error(
        "the task takes tiles, and how services reach this installation was not said: start it with \
         --task-service-pictures and the address that serves its tiles"
    )]
    NoPictures,
    #[error("requests cannot be sent")]
    Client(#[from] ClientError),
    #[error("the request cannot be written")]
    Request(#[source] serde_json::Error),
    #[error("the bag cannot be written")]
    Body(#[source] SafeTensorError),
    #[error(transparent)]
    Task(#[from] MilError),
}

impl ServiceError {
    /// With what caused it, on one line.
    pub fn in_words(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        words
    }

    /// Whether the same question may have an answer later: the service is away, or busy, or was put in
    /// another's place. What else is wrong stays so until somebody mends the service or the task.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::NotReached(_)
                | Self::TooLate { .. }
                | Self::Busy { .. }
                | Self::Paused { .. }
                | Self::Broken
        )
    }
}
