use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use catalog::AuditEvent;
use http::{Access, ApiError, Origin, Path};
use serde_json::json;

use crate::answer::Answer;
use crate::capability::CapabilityStatement;
use crate::kind::ResourceKind;
use crate::order;
use crate::search::{Gatherer, Pairs, SearchQuery, Sent, search};
use crate::state::FhirState;

/// Where all addresses of this service begin.
const ROOT: &str = "/fhir/R4";

/// All routes of this service, below `/fhir/R4`.
pub fn router(state: FhirState) -> Router {
    let metadata = Router::new().route("/metadata", get(metadata));
    let of_kinds = ResourceKind::ALL.into_iter();
    let routes = of_kinds.fold(metadata, |routes, kind| {
        routes.nest(&format!("/{kind}"), of_kind(kind))
    });
    let routes = routes.route_layer(middleware::from_fn(in_json));
    Router::new().nest(ROOT, routes).with_state(state)
}

fn of_kind(kind: ResourceKind) -> Router<FhirState> {
    let search = get(search_by_address);
    let all = match kind {
        // Everything else comes about by work on slides.
        ResourceKind::ServiceRequest => search.post(order::create),
        _ => search,
    };
    Router::new()
        .route("/", all)
        .route("/_search", post(search_by_body))
        .route("/{id}", get(read))
        .layer(Extension(kind))
}

async fn metadata(_: Access, headers: HeaderMap) -> Answer<CapabilityStatement> {
    Answer(CapabilityStatement::of(Origin::of(&headers)))
}

async fn read(
    State(state): State<FhirState>,
    access: Access,
    headers: HeaderMap,
    Extension(kind): Extension<ResourceKind>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let gatherer = Gatherer::new(&state, &access, Origin::of(&headers), kind)?;
    let found = gatherer.by_id(&id).await?;
    note(&state, &access, kind, 1).await?;
    Ok(Answer(found.resource).into_response())
}

async fn search_by_address(
    State(state): State<FhirState>,
    access: Access,
    headers: HeaderMap,
    Extension(kind): Extension<ResourceKind>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let asked = pairs(query.unwrap_or_default().as_bytes())?;
    let query = SearchQuery::read(kind, Sent::InAddress, &asked)?;
    found(&state, &access, &headers, kind, &query).await
}

async fn search_by_body(
    State(state): State<FhirState>,
    access: Access,
    headers: HeaderMap,
    Extension(kind): Extension<ResourceKind>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|error| ApiError::payload_too_large(error.body_text()))?;
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|given| given.to_str().ok())
        .is_some_and(|given| given.starts_with("application/x-www-form-urlencoded"));
    if !is_form && !body.is_empty() {
        return Err(ApiError::unsupported_media_type(
            "a search is sent as application/x-www-form-urlencoded",
        ));
    }
    // What stands in the address is held to what may stand there.
    let addressed = pairs(query.unwrap_or_default().as_bytes())?;
    SearchQuery::read(kind, Sent::InAddress, &addressed)?;
    let asked: Pairs = addressed.into_iter().chain(pairs(&body)?).collect();
    let query = SearchQuery::read(kind, Sent::InBody, &asked)?;
    found(&state, &access, &headers, kind, &query).await
}

async fn found(
    state: &FhirState,
    access: &Access,
    headers: &HeaderMap,
    kind: ResourceKind,
    query: &SearchQuery,
) -> Result<Response, ApiError> {
    let gatherer = Gatherer::new(state, access, Origin::of(headers), kind)?;
    let bundle = search(gatherer, query).await?;
    note(state, access, kind, bundle.n_found()).await?;
    Ok(Answer(bundle).into_response())
}

/// 406 for whoever takes no JSON.
async fn in_json(request: Request, next: Next) -> Result<Response, ApiError> {
    const JSON: [&str; 4] = [
        "application/fhir+json",
        "application/json",
        "application/*",
        "*/*",
    ];
    let mut accepted = request.headers().get_all(header::ACCEPT).iter().peekable();
    let takes_json = |accept: &axum::http::HeaderValue| {
        let ranges = accept.to_str().unwrap_or_default().split(',');
        let types = ranges.filter_map(|range| range.split(';').next());
        types.map(str::trim).any(|kind| JSON.contains(&kind))
    };
    match accepted.peek().is_none() || accepted.any(takes_json) {
        true => Ok(next.run(request).await),
        false => Err(ApiError::not_acceptable(
            "resources are told in application/fhir+json alone",
        )),
    }
}

/// Puts on record that somebody read of patients.
async fn note(
    state: &FhirState,
    access: &Access,
    kind: ResourceKind,
    n_read: usize,
) -> Result<(), ApiError> {
    let Some(action) = kind.read_as() else {
        return Ok(());
    };
    let event = AuditEvent {
        actor: access.name().to_owned(),
        action,
        slide: None,
        detail: json!({ "n_read": n_read, "resource": kind }),
    };
    Ok(state.catalog.audit(event).await?)
}

fn pairs(query: &[u8]) -> Result<Pairs, ApiError> {
    serde_urlencoded::from_bytes(query).map_err(|_no_form| {
        ApiError::bad_request("the search is not well formed: send NAME=VALUE, percent-encoded")
    })
}
