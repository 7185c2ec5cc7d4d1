use std::marker::PhantomData;
use std::sync::Arc;

use flow::Message;
use tracing::error;

use crate::messages::Taken;
use crate::stream::{Answer, Stream};

/// One of those that share the messages of a stream.
pub struct Consumer<M> {
    stream: Arc<Stream>,
    message: PhantomData<fn() -> M>,
}

impl<M: Message> Consumer<M> {
    pub(crate) fn new(stream: Arc<Stream>) -> Self {
        Self {
            stream,
            message: PhantomData,
        }
    }

    /// Waits for a message. Dropping the future loses none.
    pub async fn next(&mut self) -> Delivery<M> {
        loop {
            let taken = self.stream.take().await;
            match serde_json::from_str(&taken.text) {
                Ok(message) => {
                    return Delivery {
                        stream: Arc::clone(&self.stream),
                        taken,
                        message,
                        answer: Answer::Retry,
                    };
                }
                Err(error) => {
                    error!(stream = M::STREAM, %error, "dropped a message that cannot be read");
                    self.stream.answer(&taken, Answer::Ack);
                }
            }
        }
    }
}

/// A message in the hands of a consumer. Dropped without an answer, it comes again.
#[must_use = "a delivery that is dropped is delivered again"]
pub struct Delivery<M> {
    stream: Arc<Stream>,
    taken: Taken,
    message: M,
    answer: Answer,
}

impl<M> Delivery<M> {
    pub const fn message(&self) -> &M {
        &self.message
    }

    /// How often this message was delivered since it was last acknowledged: 1 the first time.
    pub const fn attempt(&self) -> u32 {
        self.taken.attempt
    }

    /// The work is done and its effects are in storage: forget the message.
    pub fn ack(mut self) {
        self.answer = Answer::Ack;
    }

    /// The work failed for a reason that may pass: deliver the message again after a pause.
    pub fn retry(self) {}
}

impl<M> Drop for Delivery<M> {
    fn drop(&mut self) {
        self.stream.answer(&self.taken, self.answer);
    }
}
