//! A store and catalog in a temporary folder, the router over them, and people who log in.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use catalog::{Catalog, FileName, NewSlide, Role};
use coverslip_cases::{CasesDeps, CasesState, router};
use flow::{Sha256Digest, SlideId, SlideStatus};
use http::{AccessControl, FirstReadRule, Protected, Transport, protect};
use queue::Queue;
use serde_json::Value;
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) struct Lab {
    _folder: TempDir,
    pub(crate) deps: CasesDeps,
    pub(crate) access: AccessControl,
    pub(crate) app: Protected,
}

/// A person's session, as the header that a browser sends.
pub(crate) struct Person(pub(crate) String);

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        Self::with_rule(FirstReadRule::Off).await
    }

    pub(crate) async fn with_rule(rule: FirstReadRule) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let deps = CasesDeps {
            store: Store::local(&folder.path().join("objects"))?,
            catalog: Catalog::open(&folder.path().join("catalog.sqlite")).await?,
            queue: Queue::in_process(),
        };
        let access = AccessControl::new(deps.catalog.clone(), Transport::Http);
        let state = CasesState::new(deps.clone()).reading_first(rule);
        let app = protect(router(state), access.clone());
        Ok(Self {
            _folder: folder,
            deps,
            access,
            app,
        })
    }

    pub(crate) async fn slide(
        &self,
        bytes: &[u8],
        status: &SlideStatus,
    ) -> Result<SlideId, Failure> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide {
            file_name: FileName::new("Doe^Jane 1970.svs"),
            ..NewSlide::of(digest, bytes.len() as u64)
        };
        self.deps.catalog.register(slide).await?;
        self.deps.catalog.set_status(id, status).await?;
        Ok(id)
    }

    /// Logs in by a link.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Result<Person, Failure> {
        let code = self.access.issue_login_code(name, &[role]).await?;
        let link = format!("/login?code={}", code.reveal());
        let request = Request::get(link).body(Body::empty())?;
        let response = self.app.clone().oneshot(request).await?;
        let cookie = response.headers().get("set-cookie").ok_or("a cookie")?;
        let cookie = cookie.to_str()?.split(';').next().ok_or("a cookie")?;
        Ok(Person(cookie.to_owned()))
    }

    pub(crate) async fn ask_as(
        &self,
        person: &Person,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", &person.0)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))?;
        self.answer(request).await
    }

    /// With a token, as machines ask.
    pub(crate) async fn ask(
        &self,
        role: Role,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        self.ask_with(role, method, path, &[], body).await
    }

    pub(crate) async fn ask_with(
        &self,
        role: Role,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        let token = self.access.issue_token("test", &[role]).await?;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", token.reveal()))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::from(body.to_string()))?)
            .await
    }

    async fn answer(&self, request: Request<Body>) -> Result<(StatusCode, Value), Failure> {
        let response = self.app.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 8 << 20).await?;
        let body = match bytes.is_empty() {
            true => Value::Null,
            // A page is a text as it stands.
            false => serde_json::from_slice(&bytes)
                .unwrap_or_else(|_no_json| String::from_utf8_lossy(&bytes).into()),
        };
        Ok((status, body))
    }

    /// Names of what was put on record, the newest first.
    pub(crate) async fn recorded(&self) -> Result<Vec<String>, Failure> {
        let trail = self.deps.catalog.audit_trail(None, 1_000).await?;
        Ok(trail.into_iter().map(|row| row.action).collect())
    }
}
