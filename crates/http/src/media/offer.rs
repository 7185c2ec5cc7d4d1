use thiserror::Error;

use super::range::{MediaRange, covers};
use crate::ApiError;

const MULTIPART: &str = "multipart/related";

/// A form that a resource has; `form` is what the handler calls it.
#[derive(Clone, Copy, Debug)]
pub struct Offer<F> {
    pub(super) form: F,
    packaging: Packaging,
    kind: &'static str,
    /// `None` where pixels play no part.
    syntax: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packaging {
    /// A body of its own.
    Single,
    /// Parts of one body (RFC 2387).
    Multipart,
}

#[derive(Debug, Error)]
#[error("what is here is to be had as {0}; nothing is transcoded")]
pub struct NotAcceptable(String);

impl<F> Offer<F> {
    /// Of what lies in storage, in its transfer syntax.
    pub const fn stored(
        form: F,
        packaging: Packaging,
        kind: &'static str,
        syntax: &'static str,
    ) -> Self {
        Self {
            form,
            packaging,
            kind,
            syntax: Some(syntax),
        }
    }

    /// Of a document or a picture made for the answer.
    pub const fn made(form: F, kind: &'static str) -> Self {
        Self {
            form,
            packaging: Packaging::Single,
            kind,
            syntax: None,
        }
    }

    /// Of bytes that have no transfer syntax.
    pub const fn bytes(form: F, packaging: Packaging, kind: &'static str) -> Self {
        Self {
            form,
            packaging,
            kind,
            syntax: None,
        }
    }

    /// A range that names no transfer syntax takes the one there is: the defaults that the standard
    /// names in its place would have every client ask in vain.
    pub(super) fn fits(&self, range: &MediaRange) -> bool {
        let is_kind = match self.packaging {
            Packaging::Single => range.covers(self.kind),
            Packaging::Multipart => {
                let part = range.parameter("type").unwrap_or("*/*");
                range.covers(MULTIPART) && covers(&part.to_ascii_lowercase(), self.kind)
            }
        };
        let wanted = range.parameter("transfer-syntax").unwrap_or("*");
        is_kind && (wanted == "*" || self.syntax.is_none_or(|syntax| syntax == wanted))
    }

    fn describe(&self) -> String {
        let syntax = self.syntax.map(|uid| format!("; transfer-syntax={uid}"));
        let syntax = syntax.unwrap_or_default();
        match self.packaging {
            Packaging::Single => format!("{}{syntax}", self.kind),
            Packaging::Multipart => format!("{MULTIPART}; type=\"{}\"{syntax}", self.kind),
        }
    }
}

impl From<NotAcceptable> for ApiError {
    fn from(refusal: NotAcceptable) -> Self {
        Self::not_acceptable(refusal.to_string())
    }
}

impl NotAcceptable {
    pub(super) fn of<F>(offers: &[Offer<F>]) -> Self {
        let described: Vec<_> = offers.iter().map(Offer::describe).collect();
        Self(described.join(" or "))
    }
}
