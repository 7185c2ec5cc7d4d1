use catalog::{CatalogError, PrivateRemark, SignOffRow};
use flow::{Sha256Digest, SlideId};
use serde::{Deserialize, Serialize};

use crate::TaskResult;

/// What was signed of a case, whole.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedBody {
    /// Stands for all that the signature is about.
    pub seen: Sha256Digest,
    pub results: Vec<TaskResult>,
    pub slides: Vec<SlideId>,
    /// Slides of which neither a task nor a person had an answer.
    pub unfinished: Vec<SlideId>,
    pub statement: Option<PrivateRemark>,
    /// Why it was signed with slides unfinished.
    pub despite_unfinished: Option<PrivateRemark>,
    /// Why the version before was amended.
    pub amendment: Option<PrivateRemark>,
}

impl SignedBody {
    /// What the catalog has of a signature.
    pub fn of(row: &SignOffRow) -> Result<Self, CatalogError> {
        serde_json::from_value(row.body.clone()).map_err(|source| CatalogError::Damaged {
            column: "signature",
            source: source.into(),
        })
    }

    /// The signer's words.
    pub fn conclusion(&self) -> Option<String> {
        let statement = self.statement.as_ref();
        let statement = statement.map(|words| words.reveal().to_owned());
        let unfinished = self.despite_unfinished.as_ref().map(|why| {
            format!(
                "Signed with {} slides unanswered: {}",
                self.unfinished.len(),
                why.reveal()
            )
        });
        let amendment = self.amendment.as_ref();
        let amendment = amendment.map(|why| format!("Amended: {}", why.reveal()));
        let words: Vec<_> = [statement, unfinished, amendment]
            .into_iter()
            .flatten()
            .collect();
        (!words.is_empty()).then(|| words.join("\n\n"))
    }
}
