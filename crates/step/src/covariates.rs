use std::collections::BTreeSet;

use catalog::{Catalog, CatalogError};
use flow::{CovariateValues, GivenCovariates, SlideEmbedded, SlideId};
use queue::{Queue, QueueError};
use thiserror::Error;

/// Why a slide could not be given its covariates.
#[derive(Debug, Error)]
pub enum GiveCovariatesError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Gives a slide its covariates in place of those it had, and has the tasks that read them score it
/// again; none of its earlier results is lost. The audit trail says that `actor` did.
///
/// A slide that is being scored just now is looked at once more by whoever scores it.
pub async fn give_covariates(
    catalog: &Catalog,
    queue: &Queue,
    actor: &str,
    slide: SlideId,
    values: &CovariateValues,
) -> Result<GivenCovariates, GiveCovariatesError> {
    catalog.known_slide(slide).await?;
    let given = catalog.give_covariates(actor, slide, values).await?;
    let results = catalog.predictions(slide).await?;
    let encoders: BTreeSet<_> = results.iter().map(|result| result.encoder.hash).collect();
    let urgency = catalog.urgency(slide).await?;
    for encoder in encoders {
        let message = SlideEmbedded { slide, encoder };
        queue.publish_as(urgency, &message).await?;
    }
    Ok(given)
}
