//! A client that stores DICOM instances, and reads what it is answered.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use catalog::Role;
use coverslip_ingest::{ReceiveConfig, router};
use http::{AccessControl, Protected, Transport, protect};
use serde_json::Value;
use tower::ServiceExt;

use crate::lab::Lab;

type Failure = Box<dyn Error>;

pub(crate) const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=b";

pub(crate) struct Client {
    app: Protected,
    secret: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

impl Client {
    pub(crate) async fn of(lab: &Lab) -> Result<Self, Failure> {
        Self::with(lab, Role::Scanner, ReceiveConfig::default()).await
    }

    pub(crate) async fn with(
        lab: &Lab,
        role: Role,
        config: ReceiveConfig,
    ) -> Result<Self, Failure> {
        let access = AccessControl::new(lab.deps.catalog.clone(), Transport::Http);
        let secret = access.issue_token("scanner 1", &[role]).await?;
        let secret = secret.reveal().to_owned();
        let app = protect(router(lab.deps.clone(), config), access);
        Ok(Self { app, secret })
    }

    pub(crate) async fn store(&self, parts: &[&[u8]]) -> Result<Answer, Failure> {
        self.send("", &[("content-type", KIND)], body(parts).into())
            .await
    }

    /// `study` follows the address.
    pub(crate) async fn send(
        &self,
        study: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer, Failure> {
        let mut request = Request::post(format!("/dicomweb/studies{study}"))
            .header("host", "lab.example")
            .header("authorization", format!("Bearer {}", self.secret));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.app.clone().oneshot(request.body(body)?).await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type");
        let content_type = content_type.ok_or("no content type")?.to_str()?.to_owned();
        let text = to_bytes(response.into_body(), 1 << 20).await?;
        Ok(Answer {
            status,
            content_type,
            text: String::from_utf8(text.to_vec())?,
        })
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        assert_eq!(self.content_type, "application/dicom+json", "{}", self.text);
        Ok(serde_json::from_str(&self.text)?)
    }

    /// What was stored: each SOP Instance UID with its URL.
    pub(crate) fn stored(&self) -> Result<Vec<(String, Option<String>)>, Failure> {
        let json = self.json()?;
        let text = |value: &Value| value["Value"][0].as_str().map(str::to_owned);
        let items = json["00081199"]["Value"].as_array().cloned();
        let named = items.iter().flatten().map(|item| {
            let uid = text(&item["00081155"]).ok_or("no UID")?;
            Ok((uid, text(&item["00081190"])))
        });
        named.collect()
    }

    /// Why the others were not.
    pub(crate) fn reasons(&self) -> Result<Vec<u64>, Failure> {
        let json = self.json()?;
        let failures = ["00081198", "0008119A"].map(|tag| json[tag]["Value"].as_array().cloned());
        let reasons = failures.into_iter().flatten().flatten().map(|item| {
            let comment = &item["00741048"]["Value"][0]["00000902"]["Value"][0];
            assert!(
                comment.as_str().is_some_and(|comment| comment.len() > 10),
                "{item}"
            );
            item["00081197"]["Value"][0]
                .as_u64()
                .ok_or("no reason".into())
        });
        reasons.collect()
    }
}

pub(crate) fn body(parts: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(b"--b\r\nContent-Type: application/dicom\r\n\r\n");
        body.extend_from_slice(part);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}
