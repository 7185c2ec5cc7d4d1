use std::io::{self, IsTerminal};
use std::str::FromStr;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::TelemetryError;
use crate::trace::{Traces, filtered};

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// [`Self::Human`] on a terminal, [`Self::Json`] elsewhere.
    #[default]
    Auto,
    Human,
    /// One object a line. The step under way is its `span`.
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

pub(crate) fn init(format: LogFormat, filter: &str, traces: &Traces) -> Result<(), TelemetryError> {
    // A line names the step it was written in, whatever lines are wanted.
    let wanted = filtered::steps_and(EnvFilter::try_new(filter)?);
    let subscriber = Registry::default()
        .with(lines(format).with_filter(wanted))
        .with(traces.layer());
    Ok(subscriber.try_init()?)
}

fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let is_terminal = io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Auto if is_terminal => lines.boxed(),
        LogFormat::Human => lines.with_ansi(is_terminal).boxed(),
        LogFormat::Auto | LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    }
}
