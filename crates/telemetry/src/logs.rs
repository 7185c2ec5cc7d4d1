use std::io::{self, IsTerminal};
use std::str::FromStr;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::TelemetryError;

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// [`Self::Human`] on a terminal, [`Self::Json`] elsewhere.
    #[default]
    Auto,
    Human,
    /// One object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = TelemetryError;

    fn from_str(text: &str) -> Result<Self, TelemetryError> {
        match text {
            "auto" => Ok(Self::Auto),
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            other => Err(TelemetryError::Format {
                given: other.to_owned(),
            }),
        }
    }
}

pub(crate) fn init(format: LogFormat, filter: &str) -> Result<(), TelemetryError> {
    let is_terminal = io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(io::stderr);
    let started = match format {
        LogFormat::Auto if is_terminal => lines.finish().try_init(),
        LogFormat::Human => lines.with_ansi(is_terminal).finish().try_init(),
        LogFormat::Auto | LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
    };
    Ok(started?)
}
