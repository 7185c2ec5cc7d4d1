use std::fmt;
use std::str::FromStr;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use thiserror::Error;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A place in a trace, as W3C's `traceparent` header writes it. It travels with messages and says
/// nothing of a slide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext(SpanContext);

/// Text that is no `traceparent`; a trace begins anew there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no traceparent of version 00")]
pub struct NoTraceContext;

impl TraceContext {
    /// That of the step this task is doing; `None` outside of steps.
    pub fn current() -> Option<Self> {
        Self::of(&Span::current())
    }

    pub(super) fn of(span: &Span) -> Option<Self> {
        let context = span.context();
        let context = context.span().span_context().clone();
        context.is_valid().then(|| Self(carried(&context)))
    }

    pub(super) fn as_parent(&self) -> Context {
        Context::new().with_remote_span_context(self.0.clone())
    }

    pub(super) fn trace_id(&self) -> TraceId {
        self.0.trace_id()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (self.0.trace_id(), self.0.span_id());
        let flags = self.0.trace_flags().to_u8();
        write!(f, "00-{trace}-{span}-{flags:02x}")
    }
}

impl FromStr for TraceContext {
    type Err = NoTraceContext;

    fn from_str(text: &str) -> Result<Self, NoTraceContext> {
        parse(text).map(Self).ok_or(NoTraceContext)
    }
}

/// As it is to whoever it comes to: equal before and after its way.
fn carried(context: &SpanContext) -> SpanContext {
    let (trace, span, flags) = (
        context.trace_id(),
        context.span_id(),
        context.trace_flags() & TraceFlags::SAMPLED,
    );
    SpanContext::new(trace, span, flags, true, TraceState::NONE)
}

fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    if parts.next()? != "00" {
        return None;
    }
    let trace = TraceId::from_hex(digits(parts.next()?, 32)?).ok()?;
    let span = SpanId::from_hex(digits(parts.next()?, 16)?).ok()?;
    let flags = u8::from_str_radix(digits(parts.next()?, 2)?, 16).ok()?;
    // Only whether it is to be sent is known to version 00.
    let flags = TraceFlags::new(flags) & TraceFlags::SAMPLED;
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    (parts.next().is_none() && context.is_valid()).then_some(context)
}

fn digits(text: &str, n_digits: usize) -> Option<&str> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == n_digits && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_reads_back_and_others_are_refused() -> Result<(), NoTraceContext> {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(text.parse::<TraceContext>()?.to_string(), text);
        for wrong in [
            "",
            "00",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert!(wrong.parse::<TraceContext>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
