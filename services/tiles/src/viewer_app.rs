use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use http::ApiError;

use crate::error::TilesError;
use http::EntityTag;
use http::{Freshness, Reply};

/// Answers with a file of the web app; its own places lie behind `#`, so no other path is its page.
pub(crate) async fn serve(uri: Uri, headers: HeaderMap) -> Result<Response, ApiError> {
    let asset = viewer::asset(uri.path()).ok_or(TilesError::NoSuchAddress)?;
    let freshness = if viewer::is_immutable(uri.path()) {
        Freshness::Immutable
    } else {
        Freshness::Revalidate
    };
    let tag = EntityTag::new(format_args!("{}", asset.etag.trim_matches('"')));
    let reply = Reply::new(asset.content_type, freshness, tag);
    Ok(reply
        .if_held(&headers)
        .unwrap_or_else(|| reply.with(asset.bytes.into_owned())))
}
