use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use flow::Message;

use crate::stream::Stream;
use crate::{Consumer, QueueError};

/// All streams of one process. Clones share them.
#[derive(Clone)]
pub struct Queue {
    streams: Arc<Mutex<HashMap<&'static str, Arc<Stream>>>>,
}

impl Queue {
    pub fn in_process() -> Self {
        Self {
            streams: Arc::default(),
        }
    }

    /// Returns once the message is in the queue, or equal to one that waits there.
    #[expect(
        clippy::unused_async,
        reason = "a queue on the network waits for its answer"
    )]
    pub async fn publish<M: Message>(&self, message: &M) -> Result<(), QueueError> {
        let text = serde_json::to_string(message).map_err(|source| QueueError::Encode {
            stream: M::STREAM,
            source,
        })?;
        self.stream(M::STREAM).publish(text.into());
        Ok(())
    }

    /// Joins the consumers among which the stream of `M` is divided.
    pub fn subscribe<M: Message>(&self) -> Consumer<M> {
        Consumer::new(self.stream(M::STREAM))
    }

    fn stream(&self, name: &'static str) -> Arc<Stream> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(streams.entry(name).or_default())
    }
}
