use anyhow::{Context, Result, ensure};
use reqwest::blocking::RequestBuilder;
use serde_json::Value;

use crate::Server;

const NEW: u16 = 201;
const KNOWN: u16 = 200;

impl Server {
    /// Pushes a slide that the server has not seen; its id.
    pub fn push_new(&self, slide: Vec<u8>) -> Result<String> {
        pushed_new(self.post("/api/v1/slides").body(slide))
    }

    /// Pushes a slide that the server may have seen; its id.
    pub fn push(&self, slide: Vec<u8>) -> Result<String> {
        pushed(self.post("/api/v1/slides").body(slide), &[NEW, KNOWN])
    }
}

/// The id of the slide that this request pushes, which the server has not seen.
pub fn pushed_new(request: RequestBuilder) -> Result<String> {
    pushed(request, &[NEW])
}

fn pushed(request: RequestBuilder, accepted: &[u16]) -> Result<String> {
    let answer = request.send()?;
    let status = answer.status().as_u16();
    let text = answer.text()?;
    ensure!(
        accepted.contains(&status),
        "a push answered {status}: {text}"
    );
    let answer: Value = serde_json::from_str(&text)?;
    Ok(answer["id"].as_str().context("an id")?.to_owned())
}
