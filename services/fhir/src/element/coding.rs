use serde::Serialize;

use crate::systems;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Coding {
    pub(crate) system: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) display: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CodeableConcept {
    pub(crate) coding: Vec<Coding>,
    pub(crate) text: Option<String>,
}

/// Those of `data-absent-reason` that are told here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AbsentReason {
    /// The answer is not known.
    Unknown,
    /// It is not known yet.
    TempUnknown,
    /// It is outside what the source can say.
    Unsupported,
    /// Nobody looked for it.
    NotPerformed,
}

impl Coding {
    pub(crate) fn new(system: &str, code: impl Into<String>) -> Self {
        Self {
            system: Some(system.to_owned()),
            code: Some(code.into()),
            ..Self::default()
        }
    }

    pub(crate) fn shown_as(self, display: &str) -> Self {
        Self {
            display: Some(display.to_owned()),
            ..self
        }
    }
}

impl CodeableConcept {
    pub(crate) fn of(coding: Coding) -> Self {
        Self {
            coding: vec![coding],
            text: None,
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            coding: Vec::new(),
            text: Some(text.into()),
        }
    }

    pub(crate) fn saying(self, text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..self
        }
    }
}

impl AbsentReason {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::TempUnknown => "temp-unknown",
            Self::Unsupported => "unsupported",
            Self::NotPerformed => "not-performed",
        }
    }
}

/// In place of a value, why there is none.
pub(crate) fn absent(reason: AbsentReason, text: impl Into<String>) -> CodeableConcept {
    let coding = Coding::new(systems::DATA_ABSENT_REASON, reason.code());
    CodeableConcept::of(coding).saying(text)
}
