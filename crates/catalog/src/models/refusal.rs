use flow::Sha256Digest;
use thiserror::Error;

use super::{ModelState, ModelTarget};

/// Why a model does not go where it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoveRefusal {
    #[error("{}", no_way(*from, *to))]
    NoWay { from: ModelState, to: ModelTarget },
    #[error(
        "it was in service before it was registered and has no criteria to be promoted by: register \
         a new version with criteria"
    )]
    NoCriteria,
    #[error("it has no stored evaluation: store what `coverslip evaluate --task` measured of it")]
    NoEvaluation,
    #[error("its last stored evaluation ({number}) does not meet its criteria: {why}")]
    CriteriaNotMet { number: u32, why: String },
    #[error("the encoder {} that it reads is {state}: make that active first", encoder.short())]
    EncoderNotActive {
        encoder: Sha256Digest,
        state: ModelState,
    },
    #[error("it is an encoder: those are moved to shadow or retired, and tasks are rolled back")]
    NotATask,
    #[error("it is {state} and not active: roll back the version that is")]
    NotActive { state: ModelState },
    #[error("no other version of this task was active before it: retire it in place of that")]
    NothingBefore,
}

fn no_way(from: ModelState, to: ModelTarget) -> String {
    let remedy = match (from, to) {
        (ModelState::Draft, ModelTarget::Active) => ": move it to shadow first",
        (ModelState::Retired, ModelTarget::Active) => {
            ": move it to shadow first, or roll back the version that took its place"
        }
        _ => "",
    };
    format!(
        "a model that is {from} does not become {}{remedy}",
        to.name()
    )
}
