//! What a queue promises to those who publish and those who consume.

use std::error::Error;
use std::time::Duration;

use coverslip_queue::{Consumer, Queue};
use flow::{Sha256Digest, SlideId, SlideReceived, SlideTiled};
use tokio::time::timeout;

type TestResult = Result<(), Box<dyn Error>>;

fn slide(n: u8) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(&[n]))
}

fn received(n: u8) -> SlideReceived {
    SlideReceived { slide: slide(n) }
}

/// Nothing comes for an hour (of the test's clock).
async fn is_quiet(consumer: &mut Consumer<SlideReceived>) -> bool {
    timeout(Duration::from_secs(3600), consumer.next())
        .await
        .is_err()
}

#[tokio::test(start_paused = true)]
async fn messages_wait_for_a_consumer_and_come_in_order() -> TestResult {
    let queue = Queue::in_process();
    queue.publish(&received(1)).await?;
    queue.publish(&received(2)).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for n in [1, 2] {
        let delivery = consumer.next().await;
        assert_eq!(delivery.message(), &received(n));
        assert_eq!(delivery.attempt(), 1);
        delivery.ack();
    }
    assert!(is_quiet(&mut consumer).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn streams_do_not_mix() -> TestResult {
    let queue = Queue::in_process();
    queue.publish(&SlideTiled { slide: slide(1) }).await?;
    assert!(is_quiet(&mut queue.subscribe()).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_waiting_message_is_not_queued_twice() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    for _ in 0..3 {
        queue.publish(&received(1)).await?;
    }
    consumer.next().await.ack();
    assert!(is_quiet(&mut consumer).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_message_published_while_in_flight_comes_once_more() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    let first = consumer.next().await;
    queue.publish(&received(1)).await?;
    queue.publish(&received(1)).await?;
    assert!(is_quiet(&mut consumer).await, "never two at a time");
    first.ack();
    let second = consumer.next().await;
    assert_eq!(second.attempt(), 1);
    second.ack();
    assert!(is_quiet(&mut consumer).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn retried_and_dropped_deliveries_come_again_ever_later() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    let soon = timeout(Duration::from_millis(999), consumer.next()).await;
    assert!(soon.is_err());
    let second = timeout(Duration::from_millis(10), consumer.next()).await?;
    assert_eq!(second.attempt(), 2);
    drop(second);
    let soon = timeout(Duration::from_millis(1999), consumer.next()).await;
    assert!(soon.is_err());
    let third = timeout(Duration::from_millis(10), consumer.next()).await?;
    assert_eq!(third.attempt(), 3);
    third.ack();
    assert!(is_quiet(&mut consumer).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_for_its_retry_is_not_queued_twice() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    queue.publish(&received(1)).await?;
    let again = consumer.next().await;
    assert_eq!(again.attempt(), 2);
    again.ack();
    assert!(is_quiet(&mut consumer).await);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_paused_message_does_not_hold_up_the_others() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    queue.publish(&received(2)).await?;
    let next = timeout(Duration::from_millis(10), consumer.next()).await?;
    assert_eq!(next.message(), &received(2));
    next.ack();
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_already_waits_hears_of_a_retry() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    let mut other = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    let first = consumer.next().await;
    let waiting = tokio::spawn(async move { other.next().await.message().clone() });
    tokio::task::yield_now().await;
    first.retry();
    assert_eq!(waiting.await?, received(1));
    Ok(())
}

#[tokio::test]
async fn consumers_share_a_stream_without_losing_or_doubling() -> TestResult {
    let queue = Queue::in_process();
    let consume = |mut consumer: Consumer<SlideReceived>| async move {
        let mut seen = Vec::new();
        while let Ok(delivery) = timeout(Duration::from_millis(300), consumer.next()).await {
            seen.push(delivery.message().slide);
            delivery.ack();
            tokio::task::yield_now().await;
        }
        seen
    };
    let consumers = [0; 4].map(|_| tokio::spawn(consume(queue.subscribe())));
    for n in 0..200 {
        queue.publish(&received(n)).await?;
    }
    let mut seen = Vec::new();
    for consumer in consumers {
        seen.extend(consumer.await?);
    }
    seen.sort_unstable();
    let mut expected: Vec<_> = (0..200).map(slide).collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn giving_up_waiting_loses_nothing() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    for _ in 0..10 {
        assert!(
            timeout(Duration::from_millis(1), consumer.next())
                .await
                .is_err()
        );
    }
    queue.publish(&received(1)).await?;
    consumer.next().await.ack();
    Ok(())
}

#[tokio::test]
async fn a_handler_that_panics_leaves_its_message_in_the_queue() -> TestResult {
    let queue = Queue::in_process();
    let mut consumer = queue.subscribe::<SlideReceived>();
    queue.publish(&received(1)).await?;
    let handler = tokio::spawn(async move {
        let _delivery = consumer.next().await;
        panic!("the handler fails");
    });
    assert!(handler.await.is_err());
    let again = queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(again.attempt(), 2);
    again.ack();
    Ok(())
}
