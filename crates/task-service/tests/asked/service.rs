//! A service on this machine, which answers as it is told to.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Good,
    FewerTiles,
    NotANumber,
    OtherVersion,
    SumsToTwo,
    OtherAnswer,
    Both,
    Unknown,
    Refuses,
    TooLong,
    /// With a place to go on to.
    Says(u16),
    /// Longer than a job may take.
    Hangs,
    /// Never twice the same.
    Fickle,
    /// Bodies that break off too.
    ReadsAnything,
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) json: Value,
    pub(crate) idempotency_key: String,
    pub(crate) authorization: Option<String>,
    pub(crate) tiles: Vec<i32>,
    pub(crate) embeddings: Vec<f32>,
}

pub(crate) struct Service {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    manner: Mutex<Manner>,
    requests: Mutex<Vec<Request>>,
    n_led_on: Mutex<usize>,
}

impl Service {
    pub(crate) async fn start(manner: Manner) -> Result<Self, Box<dyn Error>> {
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            requests: Mutex::default(),
            n_led_on: Mutex::default(),
        });
        let app = Router::new()
            .route("/v1/description", get(describe))
            .route("/v1/predict", post(predict))
            .route("/elsewhere", post(lead_on).get(lead_on))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, shared })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn change(&self, manner: Manner) {
        *locked(&self.shared.manner) = manner;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        locked(&self.shared.requests).clone()
    }

    /// How often a redirect was followed.
    pub(crate) fn n_led_on(&self) -> usize {
        *locked(&self.shared.n_led_on)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn lead_on(State(shared): State<Arc<Shared>>) -> StatusCode {
    *locked(&shared.n_led_on) += 1;
    StatusCode::OK
}

async fn describe(State(shared): State<Arc<Shared>>) -> Response {
    let version = match *locked(&shared.manner) {
        Manner::OtherVersion => "3",
        _ => "2.1.0+7",
    };
    let said = json!({
        "contract": 1,
        "model": { "name": "partner", "version": version },
        "takes": "bag",
        "encoder": flow::Sha256Digest::of(b"encoder"),
        "dimension": 4,
        "answers": ["normal", "tumour"],
        "intended_use": "a test",
        "more": "that nobody reads",
    });
    axum::Json(said).into_response()
}

async fn predict(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let manner = *locked(&shared.manner);
    let Some(request) = read(&headers, &body) else {
        return match manner {
            Manner::ReadsAnything => StatusCode::OK.into_response(),
            _ => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        };
    };
    let n_before = {
        let mut requests = locked(&shared.requests);
        requests.push(request.clone());
        requests.len()
    };
    let n = request.tiles.len() / 4;
    let mut answer = json!({
        "job": request.json["job"],
        "model": { "name": "partner", "version": "2.1.0+7" },
        "probabilities": { "normal": 0.25, "tumour": 0.75 },
        "attention": (0..n).map(|at| if at == 0 { 1.0 } else { 3.0 }).collect::<Vec<f64>>(),
    });
    match manner {
        Manner::FewerTiles => answer["attention"] = json!([1.0]),
        Manner::OtherVersion => answer["model"]["version"] = json!("3"),
        Manner::SumsToTwo => answer["probabilities"] = json!({ "normal": 1.0, "tumour": 1.0 }),
        Manner::OtherAnswer => answer["probabilities"]["cat"] = json!(0.0),
        Manner::Both => answer["abstention"] = json!({ "reason": "blurred" }),
        Manner::Unknown => answer["attention_weights"] = json!([]),
        Manner::Fickle => {
            let p = 1.0 / n_before as f64;
            answer["probabilities"] = json!({ "normal": 1.0 - p, "tumour": p });
        }
        Manner::TooLong => answer["job"] = json!("7".repeat(200_000)),
        Manner::NotANumber => {
            let text = answer.to_string().replace("0.75", "NaN");
            return ([(header::CONTENT_TYPE, "application/json")], text).into_response();
        }
        Manner::Refuses => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Manner::Says(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            return (status, [(header::LOCATION, "/elsewhere")]).into_response();
        }
        Manner::Hangs => tokio::time::sleep(Duration::from_secs(60)).await,
        Manner::Good | Manner::ReadsAnything => {}
    }
    axum::Json(answer).into_response()
}

fn read(headers: &HeaderMap, body: &[u8]) -> Option<Request> {
    let tensors = SafeTensors::deserialize(body).ok()?;
    let (_, metadata) = SafeTensors::read_metadata(body).ok()?;
    let text = metadata.metadata().as_ref()?.get("request")?.clone();
    let word = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let bytes = |name: &str| {
        tensors
            .tensor(name)
            .ok()
            .map(|tensor| tensor.data().to_vec())
    };
    let fours = |bytes: Vec<u8>| -> Vec<[u8; 4]> {
        let fours = bytes.chunks_exact(4);
        fours
            .map(|four| [four[0], four[1], four[2], four[3]])
            .collect()
    };
    Some(Request {
        json: serde_json::from_str(&text).ok()?,
        idempotency_key: word("idempotency-key")?,
        authorization: word("authorization"),
        tiles: fours(bytes("tiles")?)
            .into_iter()
            .map(i32::from_le_bytes)
            .collect(),
        embeddings: fours(bytes("embeddings")?)
            .into_iter()
            .map(f32::from_le_bytes)
            .collect(),
    })
}
