use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

type Cause = Box<dyn StdError + Send + Sync>;

/// What went wrong between this machine and S3, and what to do about it.
#[derive(Debug, Error)]
pub enum S3Error {
    #[error(
        "{server} does not answer: check that it runs and can be reached from this machine, then \
         try again"
    )]
    Unreachable {
        server: String,
        #[source]
        source: Cause,
    },
    #[error("{server} is overloaded or broken ({code}): look at its logs, then try again")]
    Busy {
        server: String,
        code: String,
        #[source]
        source: Cause,
    },
    #[error("{server} has no room left ({code}): free some or raise the quota")]
    Full {
        server: String,
        code: String,
        #[source]
        source: Cause,
    },
    #[error("{server} has no bucket of this name: create it, or name another")]
    NoBucket {
        server: String,
        #[source]
        source: Cause,
    },
    #[error(
        "{server} forbids it ({code}): check the access key, what it may do (S3Config says what it \
         must), and this machine's clock"
    )]
    Forbidden {
        server: String,
        code: String,
        #[source]
        source: Cause,
    },
    #[error("there are no usable credentials: give an access key, or this machine a role")]
    NoCredentials {
        #[source]
        source: Cause,
    },
    #[error(
        "what was to be sent to {server} cannot be read: check the disk of the scratch folder, then \
         try again"
    )]
    NotSent {
        server: String,
        #[source]
        source: Cause,
    },
    #[error(
        "the bytes did not reach {server} as they were sent ({code}), nothing was stored: try again"
    )]
    Garbled {
        server: String,
        code: String,
        #[source]
        source: Cause,
    },
    #[error("{server} answered what was not expected ({code}): check its address and region")]
    Unexpected {
        server: String,
        code: String,
        #[source]
        source: Cause,
    },
    #[error("{server} answered {what}: it does not keep to the S3 protocol, use another server")]
    NotS3 { server: String, what: &'static str },
}

/// What S3 answered with an error.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Such as `NoSuchKey`; empty where the answer has no body.
    pub(super) code: String,
}

impl Answer {
    /// `None` if there was no answer.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Option<Self>
    where
        E: ProvideErrorMetadata,
    {
        let status = error.raw_response()?.status().as_u16();
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        Some(Self {
            status,
            code: code.unwrap_or_default().to_owned(),
        })
    }
}

impl S3Error {
    pub(super) fn of<E>(server: &str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        if let Some(answer) = Answer::of(&error).filter(|_| !broke_off(&error)) {
            return Self::answered(server.to_owned(), &answer, error.into());
        }
        if is_caused_by::<CredentialsError>(&error) {
            let source = error.into();
            return Self::NoCredentials { source };
        }
        if is_ours(&error) {
            let (server, source) = (server.to_owned(), error.into());
            return Self::NotSent { server, source };
        }
        Self::unreachable(server, error)
    }

    pub(super) fn unreachable(server: &str, source: impl Into<Cause>) -> Self {
        Self::Unreachable {
            server: server.to_owned(),
            source: source.into(),
        }
    }

    fn answered(server: String, answer: &Answer, source: Cause) -> Self {
        let code = match answer.code.as_str() {
            "" => answer.status.to_string(),
            code => format!("{} {code}", answer.status),
        };
        match (answer.status, answer.code.as_str()) {
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull") => Self::Full {
                server,
                code,
                source,
            },
            (404, "NoSuchBucket") => Self::NoBucket { server, source },
            (401 | 403, _) => Self::Forbidden {
                server,
                code,
                source,
            },
            (_, "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch") => Self::Garbled {
                server,
                code,
                source,
            },
            // 409 is a conflict with another writer that did not end.
            (409 | 429 | 500.., _) => Self::Busy {
                server,
                code,
                source,
            },
            _ => Self::Unexpected {
                server,
                code,
                source,
            },
        }
    }
}

/// Did the connection end before the answer did?
fn broke_off<E: StdError + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ResponseError(_))
        && (is_caused_by::<hyper::Error>(error) || is_caused_by::<io::Error>(error))
}

/// Did it fail before anything could go out?
fn is_ours<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_user(),
        _ => false,
    }
}

fn is_caused_by<C: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    let mut causes = successors(Some(error), |&error| error.source());
    causes.any(|error| error.is::<C>())
}
