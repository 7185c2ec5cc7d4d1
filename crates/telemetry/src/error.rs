use thiserror::Error;

/// Why logs, metrics or traces could not be started.
#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error("the log filter is not valid: give something like `info` or `info,ingest=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    #[error("cannot start the log")]
    Log(#[from] tracing_subscriber::util::TryInitError),
    #[error("cannot start the metrics")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    #[error("cannot start the thread that tidies up the metrics")]
    Upkeep(#[source] std::io::Error),
    #[error("log format `{given}` is not one of auto, human and json")]
    Format { given: String },
    #[error("cannot send traces")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    #[error(
        "traces cannot be sent to `{given}`: give the collector as http://HOST:PORT. It is spoken to \
         without TLS and without a password, so run one beside this process that passes them on"
    )]
    Collector { given: String },
}
