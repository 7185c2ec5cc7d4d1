use std::collections::BTreeSet;
use std::time::Duration;

use coverslip_queue::Queue;
use flow::SlideReceived;
use tokio::time::{sleep, timeout};

use crate::messages::{received, slide};
use crate::redis_server::RedisServer;
use crate::subject::{TestResult, comes_to};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn consumers_that_wait_outlast_a_wipe() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for n in 0..3 {
        let waiting = tokio::spawn(async move {
            let delivery = consumer.next().await;
            (consumer, delivery)
        });
        sleep(Duration::from_millis(200)).await;
        server.ask::<()>(&["FLUSHALL"]).await?;
        queue.publish(&received(n)).await?;
        let (back, delivery) = timeout(SOON, waiting).await??;
        consumer = back;
        assert_eq!(delivery.message(), &received(n));
        delivery.ack();
        comes_to::<SlideReceived>(&queue, |depth| depth.in_flight == 0).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_was_in_flight_during_a_wipe_can_be_published_anew() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    let before = consumer.next().await;
    // Redis names messages by the millisecond: in the same one the new one would be named as the old.
    sleep(Duration::from_millis(5)).await;
    server.ask::<()>(&["FLUSHALL"]).await?;
    queue.publish(&received(1)).await?;
    let after = timeout(SOON, consumer.next()).await?;
    assert_eq!(after.attempt(), 1);
    // The old delivery's answer is not taken for one of the new.
    before.ack();
    sleep(Duration::from_millis(300)).await;
    assert_eq!(queue.depth::<SlideReceived>().await?.in_flight, 1);
    after.ack();
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await
}

/// A server short of memory evicts them one by one, and people delete them.
#[tokio::test]
async fn the_loss_of_any_key_leaves_no_message_stuck() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for key in ["messages", "known", "wanted", "paused"] {
        let key = format!("coverslip:{{slide-received}}:{key}");
        // One paused, one in flight and wanted again, one waiting.
        queue.publish(&received(1)).await?;
        timeout(SOON, consumer.next()).await?.retry();
        comes_to::<SlideReceived>(&queue, |depth| depth.in_flight == 0).await?;
        queue.publish(&received(2)).await?;
        let held = timeout(SOON, consumer.next()).await?;
        queue.publish(&received(2)).await?;
        queue.publish(&received(3)).await?;

        server.ask::<()>(&["DEL", &key]).await?;
        held.ack();
        // The sweeper's round.
        for n in 1..=3 {
            queue.publish(&received(n)).await?;
        }
        let mut seen = BTreeSet::new();
        while seen.len() < 3 {
            let delivery = timeout(SOON, consumer.next()).await?;
            seen.insert(delivery.message().slide);
            delivery.ack();
        }
        let expected: BTreeSet<_> = (1..=3).map(slide).collect();
        assert_eq!(seen, expected, "without {key}");
        // Some may come twice.
        while let Ok(delivery) = timeout(Duration::from_millis(1500), consumer.next()).await {
            delivery.ack();
        }
        comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_server_comes_back_with_its_messages() -> TestResult {
    let mut server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for n in 0..20 {
        queue.publish(&received(n)).await?;
    }
    let answered_during = consumer.next().await;
    let answered_after = consumer.next().await;
    let mut waits = queue.subscribe::<SlideReceived>();
    for _ in 2..20 {
        waits.next().await.ack();
    }
    let waiting = tokio::spawn(async move { waits.next().await });
    // Redis writes its log to disk once a second.
    sleep(Duration::from_millis(1500)).await;

    server.kill()?;
    answered_during.ack();
    let error = queue.publish(&received(20)).await.expect_err("it is gone");
    let said = error.to_string();
    assert!(said.contains("`slide-received`"), "{said}");
    assert!(said.contains("redis://127.0.0.1"), "{said}");
    assert!(said.contains("see that it runs"), "{said}");
    assert!(queue.depth::<SlideReceived>().await.is_err());

    server.restart()?;
    queue.publish(&received(20)).await?;
    let delivery = timeout(SOON, waiting).await??;
    assert_eq!(delivery.message(), &received(20));
    delivery.ack();
    answered_after.ack();
    comes_to::<SlideReceived>(&queue, |depth| depth.in_flight + depth.waiting == 0).await
}

#[tokio::test]
async fn an_answer_that_never_reaches_redis_brings_the_message_again() -> TestResult {
    let mut server = RedisServer::start()?;
    let config = || {
        server.config().map(|config| coverslip_queue::RedisConfig {
            lease: Duration::from_secs(1),
            ..config
        })
    };
    let (queue, other) = (config()?, config()?);
    let (queue, other) = (Queue::redis(queue).await?, Queue::redis(other).await?);
    queue.publish(&received(1)).await?;
    let held = queue.subscribe::<SlideReceived>().next().await;
    sleep(Duration::from_millis(1500)).await;
    server.kill()?;
    held.ack();
    sleep(Duration::from_secs(4)).await;
    server.restart()?;
    let again = timeout(SOON, other.subscribe::<SlideReceived>().next()).await?;
    assert_eq!(again.attempt(), 2);
    again.ack();
    comes_to::<SlideReceived>(&other, |depth| depth.in_flight + depth.waiting == 0).await
}
