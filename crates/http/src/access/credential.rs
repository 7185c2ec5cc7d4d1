use std::fmt;

use catalog::TokenKind;

use super::claim::bearer_in;
use super::{Claim, Transport};

/// The one header of a request that says who asks, as it was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential<'r> {
    Authorization(&'r [u8]),
    Cookie(&'r [u8]),
}

impl<'r> Credential<'r> {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Authorization(_) => "Authorization",
            Self::Cookie(_) => "Cookie",
        }
    }

    pub(crate) const fn value(self) -> &'r [u8] {
        match self {
            Self::Authorization(value) | Self::Cookie(value) => value,
        }
    }

    /// What it claims for a request that only reads.
    pub(crate) fn claim(self, transport: Transport) -> Option<Claim<'r>> {
        let (kind, presented) = self.presented(transport)?;
        Some(Claim::token(kind, presented))
    }

    /// The secret in it.
    pub(crate) fn presented(self, transport: Transport) -> Option<(TokenKind, &'r str)> {
        let text = str::from_utf8(self.value()).ok()?;
        let text = text.is_ascii().then_some(text)?;
        match self {
            Self::Authorization(_) => bearer_in(text).map(|token| (TokenKind::Bearer, token)),
            Self::Cookie(_) => {
                let session = transport.session_in(text);
                session.map(|session| (TokenKind::Session, session))
            }
        }
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(<redacted>)", self.name())
    }
}
