//! One request and its answer.

use std::time::Duration;

use bytes::Bytes;
use egress::{Client, Target};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{Request, Response, StatusCode};
use mil::AnswerFault;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::ServiceError;

/// What an answer may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// From the first byte sent to the last one read.
    pub(crate) seconds: u32,
    /// Of the body.
    pub(crate) bytes: usize,
}

/// Sends the request and reads a JSON answer of 200.
pub(crate) async fn ask<T: DeserializeOwned>(
    client: &Client,
    target: &Target,
    request: Request<Full<Bytes>>,
    limits: Limits,
) -> Result<T, ServiceError> {
    let Limits { seconds, bytes } = limits;
    let answered = async {
        let answer = client.send(target, request).await;
        read(answer.map_err(ServiceError::NotReached)?, bytes).await
    };
    let body = timeout(Duration::from_secs(u64::from(seconds)), answered).await;
    parse(&body.or(Err(ServiceError::TooLate { seconds }))??)
}

/// The status alone, whatever the answer says.
pub(crate) async fn status(
    client: &Client,
    target: &Target,
    request: Request<Full<Bytes>>,
    seconds: u32,
) -> Result<StatusCode, ServiceError> {
    let sent = client.send(target, request);
    let answer = timeout(Duration::from_secs(u64::from(seconds)), sent).await;
    let answer = answer.or(Err(ServiceError::TooLate { seconds }))?;
    Ok(answer.map_err(ServiceError::NotReached)?.status())
}

async fn read(
    answer: Response<hyper::body::Incoming>,
    limit: usize,
) -> Result<Bytes, ServiceError> {
    let status = answer.status();
    match status {
        StatusCode::OK => {}
        _ if status.is_redirection() => return Err(ServiceError::Redirected { status }),
        _ if is_passing(status) => return Err(ServiceError::Busy { status }),
        _ if status.is_client_error() => return Err(ServiceError::Refused { status }),
        _ => return Err(ServiceError::Status { status }),
    }
    match Limited::new(answer.into_body(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ServiceError::TooLong { limit }),
        Err(_broken) => Err(ServiceError::Broken),
    }
}

fn is_passing(status: StatusCode) -> bool {
    const TOO_EARLY: u16 = 425;
    status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
        || status.as_u16() == TOO_EARLY
}

/// A fault names the field at which the answer cannot be read.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ServiceError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json);
    let answer = read.map_err(|error| {
        let field = error.path().to_string();
        let field = if field == "." {
            "answer".to_owned()
        } else {
            field
        };
        AnswerFault::new(field, problem(error.inner()))
    })?;
    json.end()
        .or(Err(AnswerFault::new("answer", "goes on after its end")))?;
    Ok(answer)
}

/// In our own words where the parser would repeat the service's.
fn problem(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            let known = ["missing field", "unknown field", "duplicate field"];
            let text = error.to_string();
            let named = known.into_iter().find(|known| text.starts_with(known));
            named.map_or_else(
                || "is not of the kind that the contract has there".to_owned(),
                |_| text.chars().take(120).filter(|c| !c.is_control()).collect(),
            )
        }
        Category::Syntax => "is no JSON there (NaN and infinity are none)".to_owned(),
        Category::Eof => "breaks off".to_owned(),
        Category::Io => "cannot be read".to_owned(),
    }
}
