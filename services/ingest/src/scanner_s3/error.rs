use s3s::{S3Error, S3ErrorCode};
use tracing::warn;

use crate::ReceiveError;
use crate::resume::ResumeError;

/// As S3's clients know it: they come again after what is `SlowDown`, `ServiceUnavailable` or
/// `InternalError`, and give up after the rest.
pub(super) fn told(error: ResumeError) -> S3Error {
    let code = code_of(&error);
    let is_ours = matches!(code, S3ErrorCode::InternalError);
    if is_ours {
        let error = &error as &dyn std::error::Error;
        warn!(error, "a scanner's request failed");
        return S3Error::with_message(code, "something went wrong on the server: try again");
    }
    S3Error::with_message(code, error.to_string())
}

fn code_of(error: &ResumeError) -> S3ErrorCode {
    match error {
        ResumeError::Unknown { .. } | ResumeError::Over { .. } => S3ErrorCode::NoSuchUpload,
        ResumeError::TooLarge { .. } | ResumeError::TooLong { .. } => S3ErrorCode::EntityTooLarge,
        ResumeError::Checksum => S3ErrorCode::BadDigest,
        ResumeError::Cut(_) => S3ErrorCode::IncompleteBody,
        ResumeError::TooManyBytes { .. } => S3ErrorCode::SlowDown,
        ResumeError::Joining | ResumeError::Taken | ResumeError::Whole => {
            S3ErrorCode::OperationAborted
        }
        ResumeError::Header { .. }
        | ResumeError::Metadata { .. }
        | ResumeError::ContentType
        | ResumeError::OtherUnderKey
        | ResumeError::Offset { .. }
        | ResumeError::Damaged(_) => S3ErrorCode::InvalidRequest,
        ResumeError::Receive(error) => code_of_received(error),
        ResumeError::Store(_) | ResumeError::Catalog(_) | ResumeError::Stopped(_) => {
            S3ErrorCode::InternalError
        }
    }
}

fn code_of_received(error: &ReceiveError) -> S3ErrorCode {
    match error {
        ReceiveError::Digest { .. } => S3ErrorCode::BadDigest,
        ReceiveError::Full { .. } | ReceiveError::TooManySlides { .. } => S3ErrorCode::SlowDown,
        ReceiveError::Empty
        | ReceiveError::Header { .. }
        | ReceiveError::OtherCase { .. }
        | ReceiveError::LabelKept { .. } => S3ErrorCode::InvalidRequest,
        ReceiveError::Body(_) => S3ErrorCode::IncompleteBody,
        ReceiveError::File(_)
        | ReceiveError::Changed
        | ReceiveError::Store(_)
        | ReceiveError::Catalog(_)
        | ReceiveError::Queue(_) => S3ErrorCode::InternalError,
    }
}
