use std::collections::HashMap;
use std::sync::Arc;

use redis::{FromRedisValue, ParsingError, Value};
use telemetry::TraceContext;

/// A message that Redis gave to this process.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) text: Arc<str>,
    /// Deliveries of this very entry: each one raises it, so it tells whether the lease is ours.
    pub(super) deliveries: u32,
    /// Deliveries of the message since it was last acknowledged, this one included.
    pub(super) attempt: u32,
    /// Earlier versions sent none.
    pub(super) trace: Option<TraceContext>,
}

/// What a look at the stream brought.
pub(super) enum Look {
    Entry(Entry),
    /// Nothing is due. The next pause ends after so many milliseconds; negative: there is none.
    Nothing {
        next_due_ms: i64,
    },
}

/// An entry as Redis writes it: id and fields.
type Raw = (String, HashMap<String, Vec<u8>>);

impl Entry {
    /// From the answer to a read of new entries: each with the key of its Redis stream.
    pub(super) fn from_read(value: Value) -> Result<Vec<(String, Self)>, ParsingError> {
        let streams: Option<Vec<(String, Vec<Raw>)>> = FromRedisValue::from_redis_value(value)?;
        let read = streams.into_iter().flatten();
        let entries = read.flat_map(|(key, entries)| {
            let entries = entries.into_iter();
            entries.map(move |raw| (key.clone(), Self::new(raw, 1)))
        });
        Ok(entries.collect())
    }

    fn new((id, fields): Raw, deliveries: u32) -> Self {
        // An entry that somebody else put there lacks them, and cannot be read as a message.
        let field = |name| fields.get(name).map(|bytes| String::from_utf8_lossy(bytes));
        let earlier = field("earlier").and_then(|earlier| earlier.parse().ok());
        Self {
            id,
            text: field("message").unwrap_or_default().into(),
            deliveries,
            attempt: deliveries.saturating_add(earlier.unwrap_or(0)),
            trace: field("trace").and_then(|trace| trace.parse().ok()),
        }
    }
}

impl FromRedisValue for Look {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        if let Value::Int(next_due_ms) = value {
            return Ok(Self::Nothing { next_due_ms });
        }
        let (raw, deliveries): (Raw, u32) = FromRedisValue::from_redis_value(value)?;
        Ok(Self::Entry(Entry::new(raw, deliveries)))
    }
}
