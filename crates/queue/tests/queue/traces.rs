//! With each message goes the trace of the step that published it, in both kinds of queue.

use std::sync::Once;
use std::time::Duration;

use coverslip_queue::Queue;
use flow::{SlideReceived, Stage};
use telemetry::{StepSpan, TelemetryConfig, TraceContext};

use crate::messages::received;
use crate::redis_server::RedisServer;
use crate::subject::{Subject, TestResult};

/// Spans have ids where somebody listens to them.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let config = TelemetryConfig {
            log_filter: "off".to_owned(),
            ..TelemetryConfig::default()
        };
        telemetry::init(&config)
            .map(drop)
            .expect("nobody listens yet");
    });
}

/// Publishes a message within a step; where in its trace that was.
async fn publish_in_a_step(
    queue: &Queue,
    n: u32,
) -> Result<TraceContext, Box<dyn std::error::Error>> {
    let step = StepSpan::begin(Stage::Receive, None);
    let published = step.within(async {
        queue.publish(&received(n)).await?;
        Ok::<_, coverslip_queue::QueueError>(TraceContext::current())
    });
    Ok(published.await?.ok_or("a step has a trace")?)
}

#[tokio::test(start_paused = true)]
async fn in_process_a_message_keeps_its_trace() -> TestResult {
    a_message_keeps_its_trace(Subject::in_process()?).await
}

#[tokio::test]
async fn on_redis_a_message_keeps_its_trace() -> TestResult {
    a_message_keeps_its_trace(Subject::redis().await?).await
}

async fn a_message_keeps_its_trace(subject: Subject) -> TestResult {
    listen();
    let queue = &subject.queue;
    let mut consumer = queue.subscribe::<SlideReceived>();
    let first = publish_in_a_step(queue, 1).await?;
    // Equal to the one that waits, whoever published it.
    let other = publish_in_a_step(queue, 1).await?;
    assert_ne!(first, other);

    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.trace(), Some(&first));
    delivery.hand_back();
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.trace(), Some(&first), "handed back");
    delivery.retry();
    let delivery = subject.after(Duration::from_secs(1), &mut consumer).await?;
    assert_eq!(
        (delivery.trace(), delivery.attempt()),
        (Some(&first), 2),
        "tried again"
    );
    delivery.give_up("no");
    subject.comes_to(|depth| depth.dead == 1).await?;
    let letter = queue.dead_letters::<SlideReceived>().await?.remove(0);
    queue.redrive::<SlideReceived>(letter.id).await?;
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.trace(), Some(&first), "redriven");
    queue.publish(&received(1)).await?;
    delivery.ack();
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.trace(), Some(&first), "wanted meanwhile");
    delivery.ack();

    queue.publish(&received(2)).await?;
    let delivery = subject.at_once(&mut consumer).await?;
    assert_eq!(delivery.trace(), None, "published by no step");
    delivery.ack();
    subject.ends_empty().await
}

#[tokio::test]
async fn messages_of_earlier_versions_are_read() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let text = |n| serde_json::to_string(&received(n));
    let key = |part: &str| format!("coverslip:{{slide-received}}:{part}");
    let (waits, paused) = (text(1)?, text(2)?);
    let messages = key("messages");
    let line = ["XADD", &messages, "*", "message", &waits, "earlier", "3"];
    server.ask::<String>(&line).await?;
    server
        .ask::<u32>(&["HSET", &key("known"), &paused, "paused 2"])
        .await?;
    server
        .ask::<u32>(&["ZADD", &key("paused"), "1", &paused])
        .await?;
    let mut consumer = queue.subscribe::<SlideReceived>();
    for (message, attempt) in [(received(1), 4), (received(2), 3)] {
        let delivery = tokio::time::timeout(Duration::from_secs(5), consumer.next()).await?;
        assert_eq!(delivery.message(), &message);
        assert_eq!((delivery.attempt(), delivery.trace()), (attempt, None));
        delivery.ack();
    }
    Ok(())
}
