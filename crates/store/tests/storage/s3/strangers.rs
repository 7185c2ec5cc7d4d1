//! Objects that something else put into the bucket, or changed there.

use std::time::Duration;

use bytes::Bytes;
use coverslip_store::{Store, StoreError};
use tokio::time::timeout;

use super::{TestResult, key};
use crate::sample::noise;
use crate::seaweed::{BUCKET, Corner};

/// As another program would write it, with `digest` where we keep ours.
async fn put_by_hand(corner: &Corner, n: u8, bytes: Bytes, digest: Option<&str>) -> TestResult {
    let request = corner.client().put_object().bucket(BUCKET);
    let metadata = digest.map(|digest| [("sha256".to_owned(), digest.to_owned())].into());
    let request = request.key(format!("{}{}", corner.prefix, key(n)));
    let request = request.set_metadata(metadata).body(bytes.into());
    request.send().await?;
    Ok(())
}

/// As after a copy of a data directory to S3.
#[tokio::test]
async fn an_object_without_our_notes_is_known_by_its_bytes() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    put_by_hand(&corner, 1, noise(5000), None).await?;
    assert_eq!(store.get(&key(1)).await?, noise(5000));
    let file = store.local_file(&key(1)).await?;
    assert_eq!(std::fs::read(file.path())?, noise(5000));
    store.put(&key(1), noise(5000)).await?;
    let mut changed = noise(5000).to_vec();
    changed[4999] ^= 1;
    let refused = store.put(&key(1), changed.into()).await;
    assert!(
        matches!(refused, Err(StoreError::AlreadyExists { .. })),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_damaged_object_is_not_taken_for_whole() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    put_by_hand(&corner, 1, noise(5000), Some(&"0".repeat(64))).await?;
    let whole = store.get(&key(1)).await;
    assert!(
        matches!(whole, Err(StoreError::Damaged { .. })),
        "{whole:?}"
    );
    let file = store.local_file(&key(1)).await;
    assert!(matches!(file, Err(StoreError::Damaged { .. })), "{file:?}");
    Ok(())
}

#[tokio::test]
async fn prefixes_keep_installations_apart() -> TestResult {
    let (one, other) = (Corner::new()?, Corner::new()?);
    let (here, there) = (one.store().await?, other.store().await?);
    here.put(&key(1), noise(10)).await?;
    assert!(!there.exists(&key(1)).await?);
    there.put(&key(1), noise(11)).await?;
    assert_eq!(here.get(&key(1)).await?, noise(10));
    assert_eq!(
        one.everything().await?,
        [format!("{}{}", one.prefix, key(1))]
    );
    Ok(())
}

#[tokio::test]
async fn fetched_files_keep_to_their_room() -> TestResult {
    const ROOM: u64 = 2 * 1024 * 1024;
    let mut corner = Corner::new()?;
    corner.config.scratch.download_bytes = ROOM;
    let store = corner.store().await?;
    let size = ROOM as usize;
    store.put(&key(1), noise(size)).await?;
    store.put(&key(2), noise(size + 1)).await?;
    let too_large = store.local_file(&key(2)).await;
    assert!(
        matches!(too_large, Err(StoreError::NoRoom { most: ROOM, .. })),
        "{too_large:?}"
    );
    let first = store.local_file(&key(1)).await?;
    let second = {
        let store: Store = store.clone();
        tokio::spawn(async move { store.local_file(&key(1)).await })
    };
    let mut second = std::pin::pin!(second);
    let early = timeout(Duration::from_millis(500), &mut second).await;
    assert!(early.is_err(), "there is room for one");
    drop(first);
    let second = timeout(Duration::from_secs(30), second).await???;
    assert!(std::fs::read(second.path())? == noise(size));
    Ok(())
}
