//! How many slides one key may bring.

use catalog::UploadQuota;
use chrono::Utc;
use flow::Sha256Digest;

use crate::{IngestDeps, ReceiveError};

/// Looked at before the body where one file comes, so that a refused one is not sent in vain.
pub(crate) async fn ensure_slides_left(
    deps: &IngestDeps,
    quota: UploadQuota,
    key: &Sha256Digest,
) -> Result<(), ReceiveError> {
    let Some(most) = quota.most_slides_a_day else {
        return Ok(());
    };
    let n_slides = deps.catalog.n_slides_of_owner(key, Utc::now()).await?;
    match n_slides < most {
        true => Ok(()),
        false => Err(ReceiveError::TooManySlides { n_slides, most }),
    }
}
