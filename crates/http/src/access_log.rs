use std::time::Instant;

use axum::http::{Method, StatusCode};
use tracing::{Level, debug, enabled};

use crate::RequestId;
use crate::access::shown;

/// Costs nothing unless debug messages are wanted.
pub(crate) struct AccessLog {
    method: Method,
    path: String,
    start: Instant,
}

impl AccessLog {
    pub(crate) fn start(method: &Method, path: &str) -> Option<Self> {
        enabled!(Level::DEBUG).then(|| Self {
            method: method.clone(),
            path: shown(path).to_owned(),
            start: Instant::now(),
        })
    }

    pub(crate) fn finish(self, status: StatusCode, id: RequestId) {
        debug!(
            request.id = %id,
            http.method = %self.method,
            http.path = self.path,
            http.status = status.as_u16(),
            duration_us = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered a request"
        );
    }
}
