use std::fmt;

use crate::{LevelNumber, Sha256Digest, SlideId};

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

/// A DICOM unique identifier derived from the slide's bytes: the same slide always has the same UIDs.
///
/// Form: `2.25.` and a UUID as a decimal number (PS3.5 section B.2), here a version 8 UUID made of
/// the sha256 of slide id and role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DicomUid(String);

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
}

impl fmt::Display for DicomUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
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
}
