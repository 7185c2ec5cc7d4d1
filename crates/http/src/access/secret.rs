use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flow::{Sha256Digest, TenantName};

/// Between a tenant's name and the random part. Neither has it, nor have tokens of a provider; URLs,
/// headers and cookies may.
pub(super) const TENANT_MARK: char = '~';

/// 256 random bits, written as 43 characters that are safe in URLs, headers and cookies; those of a
/// tenant after its name, as `north~vyq_mOaeMz…`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn random_of(tenant: Option<&TenantName>) -> Self {
        let Self(random) = Self::random();
        Self(match tenant {
            Some(tenant) => format!("{tenant}{TENANT_MARK}{random}"),
            None => random,
        })
    }

    /// The secret itself, to be shown once to whom it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the catalog keeps of it.
    pub fn hash(&self) -> Sha256Digest {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Of a secret that somebody presents.
pub(super) fn hash(presented: &str) -> Sha256Digest {
    Sha256Digest::of(presented.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_different_and_never_printed() {
        let (first, second) = (Secret::random(), Secret::random());
        assert_eq!(first.reveal().len(), 43);
        assert_ne!(first.reveal(), second.reveal());
        assert_eq!(format!("{first:?}"), "<redacted>");
        let tenant: TenantName = "north".parse().expect("a name");
        let secret = Secret::random_of(Some(&tenant));
        assert!(secret.reveal().starts_with("north~"));
        assert_eq!(secret.reveal().len(), "north~".len() + 43);
    }
}
