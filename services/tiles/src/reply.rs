use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use http::Immutable;

use crate::entity_tag::EntityTag;

/// What is said about an answer beside its bytes.
pub(crate) struct Reply {
    content_type: HeaderValue,
    freshness: Freshness,
    tag: EntityTag,
    varies: Option<HeaderValue>,
}

/// How long a browser may use an answer without asking again. Nothing here is for shared caches:
/// every answer is for someone who may see slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// The same address never gives anything else.
    Immutable,
    /// Ask every time; a 304 is cheap.
    Revalidate,
}

impl Reply {
    pub(crate) const fn new(
        content_type: &'static str,
        freshness: Freshness,
        tag: EntityTag,
    ) -> Self {
        Self {
            content_type: HeaderValue::from_static(content_type),
            freshness,
            tag,
            varies: None,
        }
    }

    /// The same address has answers of several media types.
    pub(crate) fn varying_by_accept(self) -> Self {
        Self {
            varies: Some(HeaderValue::from_static("accept")),
            ..self
        }
    }

    pub(crate) const fn immutable(content_type: &'static str, tag: EntityTag) -> Self {
        Self::new(content_type, Freshness::Immutable, tag)
    }

    pub(crate) const fn revalidated(content_type: &'static str, tag: EntityTag) -> Self {
        Self::new(content_type, Freshness::Revalidate, tag)
    }

    pub(crate) const fn tag(&self) -> &EntityTag {
        &self.tag
    }

    /// A 304 where the client has the answer already.
    pub(crate) fn if_held(&self, headers: &HeaderMap) -> Option<Response> {
        if !self.tag.is_held_by(headers) {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.describe(response.headers_mut());
        Some(response)
    }

    pub(crate) fn with(self, body: impl Into<Bytes>) -> Response {
        let body = body.into();
        let mut response = Response::new(body.clone().into());
        if self.freshness == Freshness::Immutable {
            response.extensions_mut().insert(Immutable(body));
        }
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
