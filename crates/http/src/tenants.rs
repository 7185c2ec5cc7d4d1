use std::collections::HashMap;

use axum::http::Request;
use flow::TenantName;

use crate::access::{Credential, FrontDoor, is_open, presented_by};
use crate::gate::Gate;
use crate::protected::Site;

/// The sites of tenants, each with a router, tokens and kept answers of its own, and what is before
/// them: whoever says of no tenant that he is its meets the reception, which knows nobody and has
/// nothing but what is open to all.
///
/// A site is chosen by what a credential says of itself. That is believed by nobody: the site's own
/// gate then looks at the credential as if there were no other site.
pub(crate) struct Tenants {
    front: FrontDoor,
    reception: Site,
    by_name: HashMap<TenantName, Site>,
}

impl Tenants {
    pub(crate) const fn new(
        front: FrontDoor,
        reception: Site,
        by_name: HashMap<TenantName, Site>,
    ) -> Self {
        Self {
            front,
            reception,
            by_name,
        }
    }

    pub(crate) fn site<B>(&self, request: &Request<B>) -> &Site {
        let meant = match is_open(request.uri().path()) {
            true => None,
            false => presented_by(request, self.front.transport())
                .and_then(|(_, credential)| self.of(credential)),
        };
        meant.unwrap_or(&self.reception)
    }

    /// The gate that knows answers for whoever sends this; `None` where none does.
    pub(crate) fn gate(&self, credential: Credential<'_>) -> Option<&Gate> {
        let (_, presented) = credential.presented(self.front.transport())?;
        self.of(presented).map(|site| &site.gate)
    }

    fn of(&self, presented: &str) -> Option<&Site> {
        let hint = self.front.tenant_hint(presented)?;
        self.by_name.get(&*hint)
    }
}
