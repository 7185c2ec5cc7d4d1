use std::time::Duration;

use coverslip_queue::{Queue, RedisConfig};
use flow::SlideReceived;
use tokio::time::{Instant, sleep, timeout};

use super::worker::Worker;
use crate::messages::received;
use crate::redis_server::RedisServer;
use crate::subject::{TestResult, comes_to};

const LEASE: Duration = Duration::from_secs(1);

fn config(server: &RedisServer) -> Result<RedisConfig, Box<dyn std::error::Error>> {
    Ok(RedisConfig {
        lease: LEASE,
        ..server.config()?
    })
}

#[tokio::test]
async fn the_message_of_a_killed_worker_comes_to_another_when_the_lease_has_run_out() -> TestResult
{
    let server = RedisServer::start()?;
    let queue = Queue::redis(config(&server)?).await?;
    queue.publish(&received(1)).await?;
    let worker = Worker::start(config(&server)?).await?;
    let held = worker.take().await?;
    assert_eq!(held.attempt(), 1);
    let mut consumer = queue.subscribe::<SlideReceived>();
    let early = timeout(LEASE * 2, consumer.next()).await;
    assert!(early.is_err(), "the worker is alive");

    worker.kill();
    drop(held);
    let killed = Instant::now();
    let again = timeout(Duration::from_secs(10), consumer.next()).await?;
    assert!(killed.elapsed() > LEASE / 3, "{:?}", killed.elapsed());
    assert!(killed.elapsed() < LEASE * 4, "{:?}", killed.elapsed());
    assert_eq!(again.message(), &received(1));
    assert_eq!(again.attempt(), 2);
    again.ack();
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await
}

#[tokio::test]
async fn work_may_take_much_longer_than_the_lease() -> TestResult {
    let server = RedisServer::start()?;
    let (mine, other) = (config(&server)?, config(&server)?);
    let (mine, other) = (Queue::redis(mine).await?, Queue::redis(other).await?);
    mine.publish(&received(1)).await?;
    let held = mine.subscribe::<SlideReceived>().next().await;
    let mut waiting = other.subscribe::<SlideReceived>();
    let stolen = timeout(LEASE * 5, waiting.next()).await;
    assert!(stolen.is_err(), "the lease is extended");
    held.ack();
    comes_to::<SlideReceived>(&other, |depth| depth.in_flight + depth.waiting == 0).await
}

#[tokio::test]
async fn an_answer_after_the_lease_was_lost_changes_nothing() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(config(&server)?).await?;
    queue.publish(&received(1)).await?;
    let worker = Worker::start(config(&server)?).await?;
    let late = worker.take().await?;
    worker.stall(LEASE * 3);
    let mut consumer = queue.subscribe::<SlideReceived>();
    let held = timeout(LEASE * 5, consumer.next()).await?;
    assert_eq!(held.attempt(), 2);

    late.retry();
    sleep(LEASE * 3).await;
    let depth = queue.depth::<SlideReceived>().await?;
    assert_eq!((depth.in_flight, depth.waiting), (1, 0), "it is still ours");
    // It can be published again meanwhile, and comes once ours is acknowledged.
    queue.publish(&received(1)).await?;
    held.ack();
    let once_more = timeout(LEASE, consumer.next()).await?;
    assert_eq!(once_more.attempt(), 1);
    once_more.ack();
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await
}

#[tokio::test]
async fn deliveries_that_were_broken_off_and_retried_all_count() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(config(&server)?).await?;
    queue.publish(&received(1)).await?;
    queue.subscribe::<SlideReceived>().next().await.retry();
    for attempt in [2, 3] {
        let worker = Worker::start(config(&server)?).await?;
        let held = timeout(Duration::from_secs(10), worker.take()).await??;
        assert_eq!(held.attempt(), attempt);
        worker.kill();
    }
    let mut consumer = queue.subscribe::<SlideReceived>();
    let fourth = timeout(Duration::from_secs(10), consumer.next()).await?;
    assert_eq!(fourth.attempt(), 4);
    fourth.ack();
    Ok(())
}
