use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::{OpenId, page};
use crate::ApiError;

/// How the one who was refused is told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Person,
    Program,
}

impl Audience {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT);
        let accept = accept.and_then(|accept| accept.to_str().ok());
        match accept {
            Some(types) if method.is_safe() && types.contains("text/html") => Self::Person,
            _ => Self::Program,
        }
    }

    /// People on their way in are shown what went wrong, and where to begin anew.
    pub(super) fn tell_on_the_way(self, refused: ApiError) -> Response {
        match self {
            Self::Person => page::not_signed_in(refused),
            Self::Program => refused.into_response(),
        }
    }

    /// People without a session are shown how to get one, and back to what they asked for.
    pub(crate) fn tell(
        self,
        refused: ApiError,
        openid: Option<&OpenId>,
        asked_for: &Uri,
    ) -> Response {
        if self == Self::Program || refused.status() != StatusCode::UNAUTHORIZED {
            return refused.into_response();
        }
        let has_provider = openid.is_some_and(OpenId::logs_people_in);
        page::login_needed(has_provider, asked_for)
    }
}
