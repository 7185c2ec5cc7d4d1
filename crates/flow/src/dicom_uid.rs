use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{FlowError, LevelNumber, Sha256Digest, SlideId};

/// What a UID names, so that one slide yields many that never collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UidRole {
    Study,
    Series,
    FrameOfReference,
    Pyramid,
    DimensionOrganization,
    Specimen,
    Level(LevelNumber),
    Associated(crate::AssociatedName),
}

impl fmt::Display for UidRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Study => f.write_str("study"),
            Self::Series => f.write_str("series"),
            Self::FrameOfReference => f.write_str("frame-of-reference"),
            Self::Pyramid => f.write_str("pyramid"),
            Self::DimensionOrganization => f.write_str("dimension-organization"),
            Self::Specimen => f.write_str("specimen"),
            Self::Level(level) => write!(f, "level-{level}"),
            Self::Associated(name) => write!(f, "associated-{name}"),
        }
    }
}

/// A DICOM unique identifier (PS3.5 section 9.1): somebody's, or one of ours.
///
/// Ours derive from the slide's bytes, so the same slide always has the same. Their form is `2.25.` and
/// a UUID as a decimal number (PS3.5 section B.2), here a version 8 UUID made of the sha256 of slide id
/// and role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DicomUid(String);

const MOST_CHARACTERS: usize = 64;

impl DicomUid {
    pub fn derive(slide: &SlideId, role: UidRole) -> Self {
        Self::of_text(&format!("coverslip {slide} {role}"))
    }

    /// Of `what` a result of the slide is told in. `result` is its [`crate::Prediction::digest`].
    pub fn of_result(slide: &SlideId, result: &Sha256Digest, what: impl fmt::Display) -> Self {
        Self::of_text(&format!("coverslip {slide} result {result} {what}"))
    }

    /// Of a task with its encoder, as the device that observes.
    pub fn of_device(encoder: &Sha256Digest, task: &Sha256Digest) -> Self {
        Self::of_text(&format!("coverslip device {encoder} {task}"))
    }

    fn of_text(text: &str) -> Self {
        let digest = Sha256Digest::of(text.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(format!("2.25.{}", u128::from_be_bytes(bytes)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UUID in a UID of the form that ours have.
    pub fn uuid(&self) -> Option<u128> {
        self.0.strip_prefix("2.25.")?.parse().ok()
    }
}

impl fmt::Display for DicomUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DicomUid {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let is_number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            digits && !part.is_empty() && (part.len() == 1 || !part.starts_with('0'))
        };
        match text.len() <= MOST_CHARACTERS && text.split('.').all(is_number) {
            true => Ok(Self(text.to_owned())),
            false => Err(FlowError::parse(
                "UID",
                text,
                "it has at most 64 characters: numbers without leading zeros, with a dot between any two",
            )),
        }
    }
}

impl TryFrom<String> for DicomUid {
    type Error = FlowError;

    fn try_from(text: String) -> Result<Self, FlowError> {
        text.parse()
    }
}

impl From<DicomUid> for String {
    fn from(uid: DicomUid) -> Self {
        uid.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uids_are_stable_short_and_distinct() {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"x"));
        let first = DicomUid::derive(&slide, UidRole::Level(LevelNumber(0)));
        let again = DicomUid::derive(&slide, UidRole::Level(LevelNumber(0)));
        let other = DicomUid::derive(&slide, UidRole::Level(LevelNumber(1)));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first.as_str().len() <= 64 && first.as_str().starts_with("2.25."));
    }
    #[test]
    fn what_the_standard_forbids_is_no_uid() {
        let long = "1.".repeat(32) + "1";
        for text in [
            "", ".", "1.", ".1", "1..2", "1.02", "1.a", "1 ", "../1", "-1", &long,
        ] {
            assert!(text.parse::<DicomUid>().is_err(), "{text}");
        }
    }

    #[test]
    fn our_uids_hold_a_uuid() -> Result<(), FlowError> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"x"));
        let derived = DicomUid::derive(&slide, UidRole::Study);
        let uid: DicomUid = derived.as_str().parse()?;
        assert_eq!(uid.uuid().map(|uuid| format!("2.25.{uuid}")), Some(uid.0));
        assert_eq!("1.2.3".parse::<DicomUid>()?.uuid(), None);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_good_one_is_kept_as_it_was(text in "(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){0,7}") {
            prop_assert_eq!(text.parse::<DicomUid>().map(|uid| uid.to_string()).ok(), Some(text));
        }

        #[test]
        fn any_text_is_a_uid_or_an_error(text in ".{0,80}") {
            if let Ok(uid) = text.parse::<DicomUid>() {
                prop_assert!(uid.as_str().bytes().all(|byte| byte == b'.' || byte.is_ascii_digit()));
            }
        }
    }
}
