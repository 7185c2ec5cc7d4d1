//! Tokens: from their letters to claims that can be believed.

mod access_token;
mod algorithm;
mod claims;
mod compact;
mod id_token;
mod key;
mod key_set;
mod refusal;
mod strict_json;

pub use self::refusal::Refusal;

pub(crate) use self::access_token::machine;
pub(crate) use self::claims::Claims;
pub(crate) use self::compact::Compact;
pub(crate) use self::id_token::{ExpectedPerson, person};
pub(crate) use self::key_set::KeySet;
