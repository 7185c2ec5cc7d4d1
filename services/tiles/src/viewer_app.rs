use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use http::{ApiError, EntityTag, Freshness, Reply, content_policy_with};

use crate::error::TilesError;

/// Of the page, which begins with a script of its own. Its other files have it without effect.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let page = viewer::asset("/")?;
    let page = str::from_utf8(&page.bytes).ok()?;
    let policy = content_policy_with(viewer::scripts_in(page));
    HeaderValue::from_str(&policy).ok()
});

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
    let mut answer = reply
        .if_held(&headers)
        .unwrap_or_else(|| reply.with(asset.bytes.into_owned()));
    if let Some(policy) = POLICY.as_ref() {
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    Ok(answer)
}
