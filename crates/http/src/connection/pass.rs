use subtle::ConstantTimeEq;
use tokio::time::Instant;

use crate::access::Credential;
use crate::gate::{Gate, Leave};

/// What the client of this connection was last let in with: when it sends the same again, neither
/// the secret's hash nor the tokens need to be looked at.
pub(super) struct Pass {
    name: &'static str,
    value: Vec<u8>,
    /// By which he was.
    gate: Gate,
    leave: Leave,
}

impl Pass {
    /// Until the leave ends, which is when the token has to be looked up again.
    pub(super) fn new(credential: Credential<'_>, gate: Gate, leave: Leave) -> Self {
        Self {
            name: credential.name(),
            value: credential.value().to_owned(),
            gate,
            leave,
        }
    }

    pub(super) const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Counts one request; `None` where that is one too many.
    pub(super) fn spend(&self, now: Instant) -> Option<()> {
        self.gate.spend(&self.leave.hash, now)
    }

    /// A proxy may send requests of several people over one connection, so how long this takes must
    /// not tell one of them how much of another's secret was guessed.
    pub(super) fn covers(&self, credential: Credential<'_>, now: Instant) -> bool {
        now < self.leave.end
            && self.name == credential.name()
            && bool::from(self.value.ct_eq(credential.value()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use flow::Sha256Digest;

    use super::*;
    use crate::access::FrontDoor;

    #[test]
    fn covers_the_same_credential_until_it_ends() {
        let now = Instant::now();
        let end = now + Duration::from_secs(1);
        let hash = Sha256Digest::of(b"b");
        let gate = Gate::of_reception(FrontDoor::default());
        let pass = Pass::new(Credential::Cookie(b"a=b"), gate, Leave { end, hash });
        assert!(pass.covers(Credential::Cookie(b"a=b"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=c"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=b; c=d"), now));
        assert!(!pass.covers(Credential::Authorization(b"a=b"), now));
        assert!(!pass.covers(Credential::Cookie(b"a=b"), end));
    }
}
