use thiserror::Error;

/// Why a message could not be published. The sweeper will announce it again.
#[derive(Debug, Error)]
pub enum QueueError {
    #[error("cannot write a message for stream `{stream}`")]
    Encode {
        stream: &'static str,
        source: serde_json::Error,
    },
}
