use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::{Refusal, strict_json};

/// Those with many groups have some kilobytes.
const MAX_TOKEN: usize = 16 * 1024;
const MAX_HEADER: usize = 2 * 1024;
const MAX_KEY_NAME: usize = 128;

/// Members by which a token would bring its own key.
const KEYS: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];
/// Members of tokens in tokens, and of compressed ones.
const WRAPPERS: [&str; 3] = ["cty", "enc", "zip"];

/// A signed token in its compact form (RFC 7515, 7.1), taken apart and not yet verified.
pub(crate) struct Compact<'t> {
    pub(super) algorithm: Algorithm,
    /// As the provider calls it.
    key_name: String,
    /// `typ`, in small letters and without `application/`.
    kind: Option<String>,
    /// Header and claims, as they were signed.
    pub(super) signed: &'t [u8],
    pub(super) claims: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    pub(crate) fn parse(token: &'t str) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN {
            return Err(Refusal::TooLong);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(match parts.len() {
                5 => Refusal::Encrypted,
                _ => Refusal::NotThreeParts,
            });
        };
        let header_bytes = decoded(header)?;
        if header_bytes.len() > MAX_HEADER {
            return Err(Refusal::TooLong);
        }
        let members = strict_json::object(&header_bytes)?;
        ensure_plain(&members)?;
        Ok(Self {
            algorithm: algorithm(&members)?,
            key_name: key_name(&members)?,
            kind: kind(&members)?,
            signed: &token.as_bytes()[..header.len() + 1 + claims.len()],
            claims: decoded(claims)?,
            signature: decoded(signature)?,
        })
    }

    pub(crate) fn key_name(&self) -> &str {
        &self.key_name
    }

    pub(crate) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }
}

/// Without padding, other letters or bits that are left over: one text for the same bytes.
fn decoded(part: &str) -> Result<Vec<u8>, Refusal> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_not_base64| Refusal::Encoding)
}

fn ensure_plain(members: &Map<String, Value>) -> Result<(), Refusal> {
    let has = |name: &&str| members.contains_key(*name);
    if KEYS.iter().any(has) {
        return Err(Refusal::BroughtKey);
    }
    if WRAPPERS.iter().any(has) {
        return Err(Refusal::Wrapped);
    }
    // Nothing that could be critical is known here, the unencoded claims of RFC 7797 included.
    match has(&"crit") || has(&"b64") {
        true => Err(Refusal::Critical),
        false => Ok(()),
    }
}

fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, Refusal> {
    let name = members.get("alg").and_then(Value::as_str);
    name.and_then(Algorithm::by_name).ok_or(Refusal::Algorithm)
}

/// It is looked for among the provider's keys and nowhere else; still it must look like a name.
fn key_name(members: &Map<String, Value>) -> Result<String, Refusal> {
    let name = members.get("kid").and_then(Value::as_str);
    let name = name.ok_or(Refusal::KeyName)?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:=+@/".contains(&byte);
    let is_name = (1..=MAX_KEY_NAME).contains(&name.len()) && name.bytes().all(is_letter);
    match is_name && !name.contains("..") {
        true => Ok(name.to_owned()),
        false => Err(Refusal::KeyName),
    }
}

fn kind(members: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(value) = members.get("typ") else {
        return Ok(None);
    };
    let text = value.as_str().ok_or(Refusal::Type)?.to_ascii_lowercase();
    let short = text.strip_prefix("application/").unwrap_or(&text);
    Ok(Some(short.to_owned()))
}
