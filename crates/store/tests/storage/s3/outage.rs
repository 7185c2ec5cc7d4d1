//! A server that is killed and comes back.

use std::time::{Duration, Instant};

use coverslip_store::{Store, StoreError};
use tokio::time::sleep;

use super::{MIB, TestResult, chain, key, receive};
use crate::sample::noise;
use crate::seaweed::{Corner, SeaweedServer};

fn assert_unavailable(error: &StoreError, endpoint: &str) {
    let text = chain(error);
    assert!(error.is_unavailable(), "{text}");
    assert!(
        text.contains(endpoint) && text.contains("try again"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_and_leaves_no_trace() -> TestResult {
    let folder = tempfile::tempdir()?;
    let server = SeaweedServer::start_in(folder.path())?;
    let endpoint = server.endpoint().to_owned();
    let mut corner = Corner::on(&endpoint)?;
    corner.config.patience.tries = 2;
    let store = corner.store().await?;
    store.put(&key(1), noise(5000)).await?;

    let large = noise(96 * MIB);
    let received = receive(&store, &large).await?;
    let adopting = {
        let store = store.clone();
        tokio::spawn(async move { store.adopt(received, &key(2)).await })
    };
    while corner.uploads().await?.is_empty() {
        assert!(!adopting.is_finished(), "it was too fast to be interrupted");
    }
    let killed = server.kill();
    let interrupted = adopting.await?.expect_err("the server was killed");
    assert_unavailable(&interrupted, &endpoint);
    let read = store.get(&key(1)).await.expect_err("the server is dead");
    assert_unavailable(&read, &endpoint);

    let _server = SeaweedServer::start_again(killed, folder.path())?;
    assert_eq!(once_it_answers(&store).await?, noise(5000));
    assert!(!store.exists(&key(2)).await?, "half an object is none");
    once_it_takes(&store, &large).await?;
    assert!(store.get(&key(2)).await? == large);
    Ok(())
}

/// SeaweedFS answers before it has found its data again.
async fn once_it_answers(store: &Store) -> Result<bytes::Bytes, StoreError> {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        match store.get(&key(1)).await {
            Err(error) if error.is_unavailable() && Instant::now() < patience => {
                sleep(Duration::from_millis(200)).await;
            }
            other => return other,
        }
    }
}

/// It reads before it can write: its master first waits for news of the volumes, on a busy machine
/// for longer than an answer may take.
async fn once_it_takes(store: &Store, large: &[u8]) -> Result<(), StoreError> {
    let patience = Instant::now() + Duration::from_secs(180);
    loop {
        let received = receive(store, large).await?;
        match store.adopt(received, &key(2)).await {
            Err(error) if error.is_unavailable() && Instant::now() < patience => {}
            taken => return taken,
        }
    }
}
