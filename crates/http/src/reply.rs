use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use crate::{EntityTag, Immutable};

/// What is said about an answer beside its bytes.
pub struct Reply {
    content_type: HeaderValue,
    freshness: Freshness,
    tag: EntityTag,
    varies: Option<HeaderValue>,
}

/// How long a browser may use an answer without asking again. Nothing here is for shared caches:
/// every answer is for someone who may see slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The same address never gives anything else.
    Immutable,
    /// Ask every time; a 304 is cheap.
    Revalidate,
}

impl Reply {
    pub const fn new(content_type: &'static str, freshness: Freshness, tag: EntityTag) -> Self {
        Self::of_type(HeaderValue::from_static(content_type), freshness, tag)
    }

    /// For a content type that is put together, such as one with a boundary.
    pub const fn of_type(content_type: HeaderValue, freshness: Freshness, tag: EntityTag) -> Self {
        Self {
            content_type,
            freshness,
            tag,
            varies: None,
        }
    }

    /// The same address has answers of several media types.
    pub fn varying_by_accept(self) -> Self {
        Self {
            varies: Some(HeaderValue::from_static("accept")),
            ..self
        }
    }

    pub const fn immutable(content_type: &'static str, tag: EntityTag) -> Self {
        Self::new(content_type, Freshness::Immutable, tag)
    }

    pub const fn revalidated(content_type: &'static str, tag: EntityTag) -> Self {
        Self::new(content_type, Freshness::Revalidate, tag)
    }

    pub const fn tag(&self) -> &EntityTag {
        &self.tag
    }

    /// A 304 where the client has the answer already.
    pub fn if_held(&self, headers: &HeaderMap) -> Option<Response> {
        if !self.tag.is_held_by(headers) {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.describe(response.headers_mut());
        Some(response)
    }

    pub fn with(self, body: impl Into<Bytes>) -> Response {
        let body = body.into();
        let keepable = Immutable(body.clone());
        let is_immutable = self.freshness == Freshness::Immutable;
        let mut response = self.finish(body.into());
        if is_immutable {
            response.extensions_mut().insert(keepable);
        }
        response
    }

    /// For a body that is read from storage while it is sent, `n_bytes` in all.
    pub fn streamed(self, body: Body, n_bytes: u64) -> Response {
        let mut response = self.finish(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, n_bytes.into());
        response
    }

    fn finish(self, body: Body) -> Response {
        let mut response = Response::new(body);
        self.describe(response.headers_mut());
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, self.content_type);
        response
    }

    fn describe(&self, headers: &mut HeaderMap) {
        let freshness = match self.freshness {
            Freshness::Immutable => "private, max-age=31536000, immutable",
            Freshness::Revalidate => "private, no-cache",
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(freshness));
        headers.insert(header::ETAG, self.tag.value());
        if let Some(varies) = &self.varies {
            headers.insert(header::VARY, varies.clone());
        }
    }
}
