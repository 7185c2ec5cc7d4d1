//! The few pages that people see who are not in.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use identity::LocalPath;
use url::form_urlencoded::byte_serialize;

use crate::ApiError;
use crate::markup::escaped;

/// For people whose browser came without a session, or with a link that is used up.
pub(super) fn login_needed(has_provider: bool, asked_for: &Uri) -> Response {
    let sign_in = match has_provider {
        true => format!(
            "<p><a href=\"{}\"><strong>Sign in</strong></a> with your account.\n\
             <p>Or open a login link.\n",
            sign_in_address(asked_for)
        ),
        false => String::new(),
    };
    let body = format!(
        "<h1>{}</h1>
<p>Coverslip shows slides only to people it knows, and it does not know this browser, or no longer.
{sign_in}<p>A login link works once, within fifteen minutes. The server prints one when it starts, and
whoever runs the server can make another for you. Open it in this browser, and you are logged in for
twelve hours.",
        match has_provider {
            true => "Please sign in",
            false => "You need a login link",
        }
    );
    page(StatusCode::UNAUTHORIZED, "login needed", "", &body)
}

/// For people whom the provider sent back, and who are not in all the same.
pub(super) fn not_signed_in(refused: ApiError) -> Response {
    let detail = escaped(&capitalised(refused.detail()));
    let body = format!(
        "<h1>You are not signed in</h1>
<p>{detail}.
<p><a href=\"/auth/login\">Sign in again</a>"
    );
    refused.told_as(|status| page(status, "not signed in", "", &body))
}

/// Leads on from within this site. A redirect in answer to a request that the provider's page caused
/// would still be the provider's, and the browser would not send the session's cookie with it.
pub(super) fn signed_in(to: &LocalPath) -> Response {
    let to = escaped(to.as_str());
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={to}\">\n");
    let body = format!("<p><a href=\"{to}\">Go on</a>");
    page(StatusCode::OK, "signed in", &head, &body)
}

fn page(status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let text = format!(
        "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
{head}<title>Coverslip: {title}</title>
{body}
</html>
"
    );
    let mut response = (status, Html(text)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// Leads back to what was asked for, except to pages that only let somebody in.
fn sign_in_address(asked_for: &Uri) -> String {
    let lets_in = asked_for.path() == "/login" || asked_for.path().starts_with("/auth/");
    let to = asked_for.path_and_query().filter(|_| !lets_in);
    let to = to.and_then(|to| LocalPath::parse(to.as_str()));
    let to = to.unwrap_or_else(LocalPath::root);
    let to: String = byte_serialize(to.as_str().as_bytes()).collect();
    format!("/auth/login?to={to}")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_to_a_place_of_ours() {
        for (asked_for, to) in [
            ("/", "/auth/login?to=%2F"),
            (
                "/slides/0.dzi?a=b",
                "/auth/login?to=%2Fslides%2F0.dzi%3Fa%3Db",
            ),
            ("/login?code=secret", "/auth/login?to=%2F"),
            ("//example.com", "/auth/login?to=%2F"),
        ] {
            assert_eq!(sign_in_address(&Uri::from_static(asked_for)), to);
        }
    }

    #[test]
    fn what_stands_in_a_page_is_no_markup() {
        assert_eq!(
            escaped("<a href=\"&\">"),
            "&lt;a href=&quot;&amp;&quot;&gt;"
        );
    }
}
