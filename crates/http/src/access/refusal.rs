use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::ApiError;

/// For people whose browser came without a session, or with a link that is used up.
const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Coverslip: login link needed</title>
<h1>You need a login link</h1>
<p>Coverslip shows slides only to people it knows, and it does not know this browser, or no longer.
<p>A login link works once, within fifteen minutes. The server prints one when it starts, and
whoever runs the server can make another for you. Open it in this browser, and you are logged in for
twelve hours.
</html>
"#;

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

    pub(crate) fn tell(self, refused: ApiError) -> Response {
        if self == Self::Program || refused.status() != StatusCode::UNAUTHORIZED {
            return refused.into_response();
        }
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        (StatusCode::UNAUTHORIZED, no_store, Html(PAGE)).into_response()
    }
}
