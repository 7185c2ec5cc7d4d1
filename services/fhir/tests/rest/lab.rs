//! A store and catalog in a temporary folder, the router over them, and those who ask.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use catalog::{Catalog, Role};
use coverslip_fhir::{FhirState, ResearchResults, router};
use http::{AccessControl, FirstReadRule, Protected, Transport, protect};
use laboratory::{ACCESSION, PATIENT};
use queue::Queue;
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) type Failure = Box<dyn Error>;
pub(crate) type Tested = Result<(), Failure>;

pub(crate) struct Lab {
    _folder: TempDir,
    pub(crate) catalog: Catalog,
    access: AccessControl,
    app: Protected,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) body: Value,
}

impl Lab {
    pub(crate) async fn open() -> Result<Self, Failure> {
        Self::with_rule(FirstReadRule::Off).await
    }

    pub(crate) async fn with_rule(rule: FirstReadRule) -> Result<Self, Failure> {
        Self::with_rules(rule, ResearchResults::Marked).await
    }

    pub(crate) async fn with_rules(
        rule: FirstReadRule,
        research: ResearchResults,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let store = Store::local(&folder.path().join("objects"))?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let access = AccessControl::new(catalog.clone(), Transport::Http);
        let state = FhirState::new(store, catalog.clone(), Queue::in_process()).reading_first(rule);
        let state = state.with_research(research);
        Ok(Self {
            _folder: folder,
            app: protect(router(state), access.clone()),
            catalog,
            access,
        })
    }

    pub(crate) async fn get(&self, role: Role, path: &str) -> Result<Answered, Failure> {
        self.ask(role, "GET", path, &[], String::new()).await
    }

    /// Something that must be there.
    pub(crate) async fn read(&self, path: &str) -> Result<Value, Failure> {
        let answered = self.get(Role::Lis, path).await?;
        assert_eq!(answered.status, StatusCode::OK, "{path}: {}", answered.body);
        Ok(answered.body)
    }

    /// What a search finds.
    pub(crate) async fn found(&self, role: Role, path: &str) -> Result<Vec<Value>, Failure> {
        let bundle = self.get(role, path).await?.body;
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let matches = entries
            .into_iter()
            .filter(|e| e["search"]["mode"] == "match");
        Ok(matches.map(|mut entry| entry["resource"].take()).collect())
    }

    pub(crate) async fn send(
        &self,
        headers: &[(&str, &str)],
        order: &Value,
    ) -> Result<Answered, Failure> {
        let path = "/fhir/R4/ServiceRequest";
        let headers: Vec<_> = [("content-type", "application/fhir+json")]
            .iter()
            .chain(headers)
            .copied()
            .collect();
        self.ask(Role::Lis, "POST", path, &headers, order.to_string())
            .await
    }

    pub(crate) async fn ask(
        &self,
        role: Role,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answered, Failure> {
        let token = self.access.issue_token(role.name(), &[role]).await?;
        let bearer = format!("Bearer {}", token.reveal());
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers.iter().chain(&[("authorization", bearer.as_str())]) {
            request = request.header(*name, *value);
        }
        self.answered(request.body(Body::from(body))?).await
    }

    pub(crate) async fn answered(&self, request: Request<Body>) -> Result<Answered, Failure> {
        let response = self.app.clone().oneshot(request).await?;
        let content_type = response.headers().get("content-type");
        let content_type = content_type.and_then(|kind| kind.to_str().ok());
        Ok(Answered {
            status: response.status(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: {
                let bytes = to_bytes(response.into_body(), 8 << 20).await?;
                serde_json::from_slice(&bytes).unwrap_or_default()
            },
        })
    }
}

pub(crate) fn order() -> Value {
    json!({
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "identifier": [{ "system": "https://lis.example/orders", "value": "PLACER-1" }],
        "subject": { "identifier": { "value": PATIENT } },
        "specimen": [{ "reference": "#glass" }],
        "contained": [{
            "resourceType": "Specimen",
            "id": "glass",
            "accessionIdentifier": { "value": ACCESSION },
            "container": [{
                "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "434464009" }] },
                "identifier": [{ "value": "A1" }],
            }],
        }],
    })
}
