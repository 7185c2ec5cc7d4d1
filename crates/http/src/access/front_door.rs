use std::borrow::Cow;
use std::sync::Arc;

use super::limits::Limits;
use super::secret::TENANT_MARK;
use super::{AccessRules, OpenId, Transport};

/// What all who come to a process meet first, whatever installation of it they want. Clones share it.
#[derive(Clone)]
pub struct FrontDoor {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    openid: Option<OpenId>,
    limits: Limits,
}

impl FrontDoor {
    pub fn new(transport: Transport, rules: AccessRules) -> Self {
        let AccessRules { openid, limits } = rules;
        Self {
            shared: Arc::new(Shared {
                transport,
                openid,
                limits: Limits::new(limits),
            }),
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        self.shared.transport
    }

    pub(crate) fn openid(&self) -> Option<&OpenId> {
        self.shared.openid.as_ref()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// The tenant that a credential says it is of: whom to ask whether it is good, and no more.
    pub(crate) fn tenant_hint<'p>(&self, presented: &'p str) -> Option<Cow<'p, str>> {
        if let Some((tenant, _)) = presented.split_once(TENANT_MARK) {
            return Some(tenant.into());
        }
        let provider = &self.openid()?.provider;
        provider.tenant_hint(presented).map(Cow::Owned)
    }
}

impl Default for FrontDoor {
    /// For tokens and login links alone, without limits.
    fn default() -> Self {
        Self::new(Transport::default(), AccessRules::default())
    }
}
