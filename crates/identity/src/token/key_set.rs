use serde::Deserialize;
use serde_json::Value;

use super::key::{Jwk, Key};
use super::{Compact, Refusal};

/// More than any provider has at a time.
const MAX_KEYS: usize = 100;

/// The keys by which a provider signs (RFC 7517, 5), those alone that are of use here.
#[derive(Clone)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

impl KeySet {
    /// A key that is not understood is passed over, as the RFC has it. Fails where there is no set.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let Jwks { keys } = serde_json::from_slice(bytes)?;
        let jwks = keys.into_iter().take(MAX_KEYS);
        let jwks = jwks.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Ok(Self {
            keys: jwks.filter_map(|jwk| Key::of(&jwk)).collect(),
        })
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// Whether the provider signed it.
    pub(crate) fn verify(&self, token: &Compact<'_>) -> Result<(), Refusal> {
        if !self.knows(token.key_name()) {
            return Err(Refusal::UnknownKey);
        }
        let mut named = self.keys.iter().filter(|key| key.name == token.key_name());
        let key = named.find(|key| key.suits(token.algorithm));
        let key = key.ok_or(Refusal::KeyAlgorithm)?;
        key.verify(token.algorithm, token.signed, &token.signature)
    }
}
