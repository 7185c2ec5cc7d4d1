use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tracing::{info, warn};
use ureq::Agent;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Posts to the collector, from the thread that sends traces and does nothing else.
#[derive(Debug)]
pub(super) struct Post {
    agent: Agent,
    is_away: AtomicBool,
}

impl Post {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            is_away: AtomicBool::new(false),
        }
    }

    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let answer = self.agent.run(request.map(|body| body.to_vec()))?;
        let (head, mut body) = answer.into_parts();
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }

    /// Says so once when the collector goes and once when it is back.
    fn note(&self, answer: &Result<Response<Bytes>, ureq::Error>) {
        let trouble = match answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let was_away = self.is_away.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(trouble) if !was_away => {
                warn!(
                    trouble,
                    "the collector takes no traces: these are lost, work goes on"
                );
            }
            None if was_away => info!("the collector takes traces again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.post(request);
        self.note(&answer);
        Ok(answer?)
    }
}
