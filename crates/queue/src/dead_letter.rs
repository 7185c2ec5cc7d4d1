use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use flow::{Message, SlideId};
use serde::Serialize;
use telemetry::TraceContext;
use thiserror::Error;

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    pub id: DeadLetterId,
    /// When it was given up, by the queue's clock.
    pub at: DateTime<Utc>,
    /// The slide it is about; `None` where the message cannot be read.
    pub slide: Option<SlideId>,
    /// Why it was given up.
    pub reason: String,
    /// How often it was delivered.
    pub attempts: u32,
    /// The message itself, as it stood in the queue: JSON where it can be read.
    pub message: String,
}

/// Names a dead letter within its stream; written `MILLISECONDS-NUMBER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLetterId {
    /// When the message was given up, since 1970.
    pub(crate) ms: u64,
    /// Tells those of one millisecond apart.
    pub(crate) number: u64,
}

/// What came of redriving a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redriven {
    /// It is a message again, with no deliveries counted.
    Done,
    /// There is no such dead letter: it was redriven already, or is long forgotten.
    NotThere,
}

/// Text that names no dead letter.
#[derive(Debug, Error)]
#[error("`{0}` names no dead letter: their names look like 1700000000000-0")]
pub struct NoDeadLetterId(String);

/// What a queue keeps of a message that was given up.
#[derive(Clone, Debug)]
pub(crate) struct Remains {
    pub(crate) id: DeadLetterId,
    pub(crate) text: String,
    pub(crate) reason: String,
    pub(crate) attempts: u32,
    pub(crate) trace: Option<TraceContext>,
}

impl DeadLetter {
    pub(crate) fn of<M: Message>(remains: Remains) -> Self {
        let message: Option<M> = serde_json::from_str(&remains.text).ok();
        Self {
            id: remains.id,
            at: remains.id.at(),
            slide: message.map(|message| message.slide()),
            reason: remains.reason,
            attempts: remains.attempts,
            message: remains.text,
        }
    }
}

impl DeadLetterId {
    fn at(self) -> DateTime<Utc> {
        let ms = i64::try_from(self.ms).unwrap_or(i64::MAX);
        DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl fmt::Display for DeadLetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.number)
    }
}

impl FromStr for DeadLetterId {
    type Err = NoDeadLetterId;

    fn from_str(text: &str) -> Result<Self, NoDeadLetterId> {
        let parsed = text.split_once('-').and_then(|(ms, number)| {
            let (ms, number) = (ms.parse().ok()?, number.parse().ok()?);
            Some(Self { ms, number })
        });
        parsed.ok_or_else(|| NoDeadLetterId(text.to_owned()))
    }
}

impl Serialize for DeadLetterId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_tells_the_time() -> Result<(), NoDeadLetterId> {
        let id: DeadLetterId = "1700000000123-4".parse()?;
        assert_eq!(id.to_string(), "1700000000123-4");
        assert_eq!(id.at().to_rfc3339(), "2023-11-14T22:13:20.123+00:00");
        for wrong in ["", "-", "1700000000123", "a-1", "1-b", "1-2-3", "-1-0"] {
            assert!(wrong.parse::<DeadLetterId>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
