//! Which spans are steps: those made here, told by their target.

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, FilterExt, FilterFn, filter_fn};
use tracing_subscriber::layer::Filter;

use super::step_span::TARGET;

/// Steps, and nothing that is written within them: log lines are no part of a trace.
pub(super) fn steps() -> FilterFn {
    let is_step: fn(&Metadata<'_>) -> bool = is_step;
    filter_fn(is_step).with_max_level_hint(LevelFilter::ERROR)
}

/// Steps, and whatever else `filter` lets through.
pub(crate) fn steps_and<S: 'static>(filter: EnvFilter) -> impl Filter<S>
where
    EnvFilter: Filter<S>,
{
    filter.or(steps())
}

fn is_step(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}
