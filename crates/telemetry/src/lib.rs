//! Logs and metrics of a process.
//!
//! Logs go to standard error: for people on a terminal, as JSON lines anywhere else. Never in a log
//! line or a metric: file names, label texts, DICOM tags and other patient data; tokens, login codes
//! and cookies; query strings. Slides are named by their id. Fields carry dots and units
//! (`slide.id`, `duration_ms`).

mod error;
mod logs;
mod metrics;

pub use error::TelemetryError;
pub use logs::LogFormat;
pub use metrics::{Metrics, TileKind, record_stage, slide_reached, stage_failed, tiles_served};

/// Starts logs and metrics. To be called once, by the process.
///
/// `filter` says what is logged, for example `info` or `info,ingest=debug`
/// (`tracing_subscriber::EnvFilter` has the syntax).
pub fn init(format: LogFormat, filter: &str) -> Result<Metrics, TelemetryError> {
    logs::init(format, filter)?;
    Metrics::install()
}
