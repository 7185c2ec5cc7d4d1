use catalog::{Advance, Catalog, CatalogError, NewMeteredWork};
use flow::{SlideId, SlideStatus, StageTiming};

/// Sends a slide from one status to the next, and counts it where it got there.
pub async fn advance(
    catalog: &Catalog,
    slide: SlideId,
    from: &SlideStatus,
    to: &SlideStatus,
) -> Result<Advance, CatalogError> {
    let advance = catalog.advance(slide, from, to).await?;
    if advance == Advance::Done {
        telemetry::slide_reached(to);
    }
    Ok(advance)
}

/// Notes what a stage cost, in the catalog for this slide and in the metrics for all.
pub async fn record_timing(
    catalog: &Catalog,
    slide: SlideId,
    timing: StageTiming,
) -> Result<(), CatalogError> {
    telemetry::record_stage(timing);
    catalog.record_timing(slide, timing).await
}

/// Counts a piece of work once, in the catalog and in the metrics.
pub async fn meter(catalog: &Catalog, work: &NewMeteredWork) -> Result<(), CatalogError> {
    if catalog.meter(work).await? {
        telemetry::work_metered(work.kind.name(), &work.name, work.n_tiles);
    }
    Ok(())
}
