//! A store and catalog in a temporary folder, and the router over them.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;
use catalog::Catalog;
use coverslip_tiles::{SearchConfig, TilesState};
use http::{AccessControl, FirstReadRule, Protected, Role, Transport};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::painted::{Painted, SQUARE, Shape};

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

pub(crate) struct Lab {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) access: AccessControl,
    router: Protected,
    token: String,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Box<dyn Error>> {
        Self::open_with(FirstReadRule::Off).await
    }

    pub(crate) async fn open_with(rule: FirstReadRule) -> Result<Self, Box<dyn Error>> {
        Self::open_searching(rule, SearchConfig::default()).await
    }

    pub(crate) async fn open_searching(
        rule: FirstReadRule,
        search: SearchConfig,
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let store = Store::local(&folder.path().join("objects"))?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::new(catalog.clone(), Transport::Http);
        let token = access.issue_token("engineer", &[Role::Engineer]).await?;
        let state = TilesState::new(store.clone(), catalog.clone()).reading_first(rule);
        let state = state.searching(search);
        Ok(Self {
            router: http::protect(coverslip_tiles::router(state), access.clone()),
            token: token.reveal().to_owned(),
            store,
            catalog,
            access,
            _folder: folder,
        })
    }

    /// With one painted slide in it.
    pub(crate) async fn with(shape: Shape) -> Result<(Self, Painted), Box<dyn Error>> {
        Self::open().await?.painted(shape).await
    }

    pub(crate) async fn painted(self, shape: Shape) -> Result<(Self, Painted), Box<dyn Error>> {
        let lab = self;
        let painted = Painted::store(&lab.store, shape).await?;
        Ok((lab, painted))
    }

    pub(crate) async fn with_square() -> Result<(Self, Painted), Box<dyn Error>> {
        Self::with(SQUARE).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Box<dyn Error>> {
        self.ask(path, &[]).await
    }

    /// With further headers, which may replace the access token.
    pub(crate) async fn ask(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Box<dyn Error>> {
        self.send(Request::get(path), Body::empty(), headers).await
    }

    /// Sends `body` as JSON, with further headers, which may replace the access token.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &serde_json::Value,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Box<dyn Error>> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, Body::from(body.to_string()), headers)
            .await
    }

    async fn send(
        &self,
        request: Builder,
        body: Body,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Box<dyn Error>> {
        let bearer = format!("Bearer {}", self.token);
        let mut request = request.header(header::HOST, "lab.example:8080");
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header(header::AUTHORIZATION, bearer);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body)?).await?;
        let (parts, body) = response.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await?,
        })
    }

    /// Asks for a picture or document that must be there.
    pub(crate) async fn fetch(&self, path: &str) -> Result<Answer, Box<dyn Error>> {
        let answer = self.get(path).await?;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        Ok(answer)
    }
}

impl Answer {
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Asserts that this is a problem answer, and gives its detail.
    pub(crate) fn problem(&self, status: StatusCode) -> Result<String, Box<dyn Error>> {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.header(header::CONTENT_TYPE),
            "application/problem+json"
        );
        assert_eq!(self.header(header::CACHE_CONTROL), "no-store");
        let detail = self.json()?["detail"].as_str().map(str::to_owned);
        Ok(detail.ok_or("a problem has a detail")?)
    }
}
