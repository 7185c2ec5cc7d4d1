//! How long clients may take. The clock stands still and goes on when everybody waits.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::twins::Twins;
use crate::server::TestResult;

const LIMIT: Duration = Duration::from_secs(30);

/// How long until the server hangs up.
async fn hung_up_after(client: &mut TcpStream) -> Result<Duration, Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut said = Vec::new();
    timeout(2 * LIMIT, client.read_to_end(&mut said)).await??;
    assert_eq!(said, b"");
    Ok(start.elapsed())
}

#[tokio::test]
async fn who_sends_nothing_or_half_a_head_is_not_waited_for() -> TestResult {
    let twins = Twins::start().await?;
    let request = twins.get("/picture/still", "");
    tokio::time::pause();
    for half in ["", &request[..1], &request[..request.len() - 1]] {
        for peer in [&twins.ours, &twins.hypers] {
            let mut client = peer.connect().await?;
            client.write_all(half.as_bytes()).await?;
            let elapsed = hung_up_after(&mut client).await?;
            assert!((LIMIT..LIMIT * 11 / 10).contains(&elapsed), "{elapsed:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_head_that_comes_bit_by_bit_is_late_all_the_same() -> TestResult {
    let twins = Twins::start().await?;
    let request = twins.get("/picture/still", "");
    tokio::time::pause();
    let start = Instant::now();
    let mut client = twins.ours.connect().await?;
    for byte in request.as_bytes() {
        if client.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(LIMIT / 10).await;
    }
    let elapsed = start.elapsed();
    assert!(elapsed < LIMIT * 2, "{elapsed:?}");
    Ok(())
}

#[tokio::test]
async fn who_asks_now_and_then_stays_connected() -> TestResult {
    let twins = Twins::start().await?;
    let mut client = twins.ours.connect().await?;
    for round in 0..4 {
        // Kept answers and hyper's in turn, on one connection.
        for target in ["/picture/still", "/things"] {
            client.write_all(twins.get(target, "").as_bytes()).await?;
            let mut said = [0; 15];
            client.read_exact(&mut said).await?;
            assert_eq!(&said, b"HTTP/1.1 200 OK", "{round} {target}");
            let mut rest = Vec::with_capacity(1 << 16);
            while !rest.ends_with(b"read") && !rest.ends_with(b"still") {
                client.read_buf(&mut rest).await?;
            }
        }
        tokio::time::pause();
        sleep(LIMIT * 9 / 10).await;
        tokio::time::resume();
    }
    tokio::time::pause();
    let elapsed = hung_up_after(&mut client).await?;
    assert!(elapsed < 2 * LIMIT, "{elapsed:?}");
    Ok(())
}
