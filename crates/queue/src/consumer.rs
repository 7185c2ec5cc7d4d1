use std::marker::PhantomData;
use std::sync::Arc;

use flow::Message;
use tracing::error;

use crate::Delivery;
use crate::answer::Answer;
use crate::delivery::Taken;
use crate::in_process::Stream;
use crate::redis_streams::Reader;

/// One of those that share the messages of a stream.
pub struct Consumer<M> {
    source: Source,
    message: PhantomData<fn() -> M>,
}

pub(crate) enum Source {
    InProcess(Arc<Stream>),
    Redis(Reader),
}

impl<M: Message> Consumer<M> {
    pub(crate) const fn new(source: Source) -> Self {
        Self {
            source,
            message: PhantomData,
        }
    }

    /// Waits for a message. Dropping the future loses none.
    pub async fn next(&mut self) -> Delivery<M> {
        loop {
            let mut taken = self.source.take().await;
            match serde_json::from_str(&taken.text) {
                Ok(message) => return Delivery::new(message, taken),
                Err(error) => {
                    error!(stream = M::STREAM, %error, "gave up a message that cannot be read");
                    let reason = format!("the message cannot be read: {error}");
                    taken.hold.answer(Answer::GiveUp { reason });
                }
            }
        }
    }
}

impl Source {
    async fn take(&mut self) -> Taken {
        match self {
            Self::InProcess(stream) => stream.take().await,
            Self::Redis(reader) => reader.take().await,
        }
    }
}
