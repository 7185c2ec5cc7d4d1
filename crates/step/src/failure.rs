use std::error::Error;

use catalog::CatalogError;
use queue::QueueError;
use store::StoreError;
use telemetry::ErrorKind;
use tokio::task::JoinError;

/// Why a step failed; it will be tried again.
pub type Failure = anyhow::Error;

/// What was at fault, by the deepest cause that is ours.
pub fn kind_of(failure: &Failure) -> ErrorKind {
    let kinds = failure.chain().filter_map(kind_of_one);
    kinds.last().unwrap_or(ErrorKind::Other)
}

fn kind_of_one(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    if error.is::<StoreError>() {
        return Some(ErrorKind::Storage);
    }
    if error.is::<CatalogError>() {
        return Some(ErrorKind::Catalog);
    }
    if error.is::<QueueError>() {
        return Some(ErrorKind::Queue);
    }
    let stopped: Option<&JoinError> = error.downcast_ref();
    stopped
        .filter(|stopped| stopped.is_panic())
        .map(|_| ErrorKind::Panic)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_failure_is_of_the_kind_of_its_cause() {
        let missing = StoreError::NotFound {
            key: "key".to_owned(),
        };
        let failure = Failure::from(missing).context("cannot read the bag");
        assert_eq!(kind_of(&failure), ErrorKind::Storage);
        let other: Result<(), Failure> = Err(std::fmt::Error).context("cannot write");
        assert!(other.is_err_and(|failure| kind_of(&failure) == ErrorKind::Other));
    }
}
