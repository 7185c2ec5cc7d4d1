use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AssociatedName, FlowError, SlideId, SlideUids};

/// What becomes of the pictures that may show a patient's name, label and macro, when a slide is tiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatientPictures {
    #[default]
    Kept,
    Removed,
}

impl PatientPictures {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Removed => "removed",
        }
    }
}

impl fmt::Display for PatientPictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PatientPictures {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        match text {
            "kept" => Ok(Self::Kept),
            "removed" => Ok(Self::Removed),
            other => Err(FlowError::parse(
                "patient pictures",
                other,
                "kept or removed",
            )),
        }
    }
}

/// What was removed of a slide on request, and how, as the standard names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deidentification {
    /// The pictures that the slide came with and that were not stored.
    pub removed: Vec<AssociatedName>,
    pub methods: Vec<DeidentificationMethod>,
}

/// A profile or an option of PS3.15 annex E, by its code in DICOM's own scheme (context group 7050).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeidentificationMethod {
    /// Headers hold nothing of a patient (section E.2).
    #[serde(rename = "113100")]
    BasicProfile,
    /// Nothing that is written on the glass is in the pictures (section E.3.1).
    #[serde(rename = "113101")]
    CleanPixelData,
    /// The UIDs that the slide came with are kept (section E.3.9).
    #[serde(rename = "113110")]
    RetainUids,
}

impl DeidentificationMethod {
    /// Of a slide whose label and macro are removed, and that is stored under `uids`.
    pub fn without_label(slide: &SlideId, uids: &SlideUids) -> Vec<Self> {
        let mut methods = vec![Self::BasicProfile, Self::CleanPixelData];
        if *uids != SlideUids::derived(slide) {
            methods.push(Self::RetainUids);
        }
        methods
    }

    /// Value, scheme, meaning (PS3.16 table CID 7050).
    pub const fn term(self) -> [&'static str; 3] {
        match self {
            Self::BasicProfile => ["113100", "DCM", "Basic Application Confidentiality Profile"],
            Self::CleanPixelData => ["113101", "DCM", "Clean Pixel Data Option"],
            Self::RetainUids => ["113110", "DCM", "Retain UIDs Option"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sha256Digest;

    #[test]
    fn methods_are_written_as_their_codes() -> Result<(), serde_json::Error> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"s"));
        let methods = DeidentificationMethod::without_label(&slide, &SlideUids::derived(&slide));
        assert_eq!(serde_json::to_string(&methods)?, r#"["113100","113101"]"#);
        let came = SlideUids::derived(&SlideId::from_digest(&Sha256Digest::of(b"t")));
        let methods = DeidentificationMethod::without_label(&slide, &came);
        let written = serde_json::to_value(&methods)?;
        let terms: Vec<_> = methods.iter().map(|method| method.term()[0]).collect();
        assert_eq!(written, serde_json::json!(terms));
        assert_eq!(terms, ["113100", "113101", "113110"]);
        Ok(())
    }
}
