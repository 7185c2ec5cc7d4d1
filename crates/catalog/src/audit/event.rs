use chrono::{DateTime, Utc};
use flow::{Sha256Digest, SlideId};
use serde_json::Value;

use super::AuditAction;
use crate::CatalogError;
use crate::columns::{from_json, get, get_count, get_time, parse};
use crate::row::Row;

/// Something somebody did.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// Name on the token that was used, or the process that acted on its own.
    pub actor: String,
    pub action: AuditAction,
    pub slide: Option<SlideId>,
    /// JSON without patient data; `Value::Null` where there is no more to say.
    pub detail: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// From 1, without a gap.
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// [`AuditAction::name`], or that of an action which this build no longer knows.
    pub action: String,
    pub slide: Option<SlideId>,
    pub detail: Value,
    /// `None` of an event that an older version wrote a moment ago: the next one takes it into the
    /// chain.
    pub hash: Option<Sha256Digest>,
}

/// Where the chain ends: stands for every event up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Of the last event; 0 where there is none.
    pub seq: u64,
    pub hash: Sha256Digest,
}

pub(super) fn read_event(row: &Row) -> Result<AuditRow, CatalogError> {
    let slide: Option<String> = get(row, "slide")?;
    let hash: Option<String> = get(row, "hash")?;
    Ok(AuditRow {
        seq: get_count(row, "seq")?,
        at: get_time(row, "at_ms")?,
        actor: get(row, "actor")?,
        action: get(row, "action")?,
        slide: match slide {
            Some(_) => Some(parse(row, "slide")?),
            None => None,
        },
        detail: from_json(row, "detail")?,
        hash: match hash {
            Some(_) => Some(parse(row, "hash")?),
            None => None,
        },
    })
}
