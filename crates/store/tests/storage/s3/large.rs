//! Objects that travel in parts.

use std::time::Duration;

use bytes::Bytes;
use coverslip_store::StoreError;
use flow::Sha256Digest;
use tokio::time::sleep;

use super::{MIB, TestResult, key, receive};
use crate::sample::noise;
use crate::seaweed::Corner;

/// Five parts, the last of them short.
const LARGE: usize = 32 * MIB + 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_is_the_same_at_every_edge_of_its_parts() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let bytes = noise(LARGE);
    let scratch = store.scratch()?;
    let file = scratch.path().join("level");
    std::fs::write(&file, &bytes)?;
    store.put_file(&key(1), &file).await?;
    assert!(!file.exists());

    assert_eq!(store.size(&key(1)).await?, LARGE as u64);
    assert!(store.get(&key(1)).await? == bytes);
    for edge in [0, 8 * MIB, 16 * MIB, 32 * MIB, LARGE] {
        let (start, end) = (edge.saturating_sub(3), (edge + 3).min(LARGE));
        let read = store.get_range(&key(1), start as u64..end as u64).await?;
        assert_eq!(read, bytes[start..end], "at {edge}");
    }
    let (start, end) = (8 * MIB - 1, 24 * MIB + 1);
    let across = store.get_range(&key(1), start as u64..end as u64).await?;
    assert!(across == bytes[start..end]);
    let local = store.local_file(&key(1)).await?;
    assert!(std::fs::read(local.path())? == bytes);
    let path = local.path().to_owned();
    drop(local);
    assert!(!path.exists(), "a fetched copy is gone with its holder");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_may_be_stored_again_and_not_changed() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let bytes = noise(9 * MIB);
    for _ in 0..2 {
        store.put(&key(1), bytes.clone()).await?;
        store.adopt(receive(&store, &bytes).await?, &key(1)).await?;
    }
    let mut changed = bytes.to_vec();
    changed[9 * MIB - 1] ^= 1;
    let refused = store.put(&key(1), changed.into()).await;
    assert!(
        matches!(refused, Err(StoreError::AlreadyExists { .. })),
        "{refused:?}"
    );
    assert!(store.get(&key(1)).await? == bytes);
    assert!(corner.uploads().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_digest_leaves_nothing() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    // S3 itself refuses the small one, the large one is not completed.
    for size in [1000, LARGE] {
        let mut received = receive(&store, &noise(size)).await?;
        received.digest = Sha256Digest::of(b"what was announced");
        let refused = store.adopt(received, &key(1)).await;
        assert!(
            matches!(
                refused,
                Err(StoreError::ChangedInScratch { .. } | StoreError::S3 { .. })
            ),
            "{refused:?}"
        );
        assert!(!store.exists(&key(1)).await?);
        assert_eq!(corner.everything().await?, [""; 0]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_given_up_leaves_nothing() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let bytes = noise(96 * MIB);
    // From before S3 has said that it began to after it has some of the parts.
    for wait in [0, 5, 50, 300] {
        let received = receive(&store, &bytes).await?;
        let adopting = {
            let store = store.clone();
            tokio::spawn(async move { store.adopt(received, &key(1)).await })
        };
        while corner.uploads().await?.is_empty() {
            assert!(!adopting.is_finished(), "it was too fast to be given up");
        }
        sleep(Duration::from_millis(wait)).await;
        adopting.abort();
        let given_up = adopting.await;
        assert!(given_up.is_err_and(|error| error.is_cancelled()));
        for _ in 0..100 {
            if corner.uploads().await?.is_empty() {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(corner.everything().await?, [""; 0], "after {wait} ms");
    }
    Ok(())
}

/// The key is free for all of them until one completes. SeaweedFS 4.48 looks whether it is free and
/// completes in two steps, so that two may pass at once; on Amazon's S3 one does. What it keeps is
/// whole in any case, and was put there by one who was told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_who_store_one_large_object_leave_one() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let contents: Vec<Bytes> = (0..4).map(|n| noise(9 * MIB + n)).collect();
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let (store, bytes) = (store.clone(), contents[n % 4].clone());
            tokio::spawn(async move { (n % 4, store.put(&key(1), bytes).await) })
        })
        .collect();
    let mut winners = Vec::new();
    for writer in writers {
        match writer.await? {
            (content, Ok(())) => winners.push(content),
            (_, Err(StoreError::AlreadyExists { .. })) => {}
            (_, Err(other)) => return Err(other.into()),
        }
    }
    let kept = store.get(&key(1)).await?;
    assert!(winners.iter().any(|content| contents[*content] == kept));
    assert!(corner.uploads().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_who_store_the_same_large_object_all_succeed() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let bytes = noise(9 * MIB);
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (store, bytes) = (store.clone(), bytes.clone());
            tokio::spawn(async move { store.put(&key(1), bytes).await })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    assert!(store.get(&key(1)).await? == bytes);
    assert!(corner.uploads().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_is_not_there_until_it_is_whole() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let bytes = noise(LARGE);
    let putting = {
        let (store, bytes) = (store.clone(), bytes.clone());
        tokio::spawn(async move { store.put(&key(1), bytes).await })
    };
    let mut n_missing = 0;
    let read = loop {
        match store.get(&key(1)).await {
            Err(StoreError::NotFound { .. }) => n_missing += 1,
            other => break other?,
        }
    };
    assert!(read == bytes);
    assert!(n_missing > 0, "it was looked for while it was on its way");
    putting.await??;
    Ok(())
}
