use std::error::Error;
use std::time::Duration;

use coverslip_queue::{Delivery, Queue, RedisConfig};
use flow::SlideReceived;
use tokio::runtime::{Builder, Runtime};

/// A worker in a process of its own, as far as Redis can tell: with a thread, connections and a
/// name of its own.
pub(crate) struct Worker {
    /// There until it is killed.
    runtime: Option<Runtime>,
    queue: Queue,
}

impl Worker {
    pub(crate) async fn start(config: RedisConfig) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let queue = runtime.spawn(Queue::redis(config)).await??;
        let runtime = Some(runtime);
        Ok(Self { runtime, queue })
    }

    pub(crate) async fn take(&self) -> Result<Delivery<SlideReceived>, Box<dyn Error>> {
        let mut consumer = self.queue.subscribe::<SlideReceived>();
        let runtime = self.runtime.as_ref().ok_or("the worker is dead")?;
        Ok(runtime.spawn(async move { consumer.next().await }).await?)
    }

    /// Takes the only thread, so that nothing goes on here for so long.
    pub(crate) fn stall(&self, so_long: Duration) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move { std::thread::sleep(so_long) });
        }
    }

    /// Ends all that goes on here, as SIGKILL would: no answer is sent.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
