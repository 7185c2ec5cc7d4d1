use redis::{ErrorKind, RedisError, ServerErrorKind};
use thiserror::Error;

/// Why the queue could not be used. A message that was not published the sweeper announces again.
#[derive(Debug, Error)]
pub enum QueueError {
    #[error("cannot write a message for stream `{stream}`")]
    Encode {
        stream: &'static str,
        source: serde_json::Error,
    },
    #[error("cannot use the queue on Redis at {server}: {remedy}")]
    Connect {
        /// Without user and password.
        server: String,
        remedy: &'static str,
        source: RedisError,
    },
    #[error("Redis at {server} is version {version}: the queue needs 7.0 or newer")]
    TooOld { server: String, version: String },
    #[error("cannot {action} stream `{stream}` on Redis at {server}: {remedy}")]
    Redis {
        action: &'static str,
        stream: &'static str,
        /// Without user and password.
        server: String,
        remedy: &'static str,
        source: RedisError,
    },
}

/// What to do about an error of Redis.
pub(crate) fn remedy(error: &RedisError) -> &'static str {
    match error.code() {
        Some("OOM") => return "it is out of memory: raise its maxmemory",
        Some("MISCONF") => return "it cannot write its own files: make room on its disk",
        Some("WRONGTYPE") => {
            return "another program uses keys of the same names: choose another key prefix";
        }
        Some("NOAUTH" | "WRONGPASS") => return WRONG_PASSWORD,
        _ => {}
    }
    match error.kind() {
        ErrorKind::Io if error.to_string().contains("certificate") => {
            "its certificate is not trusted here: name the file of its authority in SSL_CERT_FILE, \
             and the host as the certificate does"
        }
        ErrorKind::Io => "see that it runs and can be reached from here",
        ErrorKind::AuthenticationFailed => WRONG_PASSWORD,
        ErrorKind::Server(ServerErrorKind::NoPerm) => {
            "its user may not run scripts and stream commands on our keys: see its ACL"
        }
        ErrorKind::Server(ServerErrorKind::ReadOnly) => {
            "it is a replica: give the URL of the primary"
        }
        ErrorKind::Server(ServerErrorKind::BusyLoading) => {
            "it is still loading its data: try again in a moment"
        }
        ErrorKind::Server(
            ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::ClusterDown,
        ) => "it is a node of a Redis Cluster: a single server is needed",
        _ => "see its log",
    }
}

const WRONG_PASSWORD: &str = "see that user and password in its URL are right";
