//! Somebody who is told, on this machine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;

use crate::lab::Failure;

/// What a receiver answers.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    Says(u16),
    /// 302 to that place.
    Sends(String),
    /// Longer than the sender waits.
    Hangs,
}

pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    manner: Mutex<Manner>,
    told: Mutex<Vec<(HeaderMap, Bytes)>>,
}

impl Receiver {
    pub(crate) async fn start(manner: Manner) -> Result<Self, Failure> {
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            told: Mutex::default(),
        });
        let app = Router::new()
            .route("/told", post(hear))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, shared })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/told", self.address)
    }

    pub(crate) fn change(&self, manner: Manner) {
        *self.shared.manner.lock().expect("no test panics with it") = manner;
    }

    pub(crate) fn told(&self) -> Vec<(HeaderMap, Bytes)> {
        let told = self.shared.told.lock().expect("no test panics with it");
        told.clone()
    }

    /// What it was told, by the secrets that must each verify it alone.
    pub(crate) fn verified(&self, secrets: &[&str]) -> Result<Vec<Value>, Failure> {
        let told = self
            .told()
            .into_iter()
            .map(|(headers, body)| -> Result<Value, Failure> {
                for secret in secrets {
                    Webhook::new(secret)?.verify(&body, &headers)?;
                }
                Ok(serde_json::from_slice(&body)?)
            });
        told.collect()
    }
}

impl Shared {
    fn hear(&self, headers: HeaderMap, body: Bytes) -> Manner {
        let mut told = self.told.lock().expect("no test panics with it");
        told.push((headers, body));
        let manner = self.manner.lock().expect("no test panics with it");
        manner.clone()
    }
}

async fn hear(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match shared.hear(headers, body) {
        Manner::Says(status) => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::IM_A_TEAPOT)
            .into_response(),
        Manner::Sends(place) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Manner::Hangs => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
    }
}
