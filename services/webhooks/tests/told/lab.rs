//! A catalog in a temporary folder, the router over it, and a dispatcher.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use catalog::{Catalog, FileName, NewSlide, Role};
use coverslip_webhooks::{WebhooksConfig, WebhooksState, router, run};
use egress::Egress;
use flow::{Sha256Digest, SlideId};
use http::{AccessControl, Protected, Transport, protect};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) struct Lab {
    _folder: TempDir,
    pub(crate) catalog: Catalog,
    access: AccessControl,
    app: Protected,
    egress: Egress,
}

impl Lab {
    /// That may reach this machine itself.
    pub(crate) async fn open() -> Result<Self, Failure> {
        Self::reaching(Egress::allowing(
            "--webhook-allow",
            ["127.0.0.0/8".parse()?],
        ))
        .await
    }

    pub(crate) async fn reaching(egress: Egress) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::new(catalog.clone(), Transport::Http);
        let state = WebhooksState {
            catalog: catalog.clone(),
            egress: egress.clone(),
        };
        Ok(Self {
            _folder: folder,
            app: protect(router(state), access.clone()),
            catalog,
            access,
            egress,
        })
    }

    /// Sends what is due until what it gives back is dropped.
    pub(crate) fn dispatch(&self) -> DropGuard {
        let config = WebhooksConfig {
            timeout: Duration::from_millis(700),
            look: Duration::from_millis(20),
            ..WebhooksConfig::new(self.egress.clone())
        };
        let shutdown = CancellationToken::new();
        tokio::spawn(run(config, self.catalog.clone(), shutdown.clone()));
        shutdown.drop_guard()
    }

    pub(crate) async fn slide(&self, bytes: &[u8]) -> Result<SlideId, Failure> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide {
            file_name: FileName::new("CANARY^Jane 1970.svs"),
            ..NewSlide::of(digest, bytes.len() as u64)
        };
        self.catalog.register(slide).await?;
        Ok(id)
    }

    /// A webhook that is told of every slide; its path and its secret.
    pub(crate) async fn webhook(&self, url: &str) -> Result<(String, String), Failure> {
        let wanted = json!({ "url": url, "events": ["slide.received"] });
        let (status, made) = self.ask("POST", "/api/v1/webhooks", wanted).await?;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let id = made["id"].as_str().ok_or("an id")?;
        let secret = made["secret"].as_str().ok_or("a secret")?;
        Ok((format!("/api/v1/webhooks/{id}"), secret.to_owned()))
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        self.ask_as(Role::Admin, method, path, body).await
    }

    pub(crate) async fn ask_as(
        &self,
        role: Role,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        let token = self.access.issue_token("test", &[role]).await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", token.reveal()))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))?;
        let response = self.app.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await?;
        Ok((
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        ))
    }

    /// The only delivery of a webhook, once `is_so` of it.
    pub(crate) async fn delivery(
        &self,
        webhook: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> Result<Value, Failure> {
        let path = format!("{webhook}/deliveries");
        for _ in 0..500 {
            let (status, listed) = self.ask("GET", &path, Value::Null).await?;
            assert_eq!(status, StatusCode::OK, "{listed}");
            let deliveries = listed["deliveries"].as_array().ok_or("deliveries")?;
            if let [delivery] = &deliveries[..]
                && is_so(delivery)
            {
                return Ok(delivery.clone());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err("no delivery came to that".into())
    }
}
