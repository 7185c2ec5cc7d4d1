use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use coverslip_queue::{Consumer, Queue};
use flow::SlideReceived;
use tokio::time::{Instant, timeout};

use crate::messages::received;
use crate::redis_server::RedisServer;
use crate::subject::{TestResult, comes_to};

const N: u32 = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and says so on standard output"]
async fn messages_a_second_and_bytes_a_message() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    let empty = used_memory(&server).await?;

    let began = Instant::now();
    for n in 0..N {
        queue.publish(&received(n)).await?;
    }
    per_second("published one by one", began);
    let bytes = (used_memory(&server).await? - empty) / u64::from(N);
    println!("{bytes} bytes of Redis's memory for each message that waits");

    for n_consumers in [1, 4] {
        for n in 0..N {
            queue.publish(&received(n)).await?;
        }
        let n_acked = Arc::new(AtomicU32::new(0));
        let began = Instant::now();
        let consumers: Vec<_> = (0..n_consumers)
            .map(|_| tokio::spawn(consume(queue.subscribe(), Arc::clone(&n_acked))))
            .collect();
        for consumer in consumers {
            consumer.await?;
        }
        comes_to::<SlideReceived>(&queue, |depth| depth.in_flight == 0).await?;
        per_second(&format!("taken and acknowledged by {n_consumers}"), began);
    }
    Ok(())
}

async fn consume(mut consumer: Consumer<SlideReceived>, n_acked: Arc<AtomicU32>) {
    while n_acked.load(Ordering::Relaxed) < N {
        let next = timeout(Duration::from_millis(100), consumer.next());
        if let Ok(delivery) = next.await {
            n_acked.fetch_add(1, Ordering::Relaxed);
            delivery.ack();
        }
    }
}

#[expect(clippy::print_stdout, reason = "a measurement is for people to read")]
fn per_second(what: &str, began: Instant) {
    let rate = f64::from(N) / began.elapsed().as_secs_f64();
    println!("{rate:.0} messages a second {what}");
}

async fn used_memory(server: &RedisServer) -> Result<u64, Box<dyn std::error::Error>> {
    let info: redis::InfoDict = server.ask(&["INFO", "memory"]).await?;
    Ok(info.get("used_memory").ok_or("Redis knows its memory")?)
}
