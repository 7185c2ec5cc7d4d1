use std::collections::{BTreeMap, HashMap};

use axum::{Router, middleware};
use catalog::Catalog;
use flow::TenantName;

use crate::access::{AccessControl, Entrance, FrontDoor, log_out, login, sign_in};
use crate::gate::{Gate, pass};
use crate::protected::Site;
use crate::tenants::Tenants;
use crate::{ApiError, Protected};

/// Lets only those in who have a token, except to `/health/live`, `/health/ready`, `/login`
/// and the way through an OpenID provider below `/auth`.
///
/// Adds the login pages, problem answers for unknown addresses and methods (in place of a fallback
/// the router may have), a request id, security headers, and an access log at debug level that
/// names neither queries nor patients. To be called once, on the whole router, after the metrics
/// recorder is installed.
pub fn protect(router: Router, access: AccessControl) -> Protected {
    let entrance = Entrance::to_one(access.clone());
    let router = router
        .merge(way_in(entrance))
        .merge(log_out(access.clone()));
    Protected::one(site(router, Gate::new(access)))
}

/// The same for tenants, each with a router of its own and the catalog that has its tokens. `open` has
/// what is open to all: its addresses must be among those of [`protect`].
///
/// Nothing of one tenant's router, tokens or kept answers is ever asked on behalf of another's.
pub fn protect_tenants(
    front: &FrontDoor,
    open: Router,
    tenants: impl IntoIterator<Item = (TenantName, Router, Catalog)>,
) -> Protected {
    let (mut controls, mut sites) = (BTreeMap::new(), HashMap::new());
    for (name, router, catalog) in tenants {
        let access = AccessControl::behind(front.clone(), catalog, Some(name.clone()));
        let router = router.merge(log_out(access.clone()));
        sites.insert(name.clone(), site(router, Gate::new(access.clone())));
        controls.insert(name, access);
    }
    let entrance = Entrance::to_tenants(front.clone(), controls);
    let reception = Gate::of_reception(front.clone());
    let reception = site(open.merge(way_in(entrance)), reception);
    Protected::tenants(Tenants::new(front.clone(), reception, sites))
}

fn way_in(entrance: Entrance) -> Router {
    login(entrance.clone()).merge(sign_in(entrance))
}

fn site(router: Router, gate: Gate) -> Site {
    let router = router
        .fallback(async || ApiError::not_found("check the address and the id in it"))
        .method_not_allowed_fallback(async || {
            ApiError::method_not_allowed("the `allow` header names the methods there are")
        })
        .layer(middleware::from_fn_with_state(gate.clone(), pass));
    Site::new(router, gate)
}
