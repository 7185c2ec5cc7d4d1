//! One slide's way through all parts, as a trace.

mod collector;
mod context;
pub(crate) mod filtered;
mod post;
mod step_span;

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Tracer, TracerProviderBuilder,
};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

pub use collector::Collector;
pub use context::TraceContext;
pub use step_span::StepSpan;

use crate::TelemetryError;
use post::Post;

/// Between two sendings.
const EVERY: Duration = Duration::from_secs(1);

/// How long a collector that does not answer may keep a process that ends.
const AT_THE_END: Duration = Duration::from_secs(2);

/// The traces of this process.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: Tracer,
}

impl Traces {
    /// Without a collector spans have their ids, and are sent nowhere.
    pub(crate) fn start(
        service: &'static str,
        collector: Option<&Collector>,
    ) -> Result<Self, TelemetryError> {
        let resource = Resource::builder().with_service_name(service).build();
        let provider = SdkTracerProvider::builder().with_resource(resource);
        let provider = match collector {
            Some(collector) => sending_to(provider, collector)?,
            None => provider,
        };
        let provider = provider.build();
        Ok(Self {
            tracer: provider.tracer("coverslip"),
            provider,
        })
    }

    /// Sends what was not sent yet, for two seconds at most.
    pub fn end(self) {
        // A collector that is away was named in the log when it went.
        let _unsent = self.provider.shutdown_with_timeout(AT_THE_END);
    }

    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filtered::steps())
    }
}

/// A thread of its own sends; what it cannot send in time is forgotten, and nobody waits for it.
fn sending_to(
    provider: TracerProviderBuilder,
    collector: &Collector,
) -> Result<TracerProviderBuilder, TelemetryError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Post::new())
        .with_endpoint(collector.traces_url())
        .build()?;
    let often = BatchConfigBuilder::default().with_scheduled_delay(EVERY);
    let sending = BatchSpanProcessor::builder(exporter).with_batch_config(often.build());
    Ok(provider.with_span_processor(sending.build()))
}
