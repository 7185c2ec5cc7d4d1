//! Which spans are steps: those made here, told by their target.

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, subscriber::Interest};
use tracing_subscriber::filter::{EnvFilter, FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::layer::Filter;

use super::step_span::TARGET;

/// Steps, and nothing that is written within them: log lines are no part of a trace.
///
/// It is asked anew for each step. Whoever asks whether a line would be written, and then writes
/// none, leaves the answer behind on its thread; a step that was known to be wanted, and so not asked
/// after, would take that answer for its own.
pub(super) fn steps<S: 'static>() -> impl Filter<S> {
    dynamic_filter_fn(|metadata: &Metadata<'_>, _context| is_step(metadata))
        .with_callsite_filter(|metadata| {
            if is_step(metadata) {
                Interest::sometimes()
            } else {
                Interest::never()
            }
        })
        .with_max_level_hint(LevelFilter::ERROR)
}

/// Steps, and whatever else `filter` lets through but what the library of S3's protocol writes: that has
/// requests in it, and so names of files, perhaps of patients.
pub(crate) fn steps_and<S: 'static>(filter: EnvFilter) -> impl Filter<S>
where
    EnvFilter: Filter<S>,
{
    let is_ours = filter_fn(|metadata| !metadata.target().starts_with("s3s"));
    filter.and(is_ours).or(steps())
}

fn is_step(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}
