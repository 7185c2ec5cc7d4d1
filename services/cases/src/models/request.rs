use catalog::{Model, ModelTarget, NewModel};
use evaluation::Criteria;
use flow::{EncoderRef, Sha256Digest, TaskId, TaskRef, TaskVersion};
use http::ApiError;
use serde::Deserialize;

/// Longest reason or name, in characters.
const LONGEST: usize = 1_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    model: Named,
    criteria: Criteria,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Named {
    Task {
        id: TaskId,
        version: TaskVersion,
        hash: Sha256Digest,
        encoder: Sha256Digest,
    },
    Encoder {
        name: String,
        hash: Sha256Digest,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sending {
    pub(super) state: ModelTarget,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollingBack {
    reason: String,
}

impl Registration {
    pub(super) fn read(self) -> Result<NewModel, ApiError> {
        let criteria = serde_json::to_value(&self.criteria).map_err(ApiError::internal)?;
        let model = match self.model {
            Named::Task {
                id,
                version,
                hash,
                encoder,
            } => Model::Task {
                task: TaskRef { id, version, hash },
                encoder: Some(encoder),
            },
            Named::Encoder { name, hash } => {
                require_words("name", &name)?;
                Model::Encoder(EncoderRef { name, hash })
            }
        };
        Ok(NewModel { model, criteria })
    }
}

impl Sending {
    pub(super) fn reason(&self) -> Result<&str, ApiError> {
        require_words("reason", &self.reason)?;
        Ok(&self.reason)
    }
}

impl RollingBack {
    pub(super) fn reason(&self) -> Result<&str, ApiError> {
        require_words("reason", &self.reason)?;
        Ok(&self.reason)
    }
}

/// Of one line.
pub(crate) fn require_words(what: &str, text: &str) -> Result<(), ApiError> {
    let is_told = !text.trim().is_empty() && text.chars().count() <= LONGEST;
    match is_told && !text.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(ApiError::unprocessable(format!(
            "give a {what} of 1 to {LONGEST} characters in one line"
        ))),
    }
}
