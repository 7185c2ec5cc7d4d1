use thiserror::Error;

/// Why logs or metrics could not be started.
#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error("the log filter is not valid: give something like `info` or `info,ingest=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    #[error("cannot start the log")]
    Log(#[from] tracing_subscriber::util::TryInitError),
    #[error("cannot start the metrics")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    #[error("log format `{given}` is not one of auto, human and json")]
    Format { given: String },
}
