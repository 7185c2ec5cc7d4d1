use chrono::{DateTime, Utc};
use flow::CaseId;

/// That a person signed, and what they said of the slide.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    pub case: CaseId,
    /// Of the case, from 1.
    pub version: u32,
    pub signer: String,
    pub signed_at: DateTime<Utc>,
    pub finding: SignedFinding,
}

/// In the task's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFinding {
    pub label: String,
    pub grade: Option<u8>,
}
