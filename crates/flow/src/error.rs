use thiserror::Error;

/// What can be wrong with a value that claims to be one of ours.
#[derive(Debug, Error)]
pub enum FlowError {
    #[error("{what} `{given}` is not valid: {expected}")]
    Parse {
        what: &'static str,
        given: String,
        expected: &'static str,
    },
    #[error("the {what} is damaged: {detail}")]
    Damaged {
        what: &'static str,
        detail: &'static str,
    },
    #[error("the {what} has format version {found}, this build reads version {supported}")]
    Version {
        what: &'static str,
        found: u32,
        supported: u32,
    },
    #[error("the {what} does not match its sha256: expected {expected}, found {found}")]
    DigestMismatch {
        what: &'static str,
        expected: String,
        found: String,
    },
}

impl FlowError {
    pub(crate) fn parse(what: &'static str, given: &str, expected: &'static str) -> Self {
        // A hostile value must not fill a log line.
        let given = given.chars().take(80).collect();
        Self::Parse {
            what,
            given,
            expected,
        }
    }

    pub(crate) fn damaged(what: &'static str, detail: &'static str) -> Self {
        Self::Damaged { what, detail }
    }
}
