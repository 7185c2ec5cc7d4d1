use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coverslip_queue::{Consumer, Queue};
use flow::{SlideId, SlideReceived};
use tokio::time::{Instant, timeout};

use super::worker::Worker;
use crate::messages::{received, slide};
use crate::redis_server::RedisServer;
use crate::subject::{TestResult, comes_to};

const N_MESSAGES: u32 = 1000;

/// How often each message was acknowledged.
type Acked = Arc<Mutex<BTreeMap<SlideId, u32>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_messages_that_fail_at_random_each_is_done_once() -> TestResult {
    let server = RedisServer::start()?;
    let acked = Acked::default();
    let first = Queue::redis(server.config()?).await?;
    let second = Queue::redis(server.config()?).await?;
    for n in 0..N_MESSAGES / 2 {
        first.publish(&received(n)).await?;
    }
    let consumers = [&first, &first, &second, &second]
        .map(|queue| tokio::spawn(consume(queue.subscribe(), Arc::clone(&acked))));
    let doomed = Worker::start(server.config()?).await?;
    let mut never_answered = Vec::new();
    for n in N_MESSAGES / 2..N_MESSAGES {
        second.publish(&received(n)).await?;
        if n % 50 == 0 {
            never_answered.push(doomed.take().await?);
        }
    }
    doomed.kill();
    drop(never_answered);
    for consumer in consumers {
        consumer.await?;
    }
    let expected: BTreeMap<_, _> = (0..N_MESSAGES).map(|n| (slide(n), 1)).collect();
    assert_eq!(*acked.lock().expect("no consumer panicked"), expected);
    comes_to::<SlideReceived>(&first, |depth| depth.in_flight + depth.waiting == 0).await
}

/// Fails half of what it does, until all is done.
async fn consume(mut consumer: Consumer<SlideReceived>, acked: Acked) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let is_done = || acked.lock().expect("no consumer panicked").len() == N_MESSAGES as usize;
    while !is_done() {
        assert!(Instant::now() < deadline, "some messages did not come");
        let next = timeout(Duration::from_millis(200), consumer.next());
        let Ok(delivery) = next.await else { continue };
        // The third attempt succeeds, so that the pauses are short.
        match rand::random_range(0..8) {
            0 | 1 if delivery.attempt() < 3 => delivery.retry(),
            2 if delivery.attempt() < 3 => drop(delivery),
            3 => delivery.hand_back(),
            _ => {
                let slide = delivery.message().slide;
                *acked
                    .lock()
                    .expect("no consumer panicked")
                    .entry(slide)
                    .or_default() += 1;
                delivery.ack();
            }
        }
    }
}

#[tokio::test]
async fn what_one_process_hands_back_another_gets_at_once() -> TestResult {
    let server = RedisServer::start()?;
    let first = Queue::redis(server.config()?).await?;
    let second = Queue::redis(server.config()?).await?;
    first.publish(&received(1)).await?;
    let mut ending = first.subscribe::<SlideReceived>();
    let held = ending.next().await;
    drop(ending);
    held.hand_back();
    first.settle().await;
    let depth = second.depth::<SlideReceived>().await?;
    assert_eq!((depth.waiting, depth.in_flight), (1, 0), "it has settled");
    let mut consumer = second.subscribe::<SlideReceived>();
    let delivery = timeout(Duration::from_secs(1), consumer.next()).await?;
    assert_eq!(delivery.attempt(), 1);
    delivery.ack();
    Ok(())
}

#[tokio::test]
async fn a_message_published_by_another_process_while_in_flight_comes_once_more() -> TestResult {
    let server = RedisServer::start()?;
    let first = Queue::redis(server.config()?).await?;
    let second = Queue::redis(server.config()?).await?;
    first.publish(&received(1)).await?;
    let mut consumer = first.subscribe::<SlideReceived>();
    let held = consumer.next().await;
    second.publish(&received(1)).await?;
    held.ack();
    let again = timeout(Duration::from_secs(2), consumer.next()).await?;
    assert_eq!(again.attempt(), 1);
    again.ack();
    comes_to::<SlideReceived>(&second, |depth| depth.in_flight + depth.waiting == 0).await
}
