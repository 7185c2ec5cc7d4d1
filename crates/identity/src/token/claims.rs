use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Compact, Refusal, strict_json};
use crate::Issuer;

/// Clocks differ by that much, in seconds.
const LEEWAY_S: i64 = 30;
/// The year 9999: what lies beyond is no time.
const LAST_S: f64 = 253_402_300_799.0;
const MAX_SUBJECT: usize = 255;

/// What a token says that its provider signed.
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    /// Of a token whose signature was looked at.
    pub(crate) fn of(token: &Compact<'_>) -> Result<Self, Refusal> {
        strict_json::object(&token.claims).map(Self)
    }

    pub(crate) const fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// `None` where it is not there; refused where it is no text, or an empty one.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(Refusal::Claim(name)),
        }
    }

    pub(super) fn required_text(&self, name: &'static str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing(name))
    }

    pub(super) fn subject(&self) -> Result<&str, Refusal> {
        let subject = self.required_text("sub")?;
        let is_plain = subject.len() <= MAX_SUBJECT && !subject.contains(char::is_control);
        is_plain.then_some(subject).ok_or(Refusal::Claim("sub"))
    }

    pub(super) fn ensure_issuer(&self, issuer: &Issuer) -> Result<(), Refusal> {
        match self.required_text("iss")? == issuer.as_str() {
            true => Ok(()),
            false => Err(Refusal::Issuer),
        }
    }

    /// Whom it is for: at least one.
    pub(super) fn audience(&self) -> Result<Vec<&str>, Refusal> {
        let audience = match self.0.get("aud").ok_or(Refusal::Missing("aud"))? {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => {
                let texts: Option<Vec<&str>> = several.iter().map(Value::as_str).collect();
                texts.ok_or(Refusal::Claim("aud"))?
            }
            _ => return Err(Refusal::Claim("aud")),
        };
        match audience.is_empty() {
            true => Err(Refusal::Claim("aud")),
            false => Ok(audience),
        }
    }

    /// Whether now is between its times; when it ends.
    pub(super) fn ensure_current(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        let now = now.timestamp();
        let end = self.seconds("exp")?.ok_or(Refusal::Missing("exp"))?;
        if now >= end + LEEWAY_S {
            return Err(Refusal::Expired);
        }
        if self
            .seconds("nbf")?
            .is_some_and(|begin| begin > now + LEEWAY_S)
        {
            return Err(Refusal::NotYet);
        }
        if self
            .seconds("iat")?
            .is_some_and(|issued| issued > now + LEEWAY_S)
        {
            return Err(Refusal::Future);
        }
        DateTime::from_timestamp(end + LEEWAY_S, 0).ok_or(Refusal::Claim("exp"))
    }

    /// A NumericDate (RFC 7519, 2), which may have a fraction.
    pub(super) fn seconds(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let seconds = value.as_f64().ok_or(Refusal::Claim(name))?;
        match (0.0..=LAST_S).contains(&seconds) {
            true => Ok(Some(seconds as i64)),
            false => Err(Refusal::Claim(name)),
        }
    }

    /// The first of these that is there.
    pub(super) fn first_text(&self, names: &[&'static str]) -> Result<Option<&str>, Refusal> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}
