use std::time::Duration;

use coverslip_queue::{Queue, RedisConfig};
use flow::SlideReceived;
use tokio::time::{sleep, timeout};

use crate::messages::received;
use crate::redis_server::RedisServer;
use crate::subject::{TestResult, comes_to};

#[tokio::test]
async fn a_full_stream_loses_what_waited_longest_and_never_what_is_in_flight_or_paused()
-> TestResult {
    let server = RedisServer::start()?;
    let config = RedisConfig {
        capacity: 4,
        ..server.config()?
    };
    let queue = Queue::redis(config).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for n in [0, 1] {
        queue.publish(&received(n)).await?;
    }
    let in_flight = consumer.next().await;
    consumer.next().await.retry();
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight == 1).await?;
    for n in 2..=6 {
        queue.publish(&received(n)).await?;
    }
    let depth = queue.depth::<SlideReceived>().await?;
    assert_eq!((depth.waiting, depth.in_flight, depth.lost), (3, 1, 3));
    in_flight.ack();
    for n in [5, 6, 1] {
        let delivery = timeout(Duration::from_secs(4), consumer.next()).await?;
        assert_eq!(delivery.message(), &received(n));
        delivery.ack();
    }
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await
}

#[tokio::test]
async fn a_stream_full_of_messages_in_flight_takes_no_more() -> TestResult {
    let server = RedisServer::start()?;
    let config = RedisConfig {
        capacity: 1,
        ..server.config()?
    };
    let queue = Queue::redis(config).await?;
    queue.publish(&received(1)).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    let held = consumer.next().await;
    queue.publish(&received(2)).await?;
    held.ack();
    comes_to::<SlideReceived>(&queue, |depth| {
        (depth.in_flight + depth.waiting, depth.lost) == (0, 1)
    })
    .await
}

#[tokio::test]
async fn consumers_of_processes_that_ended_are_forgotten() -> TestResult {
    let server = RedisServer::start()?;
    let config = || {
        server.config().map(|config| RedisConfig {
            lease: Duration::from_millis(100),
            ..config
        })
    };
    for n in 0..3 {
        let queue = Queue::redis(config()?).await?;
        queue.publish(&received(n)).await?;
        queue.subscribe::<SlideReceived>().next().await.ack();
        queue.settle().await;
    }
    sleep(Duration::from_millis(1200)).await;
    let queue = Queue::redis(config()?).await?;
    queue.publish(&received(9)).await?;
    queue.subscribe::<SlideReceived>().next().await.ack();
    let stream = "coverslip:{slide-received}:messages";
    let consumers: Vec<redis::Value> = server
        .ask(&["XINFO", "CONSUMERS", stream, "coverslip"])
        .await?;
    assert_eq!(consumers.len(), 1);
    Ok(())
}
