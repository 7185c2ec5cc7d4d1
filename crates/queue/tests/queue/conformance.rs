//! The contract, held by both kinds of queue.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coverslip_queue::{Consumer, Redriven};
use flow::{SlideReceived, SlideTiled, Urgency};
use tokio::time::{sleep, timeout};

use crate::messages::{Foreign, received, slide};
use crate::subject::{Subject, TestResult};

macro_rules! both_kinds {
    ($($name:ident)*) => {
        mod in_process {
            $(#[tokio::test(start_paused = true)]
            async fn $name() -> super::TestResult {
                super::$name(super::Subject::in_process()?).await
            })*
        }
        mod redis {
            $(#[tokio::test]
            async fn $name() -> super::TestResult {
                super::$name(super::Subject::redis().await?).await
            })*
        }
    };
}

both_kinds! {
    messages_wait_for_a_consumer_and_come_in_order
    streams_do_not_mix
    a_waiting_message_is_not_queued_twice
    a_message_published_while_in_flight_comes_once_more
    retried_and_dropped_deliveries_come_again_ever_later
    a_message_that_waits_for_its_retry_is_not_queued_twice
    a_paused_message_does_not_hold_up_the_others
    a_consumer_that_already_waits_hears_of_a_retry
    consumers_share_a_stream_without_losing_or_doubling
    giving_up_waiting_loses_nothing
    a_handler_that_panics_leaves_its_message_in_the_queue
    a_delivery_handed_back_comes_at_once_and_is_not_counted
    a_message_given_up_lies_among_the_dead_letters_until_it_is_redriven
    a_message_given_up_but_published_meanwhile_comes_once_more
    a_message_nobody_can_read_is_a_dead_letter
    the_depth_tells_where_the_messages_are
    urgent_messages_come_first
    urgent_messages_are_in_the_depth_and_are_kept_like_others
}

