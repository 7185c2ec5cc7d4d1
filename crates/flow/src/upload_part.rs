use std::fmt;

use crate::UploadId;

/// Names one part of a file that comes in piece by piece. No name is ever given twice: a request
/// that writes has a number of its own, and numbers its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadPart {
    pub upload: UploadId,
    /// Which of the requests that wrote to the upload.
    pub writer: u32,
    /// Which of that request's parts, from 0.
    pub index: u32,
}

impl fmt::Display for UploadPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:05}-{:05}", self.upload, self.writer, self.index)
    }
}
