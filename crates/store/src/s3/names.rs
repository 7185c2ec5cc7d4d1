use std::fmt;
use std::str::FromStr;

use crate::StoreError;

/// A name that is checked where it comes in, and shown as it is.
macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $is_valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = StoreError;

            fn from_str(text: &str) -> Result<Self, StoreError> {
                let is_valid: fn(&str) -> bool = $is_valid;
                if is_valid(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err(StoreError::Setting {
                    what: $what,
                    text: text.to_owned(),
                    expected: $expected,
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_name! {
    /// A bucket, by the rules for general purpose buckets.
    BucketName, "bucket name",
    "3 to 63 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends",
    |text| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (3..=63).contains(&text.len())
            && text.chars().all(|c| is_plain(c) || c == '-' || c == '.')
            && text.starts_with(is_plain)
            && text.ends_with(is_plain)
    }
}

checked_name! {
    /// Where S3 is, as requests are signed for it. Servers of one's own take any, often `us-east-1`.
    Region, "region", "lower-case letters, digits and `-`, such as `eu-central-1`",
    |text| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=64).contains(&text.len()) && text.chars().all(is_plain)
    }
}

checked_name! {
    /// The address of an S3 server: `https://` or `http://`, a host, perhaps a port.
    Endpoint, "S3 endpoint",
    "`http://` or `https://`, a host, and a port if it is not the usual one: no path, no user",
    |text| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        host.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
    }
}

checked_name! {
    /// What the keys of all objects begin with, such as `coverslip/`.
    KeyPrefix, "key prefix",
    "names of letters, digits, `-`, `_` and `.`, each with a `/` after it",
    |text| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(is_plain) && !name.starts_with('.')
        };
        let names = text.strip_suffix('/');
        text.len() <= 512 && names.is_some_and(|names| names.split('/').all(is_name))
    }
}

checked_name! {
    /// A key of the key management service: its id, its ARN or an alias.
    KmsKeyId, "KMS key id", "1 to 2048 visible characters",
    |text| (1..=2048).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

impl Endpoint {
    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<N: FromStr<Err = StoreError> + fmt::Display>(good: &[&str], bad: &[&str]) {
        for text in good {
            let name = text.parse::<N>().expect("a good name is taken");
            assert_eq!(name.to_string(), *text);
        }
        for text in bad {
            let refused = text.parse::<N>().map(|name| name.to_string());
            let is_named =
                matches!(&refused, Err(StoreError::Setting { text: t, .. }) if t == text);
            assert!(is_named, "{text}: {refused:?}");
        }
    }

    #[test]
    fn good_names_are_taken_and_bad_ones_refused() {
        check::<BucketName>(
            &["lab", "lab-1.slides"],
            &["", "ab", "Lab", "-lab", "lab.", "a/b", &"a".repeat(64)],
        );
        check::<Region>(&["us-east-1", "garage"], &["", "EU", "eu central"]);
        check::<Endpoint>(
            &[
                "http://127.0.0.1:8333",
                "https://s3.lab.example",
                "http://[::1]:9000",
            ],
            &[
                "",
                "s3.lab",
                "ftp://x",
                "https://",
                "http://a/b",
                "http://me:word@host",
            ],
        );
        check::<KeyPrefix>(
            &["lab/", "lab/site-2/"],
            &["", "lab", "/", "/lab/", "lab//x/", "../", "a b/"],
        );
        check::<KmsKeyId>(&["alias/lab"], &["", "a b", "a\n"]);
    }
}
