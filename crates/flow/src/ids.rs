use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{FlowError, Sha256Digest};

/// Names one slide: the first 128 bits of the sha256 of the pushed file, as 32 hexadecimal digits.
///
/// The same bytes pushed twice are the same slide, and the id says nothing about the patient.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlideId([u8; 16]);

impl SlideId {
    pub fn from_digest(digest: &Sha256Digest) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SlideId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SlideId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlideId({self})")
    }
}

impl FromStr for SlideId {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes)
            .ok()
            .map(|()| Self(bytes))
            .ok_or_else(|| FlowError::parse("slide id", text, "32 hexadecimal digits"))
    }
}

impl TryFrom<String> for SlideId {
    type Error = FlowError;

    fn try_from(text: String) -> Result<Self, FlowError> {
        text.parse()
    }
}

impl From<SlideId> for String {
    fn from(id: SlideId) -> Self {
        id.to_string()
    }
}

/// A lower-case name of letters, digits, `-`, `_` and `.`, safe in object keys and URLs.
fn is_plain_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.')
}

macro_rules! plain_name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = FlowError;

            fn from_str(text: &str) -> Result<Self, FlowError> {
                if is_plain_name(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err(FlowError::parse(
                    $what,
                    text,
                    "1 to 64 lower-case letters, digits, '-', '_' or '.', not starting with '.'",
                ))
            }
        }

        impl TryFrom<String> for $name {
            type Error = FlowError;

            fn try_from(text: String) -> Result<Self, FlowError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

plain_name!(
    /// Names a task, for example `phantom-tumour`.
    TaskId,
    "task id"
);
plain_name!(
    /// The version of a task, for example `1.0.0`.
    TaskVersion,
    "task version"
);

/// Which encoder made a bag: a name for people, a hash for machines.
///
/// The hash covers the configuration (architecture, preprocessing, mpp) and the weights, so two
/// encoders with the same hash give the same embeddings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EncoderRef {
    pub name: String,
    pub hash: Sha256Digest,
}

impl EncoderRef {
    /// An encoder of which only the name is known, because another tool embedded with it. Bags of
    /// one name count as made by one encoder.
    pub fn of_name(name: &str) -> Self {
        Self {
            hash: Sha256Digest::of(format!("encoder known by its name alone: {name}").as_bytes()),
            name: name.to_owned(),
        }
    }
}

/// Which task made a prediction. The hash covers the task file and the head's weights.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TaskRef {
    pub id: TaskId,
    pub version: TaskVersion,
    pub hash: Sha256Digest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slide_id_is_a_prefix_of_the_digest() {
        let digest = Sha256Digest::of(b"a slide");
        let id = SlideId::from_digest(&digest);
        assert!(digest.to_string().starts_with(&id.to_string()));
        assert_eq!(id.to_string().parse::<SlideId>().ok(), Some(id));
    }

    #[test]
    fn names_that_could_leave_their_folder_are_refused() {
        for bad in ["", "..", "../x", "a/b", "A", "a b", ".hidden"] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad}");
        }
        assert!("phantom-tumour".parse::<TaskId>().is_ok());
        assert!("1.0.0".parse::<TaskVersion>().is_ok());
    }
}
