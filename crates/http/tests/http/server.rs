//! A small server to test, behind the real access control and a real catalog.

use std::error::Error;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use axum::routing::{get, post};
use catalog::Catalog;
use coverslip_http::{
    Access, AccessControl, AccessRules, ApiError, Json, Path, Protected, Query, Readiness, Role,
    Transport, protect,
};
use flow::{Mpp, SlideId};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

pub(crate) struct Server {
    pub(crate) router: Protected,
    pub(crate) access: AccessControl,
    pub(crate) catalog: Catalog,
    _folder: TempDir,
}

impl Server {
    pub(crate) async fn start(transport: Transport) -> Result<Self, Box<dyn Error>> {
        let mut server = Self::of(Router::new(), transport).await?;
        let health = coverslip_http::health(Readiness::default());
        server.router = protect(routes().merge(health), server.access.clone());
        Ok(server)
    }

    /// With more rules on who may come in.
    pub(crate) async fn ruled(
        transport: Transport,
        rules: AccessRules,
    ) -> Result<Self, Box<dyn Error>> {
        Self::of_ruled(routes(), transport, rules).await
    }

    /// Protects other routes than those below.
    pub(crate) async fn of(routes: Router, transport: Transport) -> Result<Self, Box<dyn Error>> {
        Self::of_ruled(routes, transport, AccessRules::default()).await
    }

    async fn of_ruled(
        routes: Router,
        transport: Transport,
        rules: AccessRules,
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::ruled(catalog.clone(), transport, rules);
        Ok(Self {
            router: protect(routes, access.clone()),
            access,
            catalog,
            _folder: folder,
        })
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        let answer = self.router.clone().oneshot(request).await;
        answer.unwrap_or_else(|never| match never {})
    }

    /// Sends a request with these headers and no body.
    pub(crate) async fn ask(
        &self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response<Body>, Box<dyn Error>> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(self.send(request.body(Body::empty())?).await)
    }

    /// An `Authorization` value with these roles.
    pub(crate) async fn bearer(&self, roles: &[Role]) -> Result<String, Box<dyn Error>> {
        let token = self.access.issue_token("a test", roles).await?;
        Ok(format!("Bearer {}", token.reveal()))
    }
}

fn routes() -> Router {
    Router::new()
        .route(
            "/whoami",
            get(async |access: Access| access.name().to_owned()),
        )
        .route("/label", get(label))
        .route("/sign", post(sign))
        .route("/things", post(async || "changed").get(async || "read"))
        .route(
            "/slides/{id}",
            get(async |Path(id): Path<SlideId>| id.to_string()),
        )
        .route(
            "/search",
            get(async |Query(search): Query<Search>| search.limit.to_string()),
        )
        .route(
            "/mpp",
            post(async |Json(given): Json<Given>| given.mpp.to_string()),
        )
        .route("/broken", get(broken))
}

async fn label(access: Access) -> Result<&'static str, ApiError> {
    access.require(Role::Pathologist)?;
    Ok("a name")
}

async fn sign(access: Access) -> Result<&'static str, ApiError> {
    access.require_person(Role::Pathologist)?;
    Ok("signed")
}

async fn broken() -> Result<(), ApiError> {
    let cause = std::io::Error::other("the password is swordfish");
    Err(ApiError::internal(cause))
}

#[derive(Deserialize)]
struct Search {
    limit: u32,
}

#[derive(Deserialize)]
struct Given {
    mpp: Mpp,
}

pub(crate) async fn text(response: Response<Body>) -> Result<String, Box<dyn Error>> {
    let bytes = to_bytes(response.into_body(), 1 << 20).await?;
    Ok(String::from_utf8(bytes.to_vec())?)
}

pub(crate) fn header<'r>(response: &'r Response<Body>, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// The members of a problem answer, with what they all have checked.
pub(crate) async fn problem(response: Response<Body>) -> Result<Value, Box<dyn Error>> {
    let status = response.status().as_u16();
    assert_eq!(
        header(&response, "content-type"),
        "application/problem+json"
    );
    let id = header(&response, "x-request-id").to_owned();
    let problem: Value = serde_json::from_str(&text(response).await?)?;
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], id);
    for member in ["type", "title", "detail"] {
        assert!(
            problem[member]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{problem}"
        );
    }
    Ok(problem)
}
