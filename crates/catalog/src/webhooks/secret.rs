use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The key that signs what one webhook is sent, as Standard Webhooks writes it: `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Of 256 random bits.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes);
        Self(format!("whsec_{}", STANDARD.encode(bytes)))
    }

    /// For whoever signs, and once for the receiver.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) const fn stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_different_and_never_printed() {
        let (first, second) = (WebhookSecret::random(), WebhookSecret::random());
        assert_eq!(first.reveal().len(), "whsec_".len() + 44);
        assert_ne!(first, second);
        assert_eq!(format!("{first:?}"), "<redacted>");
    }
}
