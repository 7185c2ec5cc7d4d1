use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::CatalogError;
use flow::TenantName;
use identity::Subject;

use super::{AccessControl, FrontDoor, Secret};
use crate::ApiError;

/// Where people come in: the front door, and whom they find behind it.
#[derive(Clone)]
pub(crate) struct Entrance {
    front: FrontDoor,
    behind: Behind,
}

#[derive(Clone)]
enum Behind {
    One(AccessControl),
    Tenants(Arc<BTreeMap<TenantName, AccessControl>>),
}

impl Entrance {
    pub(crate) fn to_one(access: AccessControl) -> Self {
        Self {
            front: access.front().clone(),
            behind: Behind::One(access),
        }
    }

    pub(crate) fn to_tenants(
        front: FrontDoor,
        tenants: BTreeMap<TenantName, AccessControl>,
    ) -> Self {
        Self {
            front,
            behind: Behind::Tenants(Arc::new(tenants)),
        }
    }

    pub(super) const fn front(&self) -> &FrontDoor {
        &self.front
    }

    /// Turns a login code into a session of the tenant that it is of; `None` where the code is wrong,
    /// too old or used.
    pub(super) async fn begin_session(&self, code: &str) -> Result<Option<Secret>, CatalogError> {
        let hint = self.front.tenant_hint(code);
        match self.behind(hint.as_deref()) {
            Some(access) => access.begin_session(code).await,
            None => Ok(None),
        }
    }

    /// Where the session of somebody begins whom the provider sent.
    pub(super) fn of_person(&self, person: &Subject) -> Result<&AccessControl, ApiError> {
        self.behind(person.tenant.as_deref()).ok_or_else(|| {
            ApiError::forbidden(
                "the provider knows you, but says of no tenant of this server that you are its: ask \
                 whoever runs this server",
            )
        })
    }

    fn behind(&self, tenant: Option<&str>) -> Option<&AccessControl> {
        match &self.behind {
            Behind::One(access) => Some(access),
            Behind::Tenants(tenants) => tenants.get(tenant?),
        }
    }
}
