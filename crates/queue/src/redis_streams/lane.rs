use std::sync::Arc;
use std::time::Duration;

use flow::Urgency;
use redis::aio::ConnectionManager;
use redis::{
    FromRedisValue, ParsingError, RedisError, RedisResult, Script, ScriptInvocation, Value,
};
use telemetry::TraceContext;
use tokio_util::task::TaskTracker;

use super::RedisStreams;
use super::entry::{Entry, Look};
use super::keys::Keys;
use crate::answer::Answer;
use crate::error::remedy;
use crate::pause::pause_after;
use crate::{DEAD_LETTERS, Depth, QueueError};

/// The messages of one kind that are equally urgent.
#[derive(Clone)]
pub(crate) struct Lane {
    redis: Arc<RedisStreams>,
    keys: Arc<Keys>,
    /// That of the stream.
    name: &'static str,
}

/// Whether a delivery was still ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ours,
    Lost,
}

impl Lane {
    pub(super) fn new(redis: Arc<RedisStreams>, name: &'static str, urgency: Urgency) -> Self {
        let keys = Arc::new(Keys::of(&redis.config.prefix, name, urgency));
        Self { redis, keys, name }
    }

    pub(crate) async fn publish(
        &self,
        text: &str,
        trace: Option<TraceContext>,
    ) -> Result<(), QueueError> {
        let mut publish = self.call(&self.redis.scripts.publish);
        publish.arg(text).arg(self.redis.config.capacity);
        publish.arg(trace.map_or_else(String::new, |trace| trace.to_string()));
        self.run(&publish).await.map_err(self.failed("publish to"))
    }

    pub(crate) async fn depth(&self) -> Result<Depth, QueueError> {
        let (n_entries, in_flight, n_paused, dead, lost, lag_ms): (u64, u64, u64, u64, u64, u64) =
            self.run(&self.call(&self.redis.scripts.depth))
                .await
                .map_err(self.failed("tell the depth of"))?;
        Ok(Depth {
            waiting: n_entries.saturating_sub(in_flight) + n_paused,
            in_flight,
            dead,
            lost,
            lag: Duration::from_millis(lag_ms),
        })
    }

    /// Takes a message that is due, on a connection of the caller's.
    pub(super) async fn take(&self, connection: &mut ConnectionManager) -> RedisResult<Look> {
        let config = &self.redis.config;
        let mut take = self.call(&self.redis.scripts.take);
        take.arg(&config.consumer).arg(config.lease_ms());
        take.invoke_async(connection).await
    }

    pub(super) async fn extend(&self, entry: &Entry) -> RedisResult<Standing> {
        let mut extend = self.call(&self.redis.scripts.extend);
        extend.arg(&self.redis.config.consumer);
        extend.arg(&entry.id).arg(entry.deliveries);
        self.run(&extend).await
    }

    pub(super) async fn answer(&self, entry: &Entry, answer: &Answer) -> RedisResult<Standing> {
        let scripts = &self.redis.scripts;
        let script = match answer {
            Answer::Ack => &scripts.ack,
            Answer::Retry => &scripts.retry,
            Answer::HandBack => &scripts.hand_back,
            Answer::GiveUp { .. } => &scripts.give_up,
        };
        let mut call = self.call(script);
        call.arg(&entry.id).arg(entry.deliveries).arg(&*entry.text);
        let capacity = self.redis.config.capacity;
        match answer {
            Answer::Ack => call.arg(capacity),
            Answer::Retry => {
                let pause = pause_after(entry.attempt);
                call.arg(entry.attempt).arg(pause.as_millis() as u64)
            }
            Answer::HandBack => call.arg(entry.attempt.saturating_sub(1)),
            Answer::GiveUp { reason } => {
                call.arg(capacity).arg(entry.attempt);
                call.arg(reason).arg(DEAD_LETTERS)
            }
        };
        self.run(&call).await
    }

    /// Forgets consumers that hold nothing and were not heard of for `silent`.
    pub(super) async fn tidy(&self, silent: Duration) -> RedisResult<()> {
        let mut tidy = self.call(&self.redis.scripts.tidy);
        tidy.arg(silent.as_millis() as u64);
        self.run(&tidy).await
    }

    /// A call of a script, for its further arguments to be added.
    pub(super) fn call<'script>(&self, script: &'script Script) -> ScriptInvocation<'script> {
        let mut call = script.prepare_invoke();
        call.key(&self.keys.all()[..]);
        call.arg(&self.redis.config.group);
        call
    }

    /// Calls on the shared connection, once more if that just broke: none of the scripts called
    /// here does harm when it runs twice.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        call: &ScriptInvocation<'_>,
    ) -> RedisResult<T> {
        let mut connection = self.redis.connection.clone();
        match call.invoke_async(&mut connection).await {
            Err(error) if error.is_connection_dropped() => call.invoke_async(&mut connection).await,
            answer => answer,
        }
    }

    pub(super) fn failed(&self, action: &'static str) -> impl Fn(RedisError) -> QueueError {
        let (stream, server) = (self.name, self.redis.config.url.to_string());
        move |source| QueueError::Redis {
            action,
            stream,
            server: server.clone(),
            remedy: remedy(&source),
            source,
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn lease(&self) -> Duration {
        self.redis.config.lease
    }

    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.redis.tasks
    }

    pub(super) fn redis(&self) -> &RedisStreams {
        &self.redis
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }
}

impl FromRedisValue for Standing {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let n: u32 = FromRedisValue::from_redis_value(value)?;
        Ok(if n == 0 { Self::Lost } else { Self::Ours })
    }
}
