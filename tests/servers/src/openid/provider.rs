use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, ensure};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::{KeyKind, SigningKey};

pub const CLIENT: &str = "viewer";
pub const CLIENT_SECRET: &str = "s3cret: with %&+ signs";

type Answer = (StatusCode, Json<Value>);

/// Ends with its value.
pub struct OpenIdProvider {
    pub issuer: String,
    /// Published at the start.
    pub key: SigningKey,
    says: Arc<Mutex<Says>>,
    server: JoinHandle<()>,
}

/// What the provider answers with.
struct Says {
    metadata: Value,
    jwks: Value,
    is_away: bool,
    n_times_keys_were_asked_for: usize,
    codes: HashMap<String, Code>,
}

/// Of one login, good once.
struct Code {
    redirect: String,
    challenge: String,
    id_token: String,
}

impl OpenIdProvider {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let issuer = format!("http://{}/realms/lab", listener.local_addr()?);
        let key = SigningKey::new(KeyKind::Rsa, "first")?;
        let says = Arc::new(Mutex::new(Says {
            metadata: metadata(&issuer),
            jwks: json!({ "keys": [key.jwk()] }),
            is_away: false,
            n_times_keys_were_asked_for: 0,
            codes: HashMap::new(),
        }));
        let router = Router::new()
            .route(
                "/realms/lab/.well-known/openid-configuration",
                get(describe),
            )
            .route("/realms/lab/keys", get(give_keys))
            .route("/realms/lab/token", post(give_token))
            .with_state(says.clone());
        let server = tokio::spawn(async move {
            // Until it is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            issuer,
            key,
            says,
            server,
        })
    }

    /// The keys are these from now on.
    pub fn publish(&self, keys: &[Value]) {
        self.says().jwks = json!({ "keys": keys });
    }

    /// Says something else of itself.
    pub fn describe_itself(&self, member: &str, value: Value) {
        self.says().metadata[member] = value;
    }

    /// Answers 503 to everything, or no longer.
    pub fn set_away(&self, is_away: bool) {
        self.says().is_away = is_away;
    }

    pub fn n_times_keys_were_asked_for(&self) -> usize {
        self.says().n_times_keys_were_asked_for
    }

    /// What somebody does in front of a browser: logs in at `url`. `id_token` makes the ID token of
    /// its nonce. The query that the browser comes back with.
    pub fn log_in(
        &self,
        url: &Url,
        id_token: impl FnOnce(&str) -> Result<String>,
    ) -> Result<String> {
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        let given = |name: &str| {
            query
                .get(name)
                .with_context(|| format!("no {name} in {url}"))
        };
        ensure!(given("client_id")? == CLIENT && given("response_type")? == "code");
        ensure!(given("code_challenge_method")? == "S256", "{url}");
        ensure!(given("scope")?.split(' ').any(|scope| scope == "openid"));
        let code = Code {
            redirect: given("redirect_uri")?.clone(),
            challenge: given("code_challenge")?.clone(),
            id_token: id_token(given("nonce")?)?,
        };
        let mut says = self.says();
        let name = format!("code-{}", says.codes.len());
        says.codes.insert(name.clone(), code);
        Ok(format!(
            "code={name}&state={}&session_state=x",
            given("state")?
        ))
    }

    fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenIdProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/logout"),
    })
}

async fn describe(State(says): State<Arc<Mutex<Says>>>) -> Answer {
    let says = says.lock().unwrap_or_else(PoisonError::into_inner);
    unless_away(&says, says.metadata.clone())
}

async fn give_keys(State(says): State<Arc<Mutex<Says>>>) -> Answer {
    let mut says = says.lock().unwrap_or_else(PoisonError::into_inner);
    says.n_times_keys_were_asked_for += 1;
    unless_away(&says, says.jwks.clone())
}

/// RFC 6749, 4.1.3 and RFC 7636, 4.6.
async fn give_token(
    State(says): State<Arc<Mutex<Says>>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut says = says.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_client(&headers) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": "invalid_client"})),
        );
    }
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, given("code_verifier").as_bytes()));
    match says.codes.remove(&given("code")) {
        Some(code)
            if code.challenge == challenge
                && code.redirect == given("redirect_uri")
                && given("grant_type") == "authorization_code" =>
        {
            let answer =
                json!({"id_token": code.id_token, "access_token": "a", "token_type": "Bearer"});
            unless_away(&says, answer)
        }
        _ => (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_grant"})),
        ),
    }
}

fn is_client(headers: &HeaderMap) -> bool {
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let encoded =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(CLIENT), encoded(CLIENT_SECRET));
    sent == Some(format!("Basic {}", STANDARD.encode(pair)).as_str())
}

fn unless_away(says: &Says, answer: Value) -> Answer {
    match says.is_away {
        true => (StatusCode::SERVICE_UNAVAILABLE, Json(Value::Null)),
        false => (StatusCode::OK, Json(answer)),
    }
}
