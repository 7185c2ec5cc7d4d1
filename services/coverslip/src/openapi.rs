//! What can be asked of this API, for programs and for those who write them.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use flow::Sha256Digest;
use http::{Access, EntityTag, Reply};

/// Made of the files of `openapi/` when this was built. It is of all parts: a process of its own has
/// some of the operations, behind one front there are all.
pub(crate) const DOCUMENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));

pub(crate) fn router() -> Router {
    Router::new().route("/api/openapi.json", get(document))
}

async fn document(_: Access, headers: HeaderMap) -> Response {
    static DIGEST: LazyLock<Sha256Digest> = LazyLock::new(|| Sha256Digest::of(DOCUMENT));
    let tag = EntityTag::new(format_args!("openapi-{}", DIGEST.short()));
    let reply = Reply::revalidated("application/json", tag);
    let held = reply.if_held(&headers);
    held.unwrap_or_else(|| reply.with(DOCUMENT))
}