async fn messages_wait_for_a_consumer_and_come_in_order(subject: Subject) -> TestResult {
    subject.queue.publish(&received(1)).await?;
    subject.queue.publish(&received(2)).await?;
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    for n in [1, 2] {
        let delivery = consumer.next().await;
        assert_eq!(delivery.message(), &received(n));
        assert_eq!(delivery.attempt(), 1);
        delivery.ack();
    }
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn streams_do_not_mix(subject: Subject) -> TestResult {
    let message = SlideTiled { slide: slide(1) };
    subject.queue.publish(&message).await?;
    let mut consumer = subject.queue.subscribe();
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn a_waiting_message_is_not_queued_twice(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    for _ in 0..3 {
        subject.queue.publish(&received(1)).await?;
    }
    consumer.next().await.ack();
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn a_message_published_while_in_flight_comes_once_more(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    let first = consumer.next().await;
    subject.queue.publish(&received(1)).await?;
    subject.queue.publish(&received(1)).await?;
    assert!(subject.is_quiet(&mut consumer).await, "never two at a time");
    first.ack();
    let second = subject.at_once(&mut consumer).await?;
    assert_eq!(second.attempt(), 1);
    second.ack();
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn retried_and_dropped_deliveries_come_again_ever_later(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    let second = subject.after(Duration::from_secs(1), &mut consumer).await?;
    assert_eq!(second.attempt(), 2);
    drop(second);
    let third = subject.after(Duration::from_secs(2), &mut consumer).await?;
    assert_eq!(third.attempt(), 3);
    third.ack();
    subject.queue.publish(&received(1)).await?;
    let afresh = subject.at_once(&mut consumer).await?;
    assert_eq!(afresh.attempt(), 1);
    afresh.ack();
    subject.ends_empty().await
}

async fn a_message_that_waits_for_its_retry_is_not_queued_twice(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    subject
        .comes_to(|depth| (depth.waiting, depth.in_flight) == (1, 0))
        .await?;
    subject.queue.publish(&received(1)).await?;
    let again = consumer.next().await;
    assert_eq!(again.attempt(), 2);
    again.ack();
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn a_paused_message_does_not_hold_up_the_others(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    subject.queue.publish(&received(2)).await?;
    let next = subject.at_once(&mut consumer).await?;
    assert_eq!(next.message(), &received(2));
    next.ack();
    Ok(())
}

async fn a_consumer_that_already_waits_hears_of_a_retry(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    let mut other = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    let first = consumer.next().await;
    let waiting = tokio::spawn(async move { other.next().await.message().clone() });
    sleep(Duration::from_millis(100)).await;
    first.retry();
    let heard = timeout(Duration::from_secs(5), waiting).await??;
    assert_eq!(heard, received(1));
    Ok(())
}

async fn consumers_share_a_stream_without_losing_or_doubling(subject: Subject) -> TestResult {
    let n_seen = Arc::new(AtomicUsize::new(0));
    let consume = |mut consumer: Consumer<SlideReceived>| {
        let n_seen = Arc::clone(&n_seen);
        async move {
            let mut seen = Vec::new();
            while n_seen.load(Ordering::Relaxed) < 200 {
                let next = timeout(Duration::from_millis(300), consumer.next());
                let Ok(delivery) = next.await else { continue };
                n_seen.fetch_add(1, Ordering::Relaxed);
                seen.push(delivery.message().slide);
                delivery.ack();
                tokio::task::yield_now().await;
            }
            seen
        }
    };
    let consumers = [0; 4].map(|_| tokio::spawn(consume(subject.queue.subscribe())));
    for n in 0..200 {
        subject.queue.publish(&received(n)).await?;
    }
    let mut seen = Vec::new();
    for consumer in consumers {
        seen.extend(consumer.await?);
    }
    assert_eq!(seen.len(), 200);
    let expected: BTreeSet<_> = (0..200).map(slide).collect();
    assert_eq!(BTreeSet::from_iter(seen), expected);
    subject.ends_empty().await
}

async fn giving_up_waiting_loses_nothing(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    let mut other = subject.queue.subscribe::<SlideReceived>();
    for _ in 0..10 {
        let gave_up = timeout(Duration::from_millis(1), consumer.next()).await;
        assert!(gave_up.is_err());
    }
    // It may come to the one that left, who never asks again: then the other gets it.
    subject.queue.publish(&received(1)).await?;
    let delivery = timeout(Duration::from_secs(4), other.next()).await?;
    assert_eq!(delivery.attempt(), 1);
    delivery.ack();
    for n in 2..5 {
        let gave_up = timeout(Duration::from_millis(1), consumer.next()).await;
        assert!(gave_up.is_err());
        subject.queue.publish(&received(n)).await?;
        let delivery = subject.at_once(&mut consumer).await?;
        assert_eq!(delivery.message(), &received(n));
        assert_eq!(delivery.attempt(), 1);
        delivery.ack();
    }
    subject.ends_empty().await
}

async fn a_handler_that_panics_leaves_its_message_in_the_queue(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    let handler = tokio::spawn(async move {
        let delivery = consumer.next().await;
        assert_eq!(delivery.attempt(), 7, "the handler fails");
    });
    assert!(handler.await.is_err());
    let again = subject.queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(again.attempt(), 2);
    again.ack();
    subject.ends_empty().await
}

async fn a_delivery_handed_back_comes_at_once_and_is_not_counted(subject: Subject) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    consumer.next().await.retry();
    for _ in 0..3 {
        let delivery = consumer.next().await;
        assert_eq!(delivery.attempt(), 2);
        delivery.hand_back();
    }
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.attempt(), 2);
    delivery.ack();
    subject.ends_empty().await
}

async fn a_message_given_up_lies_among_the_dead_letters_until_it_is_redriven(
    subject: Subject,
) -> TestResult {
    let queue = &subject.queue;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for n in [1, 2] {
        queue.publish(&received(n)).await?;
    }
    consumer.next().await.retry();
    subject.at_once(&mut consumer).await?.ack();
    let second = consumer.next().await;
    assert_eq!(second.attempt(), 2);
    second.give_up("the disk is on fire");
    subject.comes_to(|depth| depth.dead == 1).await?;
    subject.ends_empty().await?;

    let letters = queue.dead_letters::<SlideReceived>().await?;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!(letter.slide, Some(slide(1)));
    assert_eq!(letter.reason, "the disk is on fire");
    assert_eq!(letter.attempts, 2);
    assert_eq!(letter.message, serde_json::to_string(&received(1))?);
    assert!((chrono::Utc::now() - letter.at).num_seconds().abs() < 60);
    assert!(queue.dead_letters::<SlideTiled>().await?.is_empty());

    let redrive = async || queue.redrive::<SlideReceived>(letter.id).await;
    assert_eq!(redrive().await?, Redriven::Done);
    assert_eq!(redrive().await?, Redriven::NotThere);
    assert!(queue.dead_letters::<SlideReceived>().await?.is_empty());
    let afresh = subject.at_once(&mut consumer).await?;
    assert_eq!(afresh.message(), &received(1));
    assert_eq!(afresh.attempt(), 1);
    afresh.ack();
    subject.ends_empty().await
}

async fn a_message_given_up_but_published_meanwhile_comes_once_more(
    subject: Subject,
) -> TestResult {
    let mut consumer = subject.queue.subscribe::<SlideReceived>();
    subject.queue.publish(&received(1)).await?;
    let first = consumer.next().await;
    subject.queue.publish(&received(1)).await?;
    first.give_up("no");
    let second = subject.at_once(&mut consumer).await?;
    assert_eq!(second.attempt(), 1);
    second.ack();
    subject.ends_empty().await?;
    subject.comes_to(|depth| depth.dead == 1).await
}

async fn a_message_nobody_can_read_is_a_dead_letter(subject: Subject) -> TestResult {
    let queue = &subject.queue;
    queue.publish(&Foreign { barcode: 7 }).await?;
    queue.publish(&received(1)).await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.message(), &received(1));
    delivery.ack();
    subject.comes_to(|depth| depth.dead == 1).await?;
    subject.ends_empty().await?;
    let letter = queue.dead_letters::<SlideReceived>().await?.remove(0);
    assert_eq!((letter.slide, letter.attempts), (None, 1));
    assert_eq!(letter.message, r#"{"barcode":7}"#);
    assert!(letter.reason.contains("cannot be read"), "{letter:?}");

    // A version that can read it gets it when it is redriven.
    queue.redrive::<SlideReceived>(letter.id).await?;
    let delivery = queue.subscribe::<Foreign>().next().await;
    assert_eq!(delivery.message(), &Foreign { barcode: 7 });
    delivery.ack();
    Ok(())
}

async fn the_depth_tells_where_the_messages_are(subject: Subject) -> TestResult {
    let queue = &subject.queue;
    assert_eq!(queue.depth::<SlideReceived>().await?, Default::default());
    for n in 0..5 {
        queue.publish(&received(n)).await?;
    }
    sleep(Duration::from_millis(300)).await;
    let mut consumer = queue.subscribe::<SlideReceived>();
    let in_flight = consumer.next().await;
    consumer.next().await.retry();
    consumer.next().await.give_up("no");
    subject
        .comes_to(|depth| (depth.waiting, depth.in_flight, depth.dead) == (3, 1, 1))
        .await?;
    let depth = queue.depth::<SlideReceived>().await?;
    assert!(depth.lag >= Duration::from_millis(300), "{depth:?}");
    assert!(depth.lag < Duration::from_secs(60), "{depth:?}");
    assert_eq!(depth.lost, 0);
    in_flight.ack();
    subject
        .comes_to(|depth| (depth.waiting, depth.in_flight, depth.dead) == (3, 0, 1))
        .await
}

async fn urgent_messages_come_first(subject: Subject) -> TestResult {
    let queue = &subject.queue;
    let mut consumer = queue.subscribe::<SlideReceived>();
    assert!(!queue.urgent_waits::<SlideReceived>().await?);
    for n in 0..3 {
        queue.publish(&received(n)).await?;
    }
    let in_flight = consumer.next().await;
    for n in [7, 8, 0] {
        let urgent = received(n);
        queue.publish_as(Urgency::Urgent, &urgent).await?;
        queue.publish_as(Urgency::Urgent, &urgent).await?;
    }
    sleep(Duration::from_millis(5)).await;
    assert!(queue.urgent_waits::<SlideReceived>().await?);
    // A message in flight as routine is one of its own as urgent.
    for n in [7, 8, 0, 1, 2] {
        let next = subject.at_once(&mut consumer).await?;
        assert_eq!(next.message(), &received(n));
        next.ack();
    }
    in_flight.ack();
    assert!(!queue.urgent_waits::<SlideReceived>().await?);
    assert!(subject.is_quiet(&mut consumer).await);
    subject.ends_empty().await
}

async fn urgent_messages_are_in_the_depth_and_are_kept_like_others(subject: Subject) -> TestResult {
    let queue = &subject.queue;
    let mut consumer = queue.subscribe::<SlideReceived>();
    // Whoever waits already hears of one.
    let waiting = tokio::spawn(async move {
        let delivery = consumer.next().await;
        (consumer, delivery)
    });
    sleep(Duration::from_millis(50)).await;
    queue.publish_as(Urgency::Urgent, &received(1)).await?;
    let (mut consumer, first) = timeout(Duration::from_secs(5), waiting).await??;
    subject
        .comes_to(|depth| (depth.waiting, depth.in_flight) == (0, 1))
        .await?;
    first.hand_back();
    let again = subject.at_once(&mut consumer).await?;
    assert_eq!(again.attempt(), 1);
    again.retry();
    queue.publish(&received(2)).await?;
    subject.at_once(&mut consumer).await?.ack();
    let second = subject.after(Duration::from_secs(1), &mut consumer).await?;
    assert_eq!((second.message(), second.attempt()), (&received(1), 2));
    second.give_up("no");
    subject
        .comes_to(|depth| (depth.waiting, depth.in_flight, depth.dead) == (0, 0, 1))
        .await?;
    let letter = queue.dead_letters::<SlideReceived>().await?.remove(0);
    assert_eq!(letter.slide, Some(slide(1)));
    assert_eq!(
        queue.redrive::<SlideReceived>(letter.id).await?,
        Redriven::Done
    );
    subject.at_once(&mut consumer).await?.ack();
    subject.ends_empty().await
}
