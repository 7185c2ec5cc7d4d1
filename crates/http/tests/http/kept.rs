//! Answers that never change are given again from memory, and only to those who may come in.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header as name};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use coverslip_http::{Immutable, Role, Transport, protect};

use crate::server::{Server, TestResult, header, text};

/// A server with pictures, the number of times a handler was asked, and a token.
struct Pictures {
    server: Server,
    asked: Arc<AtomicUsize>,
    bearer: String,
}

impl Pictures {
    async fn start() -> Result<Self, Box<dyn Error>> {
        let mut server = Server::start(Transport::Http).await?;
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let picture = async move |uri: Uri, headers: HeaderMap| {
            counter.fetch_add(1, Ordering::Relaxed);
            picture(&uri, &headers)
        };
        let router = Router::new().route("/picture/{kind}", get(picture));
        server.router = protect(router, server.access.clone());
        let bearer = server.bearer(&[Role::Pathologist]).await?;
        Ok(Self {
            server,
            asked,
            bearer,
        })
    }

    async fn ask(
        &self,
        method: &str,
        uri: &str,
        more: &[(&str, &str)],
    ) -> Result<axum::http::Response<axum::body::Body>, Box<dyn Error>> {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend_from_slice(more);
        self.server.ask(method, uri, &headers).await
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

/// The address says what is wrong with keeping the answer; `still` has nothing wrong.
fn picture(uri: &Uri, headers: &HeaderMap) -> Response {
    if headers.contains_key(name::IF_NONE_MATCH) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let body = Bytes::from(uri.to_string());
    let mut response = body.clone().into_response();
    response
        .headers_mut()
        .insert(name::ETAG, HeaderValue::from_static("\"e\""));
    match uri.path() {
        "/picture/moving" => return response,
        "/picture/varying" => {
            let accept = HeaderValue::from_static("accept");
            response.headers_mut().insert(name::VARY, accept);
        }
        "/picture/failed" => *response.status_mut() = StatusCode::NOT_FOUND,
        _ => (),
    }
    response.extensions_mut().insert(Immutable(body));
    response
}

#[tokio::test]
async fn an_immutable_answer_is_given_again_without_its_handler() -> TestResult {
    let pictures = Pictures::start().await?;
    let first = pictures.ask("GET", "/picture/still?size=1", &[]).await?;
    let again = pictures.ask("GET", "/picture/still?size=1", &[]).await?;
    assert_eq!(pictures.asked(), 1);
    assert_eq!(again.status(), 200);
    let ids = [&first, &again].map(|answer| header(answer, "x-request-id").to_owned());
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[1].len(), 16);
    let without_id = |answer: &axum::http::Response<_>| {
        let mut headers = answer.headers().clone();
        headers.remove("x-request-id");
        headers
    };
    assert_eq!(without_id(&first), without_id(&again));
    assert_eq!(header(&again, "x-content-type-options"), "nosniff");
    assert_eq!(text(first).await?, text(again).await?);

    let other = pictures.ask("GET", "/picture/still?size=2", &[]).await?;
    assert_eq!(text(other).await?, "/picture/still?size=2");
    assert_eq!(pictures.asked(), 2);
    Ok(())
}

#[tokio::test]
async fn nobody_gets_a_kept_answer_without_a_good_token() -> TestResult {
    let pictures = Pictures::start().await?;
    let address = "/picture/still";
    assert_eq!(pictures.ask("GET", address, &[]).await?.status(), 200);
    let server = &pictures.server;
    for headers in [
        vec![],
        vec![("authorization", "Bearer guess")],
        vec![("cookie", "coverslip_session=guess")],
        vec![(
            "cookie",
            &*pictures.bearer.replace("Bearer ", "coverslip_session="),
        )],
    ] {
        let answer = server.ask("GET", address, &headers).await?;
        assert_eq!(answer.status(), 401, "{headers:?}");
    }
    assert_eq!(pictures.asked(), 1);
    Ok(())
}

#[tokio::test]
async fn conditions_and_other_methods_are_the_handlers_affair() -> TestResult {
    let pictures = Pictures::start().await?;
    let address = "/picture/still";
    pictures.ask("HEAD", address, &[]).await?;
    assert_eq!(pictures.asked(), 1);
    pictures.ask("GET", address, &[]).await?;
    assert_eq!(pictures.asked(), 2);
    let held = [("if-none-match", "\"e\"")];
    let answer = pictures.ask("GET", address, &held).await?;
    assert_eq!(answer.status(), 304);
    let answer = pictures.ask("HEAD", address, &[]).await?;
    assert_eq!((answer.status().as_u16(), pictures.asked()), (200, 4));
    assert_eq!(pictures.ask("POST", address, &[]).await?.status(), 405);
    Ok(())
}

#[tokio::test]
async fn what_may_change_or_differ_is_never_kept() -> TestResult {
    let pictures = Pictures::start().await?;
    for (times, kind) in ["moving", "varying", "failed"].into_iter().enumerate() {
        for _ in 0..2 {
            pictures
                .ask("GET", &format!("/picture/{kind}"), &[])
                .await?;
        }
        assert_eq!(pictures.asked(), 2 * (times + 1), "{kind}");
    }
    Ok(())
}
