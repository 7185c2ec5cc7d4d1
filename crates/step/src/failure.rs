use std::error::Error;
use std::io;

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

/// Is something away or full that every slide needs, so that this one is not at fault?
pub(crate) fn is_outage(failure: &Failure) -> bool {
    failure.chain().any(|error| {
        let storage = error.downcast_ref::<StoreError>();
        let disk = error.downcast_ref::<io::Error>().map(io::Error::kind);
        storage.is_some_and(|error| error.is_unavailable() || error.is_storage_full())
            || matches!(
                error.downcast_ref(),
                Some(CatalogError::Away { .. } | CatalogError::Connect { .. })
            )
            || matches!(error.downcast_ref(), Some(QueueError::Redis { .. }))
            || matches!(
                disk,
                Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            )
    })
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
    use store::{BagError, S3Error};

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

    #[test]
    fn a_full_disk_is_an_outage_and_a_broken_one_is_not() {
        let failed = |kind: io::ErrorKind| {
            let failure = Failure::from(io::Error::from(kind)).context("cannot write the pyramid");
            is_outage(&failure)
        };
        assert!(failed(io::ErrorKind::StorageFull));
        assert!(!failed(io::ErrorKind::InvalidData));
        let missing = StoreError::NotFound {
            key: "key".to_owned(),
        };
        assert!(!is_outage(&missing.into()));
    }

    #[test]
    fn storage_that_is_away_or_closed_to_all_is_an_outage_whoever_asked() {
        let asked = |source: S3Error| {
            BagError::from(StoreError::S3 {
                action: "read",
                key: "key".to_owned(),
                source,
            })
        };
        let server = "the S3 server".to_owned();
        let code = "403".to_owned();
        let source = || io::Error::other("no").into();
        let failed =
            |error: S3Error| is_outage(&Failure::from(asked(error)).context("cannot score"));
        assert!(failed(S3Error::Unreachable {
            server: server.clone(),
            source: source()
        }));
        assert!(failed(S3Error::NoCredentials { source: source() }));
        assert!(failed(S3Error::Forbidden {
            server: server.clone(),
            code: code.clone(),
            source: source()
        }));
        assert!(!failed(S3Error::Unexpected {
            server,
            code,
            source: source()
        }));
        assert!(!is_outage(&BagError::Count.into()));
    }
}
