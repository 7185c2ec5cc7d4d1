use subtle::ConstantTimeEq;
use tokio::time::Instant;

use crate::access::Credential;

/// What the client of this connection was last let in with: when it sends the same again, neither
/// the secret's hash nor the tokens need to be looked at.
pub(super) struct Pass {
    name: &'static str,
    value: Vec<u8>,
    end: Instant,
}

impl Pass {
    /// Until `end`, which is when the token has to be looked up again.
    pub(super) fn new(credential: Credential<'_>, end: Instant) -> Self {
        Self {
            name: credential.name(),
            value: credential.value().to_owned(),
            end,
        }
    }

    /// A proxy may send requests of several people over one connection, so how long this takes must
    /// not tell one of them how much of another's secret was guessed.
    pub(super) fn covers(&self, credential: Credential<'_>, now: Instant) -> bool {
        now < self.end
            && self.name == credential.name()
            && bool::from(self.value.ct_eq(credential.value()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn covers_the_same_credential_until_it_ends() {
        let now = Instant::now();
        let end = now + Duration::from_secs(1);
        let pass = Pass::new(Credential::Cookie(b"a=b"), end);
        assert!(pass.covers(Credential::Cookie(b"a=b"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=c"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=b; c=d"), now));
        assert!(!pass.covers(Credential::Authorization(b"a=b"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=b"), end));
    }
}
