use flow::{SlideId, Stage};
use opentelemetry::trace::Status;
use tracing::{Instrument, Span, error_span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::TraceContext;
use crate::ErrorKind;

/// Tells these spans from all others.
pub(super) const TARGET: &str = "coverslip::step";

/// One step of one slide's path, in traces and in the log lines written within it. It ends when its
/// last clone is gone.
#[derive(Clone, Debug)]
pub struct StepSpan(Span);

/// Spans have their names at compile time. The level is one that no filter of levels leaves out.
macro_rules! span {
    ($name:literal) => {
        error_span!(
            target: TARGET,
            parent: None,
            $name,
            slide.id = field::Empty,
            attempt = field::Empty,
            trace.id = field::Empty,
        )
    };
}

impl StepSpan {
    /// Begins a step, as a part of the trace that `parent` is in; of a new one if there is none.
    pub fn begin(stage: Stage, parent: Option<&TraceContext>) -> Self {
        let span = match stage {
            Stage::Receive => span!("receive"),
            Stage::Tile => span!("tile"),
            Stage::Embed => span!("embed"),
            Stage::Score => span!("score"),
            Stage::Evidence => span!("evidence"),
        };
        if let Some(parent) = parent {
            // It fails where the span has begun already, or nobody listens to spans.
            let _unheard = span.set_parent(parent.as_parent());
        }
        if let Some(context) = TraceContext::of(&span) {
            span.record("trace.id", field::display(context.trace_id()));
        }
        Self(span)
    }

    /// Says which slide it is about: of one that comes in, that is known last.
    pub fn about(&self, slide: SlideId) {
        self.0.record("slide.id", field::display(slide));
    }

    /// How often the step was begun, this time included.
    pub fn attempt(&self, attempt: u32) {
        self.0.record("attempt", attempt);
    }

    /// The step will not come to its end this time. Only the kind is told: texts of errors are for
    /// the log.
    pub fn failed(&self, kind: ErrorKind) {
        self.0.set_attribute("error.type", kind.name());
        self.0.set_status(Status::error(""));
    }

    /// Does `work` within the step: what it publishes carries the trace on.
    pub async fn within<F: Future>(&self, work: F) -> F::Output {
        work.instrument(self.0.clone()).await
    }
}
