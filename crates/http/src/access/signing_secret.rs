use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use thiserror::Error;

/// Shorter ones could be guessed from one key and its secret.
const FEWEST_CHARACTERS: usize = 32;

/// What the secrets of all signing keys of an installation follow from, so that none of them is kept: the
/// catalog knows the names of keys, and whoever reads it can sign nothing.
#[derive(Clone)]
pub struct SigningSecret(hmac::Key);

/// The text is too short to be one.
#[derive(Debug, Error)]
#[error(
    "a signing secret has at least {FEWEST_CHARACTERS} characters: `openssl rand -base64 32` makes one"
)]
pub struct TooShortSecret;

impl SigningSecret {
    /// Without the white space around it.
    ///
    /// # Errors
    /// If it has fewer than 32 characters.
    pub fn parse(text: &str) -> Result<Self, TooShortSecret> {
        let text = text.trim();
        match text.len() >= FEWEST_CHARACTERS {
            true => Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))),
            false => Err(TooShortSecret),
        }
    }

    /// The secret access key that belongs to an access key's id, 43 characters.
    pub fn secret_access_key(&self, access_key_id: &str) -> String {
        let tag = hmac::sign(&self.0, format!("s3 {access_key_id}").as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_secret_of_its_own_that_follows_from_the_installations()
    -> Result<(), TooShortSecret> {
        let [one, other] = ["one", "two"].map(|name| SigningSecret::parse(&name.repeat(11)));
        let (one, other) = (one?, other?);
        assert_eq!(one.secret_access_key("A"), one.secret_access_key("A"));
        assert_ne!(one.secret_access_key("A"), one.secret_access_key("B"));
        assert_ne!(one.secret_access_key("A"), other.secret_access_key("A"));
        assert_eq!(one.secret_access_key("A").len(), 43);
        assert_eq!(format!("{one:?}"), "<redacted>");
        assert!(SigningSecret::parse(&format!("  {}  ", "x".repeat(31))).is_err());
        Ok(())
    }
}
