use flow::{EncoderRef, RegulatoryStatus, Sha256Digest, TaskId, TaskVersion};
use serde::{Deserialize, Serialize};

use crate::answers::Answers;
use crate::task_file::{check_temperature, check_threshold};
use crate::{Admission, Conformal, Distribution, MilError};

/// Longest time a service may be given for one slide, in seconds.
const LONGEST_TIMEOUT_S: u32 = 600;

/// What `task.json` says of a task that is a service.
///
/// It reads no covariates: what is known of a patient does not leave the installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTaskFile {
    pub id: TaskId,
    pub version: TaskVersion,
    /// The encoder whose bags it takes, or by whose bags the tiles are chosen that it takes.
    pub encoder: EncoderRef,
    pub service: ServiceTerms,
    pub answers: Answers,
    /// The call of a detection is positive from this probability on; other answers have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The logits of the service's probabilities are divided by this (Guo et al. 2017); 1 leaves them
    /// as they are.
    #[serde(default = "one")]
    pub temperature: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<Admission>,
    pub regulatory_status: RegulatoryStatus,
    pub intended_use: String,
}

/// Where the service is, and which model must answer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTerms {
    /// `/v1/predict` and `/v1/description` lie below it.
    pub url: String,
    pub takes: Takes,
    /// For one slide, from the first byte sent to the last one read.
    pub timeout_s: u32,
    pub model: ServiceModel,
}

/// What a service is given of a slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// The embeddings, and where their tiles lie.
    Bag,
    /// Where the tiles lie, and leave to fetch pictures of this slide for as long as the job takes.
    Tiles,
}

/// Which model answers, as the service names it. It stands in the task's hash: a service that changes
/// its model is another task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceModel {
    pub name: String,
    pub version: String,
}

impl ServiceTaskFile {
    /// Reads and checks a `task.json`.
    pub fn parse(json: &[u8]) -> Result<Self, MilError> {
        let file: Self = serde_json::from_slice(json)?;
        file.check()?;
        Ok(file)
    }

    /// The digest of the whole file, and so of where the service is and what it says its model is.
    pub fn hash(&self) -> Result<Sha256Digest, MilError> {
        Ok(Sha256Digest::of(&serde_json::to_vec(self)?))
    }

    fn check(&self) -> Result<(), MilError> {
        let wrong = |text: &str| Err(MilError::Config(text.to_owned()));
        self.answers.check_names()?;
        if let Answers::Detection {
            grade_scale: Some(_),
            ..
        } = self.answers
        {
            return wrong("a service that grades answers with grades: `answers` of kind `grades`");
        }
        check_threshold(&self.answers, self.threshold)?;
        check_temperature(self.temperature)?;
        self.service.check()?;
        if let Some(conformal) = &self.conformal {
            conformal.check(&self.answers.names())?;
        }
        if let Some(distribution) = &self.distribution {
            distribution.check(distribution.dimension())?;
        }
        self.admission.as_ref().map_or(Ok(()), Admission::check)
    }
}

impl ServiceTerms {
    fn check(&self) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Config(text));
        if !(1..=LONGEST_TIMEOUT_S).contains(&self.timeout_s) {
            return wrong(format!(
                "service.timeout_s {} is not between 1 and {LONGEST_TIMEOUT_S}",
                self.timeout_s
            ));
        }
        // Its addresses lie below it, and what stands in the file is no place for a key.
        if self.url.contains(['?', '#', '@']) {
            return wrong(
                "service.url has a query, a fragment or a user: keep to the path".to_owned(),
            );
        }
        let ServiceModel { name, version } = &self.model;
        for (field, text) in [("name", name), ("version", version)] {
            if text.trim().is_empty() || text.len() > 100 || text.contains(char::is_control) {
                return wrong(format!(
                    "service.model.{field} needs 1 to 100 characters, as the service's description \
                     has them"
                ));
            }
        }
        Ok(())
    }
}

const fn one() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(change: impl FnOnce(&mut Value)) -> Result<ServiceTaskFile, MilError> {
        let mut json = json!({
            "id": "partner-tumour",
            "version": "2.1.0",
            "encoder": { "name": "an encoder", "hash": "11".repeat(32) },
            "service": {
                "url": "https://models.example/tumour",
                "takes": "bag",
                "timeout_s": 60,
                "model": { "name": "partner", "version": "7" },
            },
            "answers": { "kind": "classes", "names": ["a", "b", "c"] },
            "regulatory_status": "research_use_only",
            "intended_use": "a test",
        });
        change(&mut json);
        ServiceTaskFile::parse(&serde_json::to_vec(&json)?)
    }

    #[test]
    fn a_service_that_changes_its_model_is_another_task() -> Result<(), MilError> {
        let before = parsed(|_| {})?;
        assert_eq!(before.hash()?, parsed(|_| {})?.hash()?);
        let after = parsed(|json| json["service"]["model"]["version"] = json!("8"))?;
        assert_ne!(before.hash()?, after.hash()?);
        assert_eq!(before.temperature, 1.0);
        Ok(())
    }

    #[test]
    fn what_a_service_cannot_be_is_refused() {
        let url = |url: &'static str| move |json: &mut Value| json["service"]["url"] = json!(url);
        for refused in [
            parsed(url("https://models.example/?key=sesame")),
            parsed(url("https://user:sesame@models.example")),
            parsed(|json| json["covariates"] = json!({ "numeric": ["age"] })),
            parsed(|json| json["service"]["key"] = json!("sesame")),
            parsed(|json| json["service"]["timeout_s"] = json!(0)),
            parsed(|json| json["service"]["model"]["name"] = json!("two\nlines")),
            parsed(|json| json["threshold"] = json!(0.5)),
            parsed(|json| json["answers"]["names"] = json!(["a", "a"])),
            parsed(|json| {
                let scale = json!({ "name": "ISUP", "highest": 5 });
                json["answers"] = json!({
                    "kind": "detection", "negative": "no", "positive": "yes", "grade_scale": scale,
                });
                json["threshold"] = json!(0.5);
            }),
        ] {
            let error = refused.expect_err("it is no service");
            assert!(!error.to_string().contains("sesame"), "{error}");
        }
    }
}
