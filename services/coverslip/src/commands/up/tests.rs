//! That what `openapi/` says there is, is there, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use anyhow::{Context, ensure};
use egress::Egress;
use http::{AccessControl, Transport};
use serde_json::Value;
use telemetry::TelemetryConfig;

use super::*;
use crate::health::Health;
use crate::openapi::DOCUMENT;

/// A method and the address that axum's router knows.
type Route = (String, String);

const METHODS: [&str; 7] = ["get", "head", "put", "post", "delete", "patch", "options"];

#[tokio::test]
async fn every_route_is_written_down_and_nothing_else() -> Result<()> {
    let data = tempfile::tempdir()?;
    let installation = Installation::open(data.path()).await?;
    let answering = Answering {
        rule: FirstReadRule::default(),
        research: ResearchResults::default(),
        fonts: Fonts::default(),
        receive: ReceiveConfig::default(),
        // What S3 answers is written down by S3.
        signing: None,
        search: SearchConfig::default(),
        webhooks: WebhooksConfig::new(Egress::allowing("--webhook-allow", [])),
    };
    let metrics = telemetry::init(&TelemetryConfig::default())?.metrics;
    let health = Health::of(iter::once(&installation), Needs::QueueToo, metrics);
    let router = router(&installation, &answering)?;
    let router = router.merge(health.open()).merge(health.inside());
    let access = AccessControl::new(installation.catalog, Transport::default());
    let there = routes(&format!("{:?}", http::protect(router, access)))?;
    let written = operations()?;
    ensure!(
        there.len() > 50,
        "the router's debug form is read wrongly: {there:?}"
    );
    let unwritten: Vec<_> = there.difference(&written).collect();
    ensure!(unwritten.is_empty(), "openapi/ lacks {unwritten:?}");
    let ghosts: Vec<_> = written.difference(&there).collect();
    ensure!(
        ghosts.is_empty(),
        "openapi/ has {ghosts:?}, which are not there"
    );
    Ok(())
}

/// What a router takes. axum lists its routes nowhere but in this form; where that changes, this
/// fails.
fn routes(router: &str) -> Result<BTreeSet<Route>> {
    // What follows is for addresses that there are not.
    let (router, _) = router.split_once("fallback_router: ").context("a router")?;
    let (endpoints, addresses) = router.split_once("node: Node").context("addresses")?;
    let mut methods = BTreeMap::new();
    for endpoint in endpoints.split("RouteId(").skip(1) {
        let (id, endpoint) = endpoint.split_once(')').context("an id")?;
        let allowed = endpoint.split_once("allow_header: Bytes(b\"");
        let (_, allowed) =
            allowed.context("a route that takes any method cannot be written down")?;
        let (allowed, _) = allowed.split_once('"').context("methods")?;
        methods.insert(id, allowed);
    }
    let mut routes = BTreeSet::new();
    for address in addresses.split("RouteId(").skip(1) {
        let (id, address) = address.split_once("): \"").context("an address")?;
        let (address, _) = address.split_once('"').context("the end of an address")?;
        let allowed = methods.get(id).context("a route's methods")?;
        // Every GET takes HEAD as well.
        let has_get = allowed.split(',').any(|method| method == "GET");
        let meant = allowed
            .split(',')
            .filter(|method| !has_get || *method != "HEAD");
        routes.extend(meant.map(|method| (method.to_owned(), address.to_owned())));
    }
    Ok(routes)
}

/// What is written down. `x-route` has the router's address where that is wider than the written one.
fn operations() -> Result<BTreeSet<Route>> {
    let document: Value = serde_json::from_slice(DOCUMENT)?;
    let mut operations = BTreeSet::new();
    for (address, item) in document["paths"].as_object().context("paths")? {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let route = operation["x-route"].as_str().unwrap_or(address);
            ensure!(is_of(address, route), "{address} never comes to {route}");
            operations.insert((method.to_uppercase(), route.to_owned()));
        }
    }
    Ok(operations)
}

/// Whether the router sends the address there: its segments are those of the route, which has a name
/// in braces for any segment, and one with a star for all that follow.
fn is_of(address: &str, route: &str) -> bool {
    let mut segments = address.split('/');
    for part in route.split('/') {
        let Some(segment) = segments.next() else {
            return false;
        };
        if part.starts_with("{*") {
            return true;
        }
        if part != segment && !part.starts_with('{') {
            return false;
        }
    }
    segments.next().is_none()
}
