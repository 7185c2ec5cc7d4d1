use flow::Sha256Digest;
use mil::{AnswerFault, ServiceModel, ServiceTask, Takes};
use serde::Deserialize;

use crate::job::CONTRACT;

/// What a service says of itself. It may say more, which nobody reads.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Description {
    pub contract: u32,
    pub model: ServiceModel,
    pub takes: Takes,
    /// The hash of the encoder whose bags it takes, and the number of values in an embedding.
    #[serde(default)]
    pub encoder: Option<Sha256Digest>,
    #[serde(default)]
    pub dimension: Option<u32>,
    pub answers: Vec<String>,
    pub intended_use: String,
}

impl Description {
    /// What of it is not as the task says.
    pub(crate) fn faults(&self, task: &ServiceTask) -> Vec<AnswerFault> {
        let file = task.file();
        let (terms, names) = (&file.service, file.answers.names());
        let mut faults = Vec::new();
        let mut check = |field: &str, is_right: bool, problem: String| {
            if !is_right {
                faults.push(AnswerFault::new(field, problem));
            }
        };
        let of_task = |what: &str| format!("is not that of the task, {what}");
        let (name, version) = (&terms.model.name, &terms.model.version);
        check(
            "contract",
            self.contract == CONTRACT,
            format!("is {}: this Coverslip speaks {CONTRACT}", self.contract),
        );
        check("model.name", self.model.name == *name, of_task(name));
        check(
            "model.version",
            self.model.version == *version,
            of_task(version),
        );
        check(
            "takes",
            self.takes == terms.takes,
            "is not what the task says: one of `bag` and `tiles`".to_owned(),
        );
        check("answers", self.answers == names, of_task(&names.join(", ")));
        check(
            "intended_use",
            !self.intended_use.trim().is_empty(),
            "is empty".to_owned(),
        );
        if terms.takes == Takes::Bag {
            let encoder = file.encoder.hash;
            let is_mine = self.encoder == Some(encoder);
            check("encoder", is_mine, of_task(&encoder.to_string()));
            check(
                "dimension",
                self.dimension.is_some_and(|n| n > 0),
                "is missing: say how many values an embedding has".to_owned(),
            );
        }
        faults
    }
}
