use std::sync::Arc;

use flow::{Message, Urgency};
use telemetry::TraceContext;

use crate::consumer::Source;
use crate::in_process::Streams;
use crate::redis_streams::{Reader, RedisStreams};
use crate::{Consumer, DeadLetter, DeadLetterId, Depth, QueueError, RedisConfig, Redriven};

/// All streams of an installation. Clones share them.
#[derive(Clone)]
pub struct Queue {
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    InProcess(Streams),
    Redis(Arc<RedisStreams>),
}

impl Queue {
    /// A queue that lives and ends with this process.
    pub fn in_process() -> Self {
        Self {
            kind: Kind::InProcess(Streams::default()),
        }
    }

    /// A queue that is shared through Redis.
    ///
    /// # Errors
    /// If Redis does not answer, or is older than 7.0.
    pub async fn redis(config: RedisConfig) -> Result<Self, QueueError> {
        let streams = RedisStreams::connect(config).await?;
        Ok(Self {
            kind: Kind::Redis(Arc::new(streams)),
        })
    }

    /// As [`Queue::publish_as`], for what nobody waits for.
    pub async fn publish<M: Message>(&self, message: &M) -> Result<(), QueueError> {
        self.publish_as(Urgency::Routine, message).await
    }

    /// Returns once the message is in the queue, or equal to one that waits in the same lane.
    ///
    /// With it goes the trace of the step that publishes it; an equal message keeps its own.
    pub async fn publish_as<M: Message>(
        &self,
        urgency: Urgency,
        message: &M,
    ) -> Result<(), QueueError> {
        let text = serde_json::to_string(message).map_err(|source| QueueError::Encode {
            stream: M::STREAM,
            source,
        })?;
        let trace = TraceContext::current();
        match &self.kind {
            Kind::InProcess(streams) => {
                streams.get(M::STREAM).publish(urgency, text.into(), trace);
            }
            Kind::Redis(redis) => redis.lane(M::STREAM, urgency).publish(&text, trace).await?,
        }
        Ok(())
    }

    /// Joins the consumers among which the stream of `M` is divided.
    pub fn subscribe<M: Message>(&self) -> Consumer<M> {
        Consumer::new(match &self.kind {
            Kind::InProcess(streams) => Source::InProcess(streams.get(M::STREAM)),
            Kind::Redis(redis) => Source::Redis(Reader::new(redis.lanes(M::STREAM))),
        })
    }

    /// How full the stream of `M` is.
    pub async fn depth<M: Message>(&self) -> Result<Depth, QueueError> {
        match &self.kind {
            Kind::InProcess(streams) => Ok(streams.get(M::STREAM).depth()),
            Kind::Redis(redis) => {
                let mut whole = Depth::default();
                for lane in redis.lanes(M::STREAM) {
                    whole = whole.with(lane.depth().await?);
                }
                Ok(whole)
            }
        }
    }

    /// Whether an urgent message of `M` is due and no consumer has it.
    pub async fn urgent_waits<M: Message>(&self) -> Result<bool, QueueError> {
        match &self.kind {
            Kind::InProcess(streams) => Ok(streams.get(M::STREAM).urgent_waits()),
            Kind::Redis(redis) => {
                let urgent = redis.lane(M::STREAM, Urgency::Urgent);
                Ok(!urgent.depth().await?.lag.is_zero())
            }
        }
    }

    /// The messages of `M` that were given up, oldest first.
    pub async fn dead_letters<M: Message>(&self) -> Result<Vec<DeadLetter>, QueueError> {
        let remains = match &self.kind {
            Kind::InProcess(streams) => streams.get(M::STREAM).dead_letters(),
            Kind::Redis(redis) => {
                let lane = redis.lane(M::STREAM, Urgency::Routine);
                lane.dead_letters().await?
            }
        };
        Ok(remains.into_iter().map(DeadLetter::of::<M>).collect())
    }

    /// Makes a dead letter of `M` a message again, as if it were published now, as routine.
    pub async fn redrive<M: Message>(&self, letter: DeadLetterId) -> Result<Redriven, QueueError> {
        match &self.kind {
            Kind::InProcess(streams) => Ok(streams.get(M::STREAM).redrive(letter)),
            Kind::Redis(redis) => {
                let lane = redis.lane(M::STREAM, Urgency::Routine);
                lane.redrive(letter).await
            }
        }
    }

    /// # Errors
    /// If Redis does not answer. A queue in process always does.
    pub async fn answers(&self) -> Result<(), QueueError> {
        match &self.kind {
            Kind::InProcess(_) => Ok(()),
            Kind::Redis(redis) => redis.answers().await,
        }
    }

    /// Waits, at most five seconds, until the answers given so far have reached the queue. For the
    /// end of a process, when its consumers and deliveries are gone.
    pub async fn settle(&self) {
        match &self.kind {
            Kind::InProcess(_) => {}
            Kind::Redis(redis) => redis.settle().await,
        }
    }
}
