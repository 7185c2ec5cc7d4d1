use std::error::Error;
use std::time::Duration;

use coverslip_queue::{Consumer, Delivery, Depth, Queue};
use flow::{Message, SlideReceived};
use tokio::time::{sleep, timeout};

use crate::redis_server::RedisServer;

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

/// A queue of one kind, and how patient a test of it must be.
pub(crate) struct Subject {
    pub(crate) queue: Queue,
    /// Nothing comes for so long where nothing is to come.
    quiet: Duration,
    /// How late a message may come that is due, less than the second pause.
    late: Duration,
    _server: Option<RedisServer>,
}

impl Subject {
    /// For tests whose clock is paused: hours pass at once, and to the millisecond.
    pub(crate) fn in_process() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            queue: Queue::in_process(),
            quiet: Duration::from_secs(3600),
            late: Duration::from_millis(10),
            _server: None,
        })
    }

    pub(crate) async fn redis() -> Result<Self, Box<dyn Error>> {
        let server = RedisServer::start()?;
        Ok(Self {
            queue: Queue::redis(server.config()?).await?,
            quiet: Duration::from_millis(300),
            late: Duration::from_millis(1800),
            _server: Some(server),
        })
    }

    pub(crate) async fn is_quiet(&self, consumer: &mut Consumer<SlideReceived>) -> bool {
        timeout(self.quiet, consumer.next()).await.is_err()
    }

    /// The delivery that comes after a pause, and not before.
    pub(crate) async fn after(
        &self,
        pause: Duration,
        consumer: &mut Consumer<SlideReceived>,
    ) -> Result<Delivery<SlideReceived>, Box<dyn Error>> {
        let almost = pause.mul_f32(0.95);
        if timeout(almost, consumer.next()).await.is_ok() {
            return Err(format!("it came before {almost:?}").into());
        }
        Ok(timeout(pause - almost + self.late, consumer.next()).await?)
    }

    /// The delivery that is due.
    pub(crate) async fn at_once(
        &self,
        consumer: &mut Consumer<SlideReceived>,
    ) -> Result<Delivery<SlideReceived>, Box<dyn Error>> {
        Ok(timeout(self.late, consumer.next()).await?)
    }

    /// Fails unless nothing waits and nothing is in flight, now or as soon as the answers are in.
    pub(crate) async fn ends_empty(&self) -> TestResult {
        self.comes_to(|depth| depth.waiting + depth.in_flight == 0)
            .await
    }

    /// Waits until the stream is as wanted; answers need a moment to arrive.
    pub(crate) async fn comes_to(&self, is_wanted: impl Fn(&Depth) -> bool) -> TestResult {
        comes_to::<SlideReceived>(&self.queue, is_wanted).await
    }
}

pub(crate) async fn comes_to<M: Message>(
    queue: &Queue,
    is_wanted: impl Fn(&Depth) -> bool,
) -> TestResult {
    let mut depth = queue.depth::<M>().await?;
    for _ in 0..100 {
        if is_wanted(&depth) {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
        depth = queue.depth::<M>().await?;
    }
    Err(format!("the stream stays at {depth:?}").into())
}
