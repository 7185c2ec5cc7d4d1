use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// A DICOM unique identifier as somebody wrote it into an address or a query (PS3.5 section 9.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Uid(String);

#[derive(Debug, Error)]
#[error(
    "a UID has at most 64 characters: numbers without leading zeros, with a dot between any two"
)]
pub struct NoUid;

const MOST_CHARACTERS: usize = 64;

impl Uid {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UUID in a UID of the form that ours have: `2.25.` and its decimal number.
    pub fn uuid(&self) -> Option<u128> {
        self.0.strip_prefix("2.25.")?.parse().ok()
    }
}

impl FromStr for Uid {
    type Err = NoUid;

    fn from_str(text: &str) -> Result<Self, NoUid> {
        let is_number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            digits && !part.is_empty() && (part.len() == 1 || !part.starts_with('0'))
        };
        if text.len() > MOST_CHARACTERS || !text.split('.').all(is_number) {
            return Err(NoUid);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Uid {
    type Error = NoUid;

    fn try_from(text: String) -> Result<Self, NoUid> {
        text.parse()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use flow::{DicomUid, Sha256Digest, SlideId, UidRole};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_standard_forbids_is_no_uid() {
        let long = "1.".repeat(32) + "1";
        for text in [
            "", ".", "1.", ".1", "1..2", "1.02", "1.a", "1 ", "../1", "-1", &long,
        ] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
    }

    #[test]
    fn our_uids_hold_a_uuid() -> Result<(), NoUid> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"x"));
        let derived = DicomUid::derive(&slide, UidRole::Study);
        let uid: Uid = derived.as_str().parse()?;
        assert_eq!(uid.uuid().map(|uuid| format!("2.25.{uuid}")), Some(uid.0));
        assert_eq!("1.2.3".parse::<Uid>()?.uuid(), None);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_good_one_is_kept_as_it_was(text in "(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){0,7}") {
            prop_assert_eq!(text.parse::<Uid>().map(|uid| uid.to_string()).ok(), Some(text));
        }

        #[test]
        fn any_text_is_a_uid_or_an_error(text in ".{0,80}") {
            if let Ok(uid) = text.parse::<Uid>() {
                prop_assert!(uid.as_str().bytes().all(|byte| byte == b'.' || byte.is_ascii_digit()));
            }
        }
    }
}
