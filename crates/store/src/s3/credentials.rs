use std::fmt;
use std::str::FromStr;

use crate::StoreError;

/// Who asks S3.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Whatever the machine has been given, in the order of the AWS SDK: environment variables, the
    /// profile files, a web identity (a Kubernetes service account), a container's or a machine's
    /// role. Renewed as they expire.
    Machine,
    Keys(AccessKeys),
}

/// A key pair, with its session token where it is temporary.
#[derive(Clone, Debug)]
pub struct AccessKeys {
    pub id: AccessKeyId,
    pub secret: SecretAccessKey,
    pub session: Option<SessionToken>,
}

/// A text that never shows: neither when it is printed nor when it is refused.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(String);

        impl $name {
            pub(super) fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = StoreError;

            fn from_str(text: &str) -> Result<Self, StoreError> {
                if !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic()) {
                    return Ok(Self(text.to_owned()));
                }
                Err(StoreError::Setting {
                    what: $what,
                    text: "...".to_owned(),
                    expected: "visible characters without spaces, as S3 gave it",
                })
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(...)"))
            }
        }
    };
}

secret! {
    /// Which key pair. No secret in itself, but it names an account.
    AccessKeyId, "access key id"
}
secret! {
    /// Signs requests.
    SecretAccessKey, "secret access key"
}
secret! {
    /// Comes with a temporary key pair.
    SessionToken, "session token"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_show() -> Result<(), StoreError> {
        let credentials = Credentials::Keys(AccessKeys {
            id: "AKIAHIDDEN".parse()?,
            secret: "hidden".parse()?,
            session: Some("hidden-too".parse()?),
        });
        let shown = format!("{credentials:?}").to_lowercase();
        assert!(!shown.contains("hidden"), "{shown}");
        let refused = "hidden word".parse::<SecretAccessKey>();
        let refused = refused.expect_err("a secret has no spaces");
        let shown = format!("{refused:?} {refused}");
        assert!(shown.contains("secret access key"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
        Ok(())
    }
}
