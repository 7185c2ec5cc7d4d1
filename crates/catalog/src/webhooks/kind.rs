use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a webhook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum WebhookKind {
    SlideReceived,
    /// Something is missing that a person must give.
    SlideHeld,
    /// The slide cannot be processed.
    SlideFailed,
    /// A task's result is there, the first or another in its place.
    PredictionReady,
    CaseSigned,
    /// Signed again, in place of an earlier version.
    CaseAmended,
    /// Something about a model is not as it was.
    ModelAlert,
}

impl WebhookKind {
    pub const ALL: [Self; 7] = [
        Self::SlideReceived,
        Self::SlideHeld,
        Self::SlideFailed,
        Self::PredictionReady,
        Self::CaseSigned,
        Self::CaseAmended,
        Self::ModelAlert,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SlideReceived => "slide.received",
            Self::SlideHeld => "slide.held",
            Self::SlideFailed => "slide.failed",
            Self::PredictionReady => "prediction.ready",
            Self::CaseSigned => "case.signed",
            Self::CaseAmended => "case.amended",
            Self::ModelAlert => "model.alert",
        }
    }
}

impl fmt::Display for WebhookKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<WebhookKind> for &'static str {
    fn from(kind: WebhookKind) -> Self {
        kind.name()
    }
}

impl FromStr for WebhookKind {
    type Err = UnknownWebhookKind;

    fn from_str(text: &str) -> Result<Self, UnknownWebhookKind> {
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == text);
        kind.ok_or_else(|| UnknownWebhookKind(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for WebhookKind {
    type Error = UnknownWebhookKind;

    fn try_from(text: String) -> Result<Self, UnknownWebhookKind> {
        text.parse()
    }
}

/// A kind of event that there is not.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no kind of event: there are slide.received, slide.held, slide.failed, \
     prediction.ready, case.signed, case.amended and model.alert"
)]
pub struct UnknownWebhookKind(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_written_and_named_in_the_refusal_of_others() {
        let refused = "case.closed".parse::<WebhookKind>();
        let refused = refused.map_err(|unknown| unknown.to_string());
        for kind in WebhookKind::ALL {
            assert_eq!(kind.name().parse::<WebhookKind>().ok(), Some(kind));
            let names = |refused: &String| refused.contains(kind.name());
            assert!(refused.as_ref().is_err_and(names), "{kind}");
        }
    }
}
