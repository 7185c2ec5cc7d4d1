use axum::http::HeaderMap;
use flow::{PatientPictures, SlideId};

use super::ReceiveError;
use crate::IngestDeps;

const HEADER: &str = "X-Deidentify";

/// The one thing that can be asked for: the label is not shown, neither on its own picture nor on that of
/// the whole glass.
const LABEL: &str = "label";

/// Whether the pictures of a slide that may show a patient's name are removed, and who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deidentify {
    No,
    /// The installation, of all that comes; what came before stays as it is.
    ByRule,
    /// The sender, who is told where that comes too late.
    Asked,
}

impl Deidentify {
    /// Of a sender who does not say.
    pub const fn by_rule(rule: PatientPictures) -> Self {
        match rule {
            PatientPictures::Kept => Self::No,
            PatientPictures::Removed => Self::ByRule,
        }
    }

    /// `None` of a value that means nothing here.
    pub(crate) fn asked(value: &str) -> Option<Self> {
        (value == LABEL).then_some(Self::Asked)
    }

    /// By the header `X-Deidentify`, or else by the installation's rule.
    pub(crate) fn read(headers: &HeaderMap, rule: PatientPictures) -> Result<Self, ReceiveError> {
        let Some(value) = headers.get(HEADER) else {
            return Ok(Self::by_rule(rule));
        };
        let asked = value.to_str().ok().and_then(Self::asked);
        asked.ok_or(ReceiveError::Header {
            name: HEADER,
            problem: "label is all that can be asked for, which removes label and macro",
        })
    }

    pub(super) const fn pictures(self) -> PatientPictures {
        match self {
            Self::No => PatientPictures::Kept,
            Self::ByRule | Self::Asked => PatientPictures::Removed,
        }
    }

    /// For the audit trail.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::ByRule => "by_rule",
            Self::Asked => "asked",
        }
    }
}

/// What came before without that wish is stored with its label, or about to be: whoever asks now must know.
pub(crate) async fn is_too_late(
    deps: &IngestDeps,
    slide: SlideId,
    wish: Deidentify,
) -> Result<bool, ReceiveError> {
    if wish != Deidentify::Asked {
        return Ok(false);
    }
    let known = deps.catalog.slide(slide).await?;
    Ok(known.is_some_and(|row| row.patient_pictures == PatientPictures::Kept))
}
