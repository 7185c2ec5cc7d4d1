//! Logs, metrics and traces of a process.
//!
//! Logs go to standard error: for people on a terminal, as JSON lines anywhere else. Never in a log
//! line, a metric or a trace: file names, label texts, DICOM tags and other patient data; tokens,
//! login codes and cookies; query strings. Slides are named by their id, and never in a metric.
//! Fields carry dots and units (`slide.id`, `duration_ms`).
//!
//! Every metric is made here, so that `metrics` is the list of those there are.
//!
//! Each step of a slide's path is a span ([`StepSpan`]). All steps of one slide are one trace, in
//! however many processes they are done: a [`TraceContext`] travels with each message. Log lines
//! written within a step name its slide and its trace. Traces are kept up whether or not they are
//! sent anywhere, so that a process that sends none does not break those of the others.

mod error;
mod logs;
mod metrics;
mod trace;

pub use ::metrics::Counter;
pub use error::TelemetryError;
pub use logs::LogFormat;
pub use metrics::{
    BatchWork, ErrorKind, Hl7Closed, Hl7OrdersOutcome, Hl7ResultsOutcome, Metrics,
    ResumableOutcome, ServiceOutcome, StorageKind, StorageMeter, StorageOperation, TileMaking,
    TilePath, TopicLevels, UploadOutcome, WebhookOutcome, batch_done, dependency_seen,
    embed_devices, hl7_connection_closed, hl7_orders_answered, hl7_orders_are_taken,
    hl7_results_are_sent, hl7_results_attempted, model_alerts_open, models_looked_at, record_stage,
    resumable_bytes_kept, resumable_request_cut, resumable_uploads, service_asked, slide_reached,
    step_failed, tiles_embedded, tiles_made, tiles_served, topic_seen, topic_unknown, upload_bytes,
    upload_ended, webhook_attempted, webhooks_are_delivered, work_metered,
};
pub use trace::{Collector, StepSpan, TraceContext, Traces};

/// How a process tells of itself.
#[derive(Clone, Debug, Default)]
pub struct TelemetryConfig {
    pub log_format: LogFormat,
    /// What is logged, for example `info` or `info,ingest=debug`
    /// (`tracing_subscriber::EnvFilter` has the syntax).
    pub log_filter: String,
    /// Where traces are sent; nowhere if there is none.
    pub collector: Option<Collector>,
    /// Names the process in traces.
    pub service: &'static str,
}

/// What was started, for the process to show and to end.
pub struct Telemetry {
    pub metrics: Metrics,
    pub traces: Traces,
}

/// Starts logs, metrics and traces. To be called once, by the process.
pub fn init(config: &TelemetryConfig) -> Result<Telemetry, TelemetryError> {
    let traces = Traces::start(config.service, config.collector.as_ref())?;
    logs::init(config.log_format, &config.log_filter, &traces)?;
    Ok(Telemetry {
        metrics: Metrics::install()?,
        traces,
    })
}
