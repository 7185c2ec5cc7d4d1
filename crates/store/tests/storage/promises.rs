//! What every kind of storage promises: each function is one promise, put to a storage that is
//! empty.

use std::error::Error;
use std::ops::Range;

use bytes::Bytes;
use coverslip_store::{ReceivedFile, Store, StoreError};
use flow::{AssociatedName, LevelNumber, ObjectKey, Sha256Digest, UploadId, UploadPart};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::sample::{noise, slide};

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

fn key(n: u8) -> ObjectKey {
    ObjectKey::PyramidLevel(slide(n), LevelNumber(0))
}

pub(crate) async fn what_is_put_can_be_read_whole_and_in_part(store: &Store) -> TestResult {
    let bytes = noise(5000);
    store.put(&key(1), bytes.clone()).await?;
    assert_eq!(store.get(&key(1)).await?, bytes);
    assert_eq!(store.get_range(&key(1), 17..4000).await?, bytes[17..4000]);
    assert_eq!(store.size(&key(1)).await?, 5000);
    assert!(store.exists(&key(1)).await?);
    let file = store.local_file(&key(1)).await?;
    assert_eq!(std::fs::read(file.path())?, bytes);
    Ok(())
}

pub(crate) async fn an_empty_object_is_an_object(store: &Store) -> TestResult {
    store.put(&key(1), Bytes::new()).await?;
    assert!(store.exists(&key(1)).await?);
    assert_eq!(store.get(&key(1)).await?, Bytes::new());
    Ok(())
}

pub(crate) async fn what_is_missing_is_told_from_what_fails(store: &Store) -> TestResult {
    assert!(!store.exists(&key(1)).await?);
    let path = key(1).path();
    let is_missing = |error: Option<StoreError>| matches!(error, Some(StoreError::NotFound { key }) if key == path);
    assert!(is_missing(store.get(&key(1)).await.err()));
    assert!(is_missing(store.get_range(&key(1), 0..1).await.err()));
    assert!(is_missing(store.size(&key(1)).await.err()));
    assert!(is_missing(store.local_file(&key(1)).await.err()));
    // That it was missing is not remembered.
    store.put(&key(1), noise(1)).await?;
    assert_eq!(store.get(&key(1)).await?, noise(1));
    Ok(())
}

pub(crate) async fn the_same_bytes_may_be_put_again_and_no_others(store: &Store) -> TestResult {
    let bytes = noise(600_000);
    store.put(&key(1), bytes.clone()).await?;
    store.put(&key(1), bytes.clone()).await?;
    let mut changed = bytes.to_vec();
    changed[599_999] ^= 1;
    for other in [Bytes::from(changed), bytes.slice(..599_999), Bytes::new()] {
        let refused = store.put(&key(1), other).await;
        let is_named =
            matches!(&refused, Err(StoreError::AlreadyExists { key: k }) if *k == key(1).path());
        assert!(is_named, "{refused:?}");
    }
    assert_eq!(store.get(&key(1)).await?, bytes);
    Ok(())
}

pub(crate) async fn keys_do_not_share_bytes(store: &Store) -> TestResult {
    let keys = [
        key(1),
        key(2),
        ObjectKey::PyramidLevel(slide(1), LevelNumber(1)),
        ObjectKey::Associated(slide(1), AssociatedName::Macro),
    ];
    for (n, key) in (10..).zip(&keys) {
        store.put(key, noise(n)).await?;
    }
    for (n, key) in (10..).zip(&keys) {
        assert_eq!(store.get(key).await?, noise(n));
    }
    Ok(())
}

pub(crate) async fn a_range_that_leaves_the_object_is_refused(store: &Store) -> TestResult {
    store.put(&key(1), noise(100)).await?;
    let reversed = Range { start: 20, end: 10 };
    for range in [0..101, 100..101, 101..101, u64::MAX - 1..u64::MAX, reversed] {
        let refused = store.get_range(&key(1), range.clone()).await;
        assert!(
            matches!(&refused, Err(StoreError::OutOfRange { size: 100, .. })),
            "{range:?}: {refused:?}"
        );
    }
    assert_eq!(store.get_range(&key(1), 100..100).await?, Bytes::new());
    Ok(())
}

/// Long enough for reads of both kinds, short ones at once and long ones aside.
pub(crate) async fn any_range_holds_the_bytes_it_names(store: &Store) -> TestResult {
    const SIZE: usize = 2_500_000;
    let bytes = noise(SIZE);
    store.put(&key(1), bytes.clone()).await?;
    let runtime = Handle::current();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
    let check = |(a, b): (usize, usize)| {
        let (start, end) = (a.min(b), a.max(b));
        let range = start as u64..end as u64;
        let read = runtime.block_on(store.get_range(&key(1), range));
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(read == bytes[start..end]);
        Ok(())
    };
    block_in_place(|| runner.run(&(0..=SIZE, 0..=SIZE), check))?;
    Ok(())
}

pub(crate) async fn of_many_who_put_one_key_one_wins_and_the_others_are_told(
    store: &Store,
) -> TestResult {
    let writers: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            // Four of each of four contents.
            tokio::spawn(async move { (n % 4, store.put(&key(1), noise(9000 + n % 4)).await) })
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
    assert_eq!(winners.len(), 4, "all with the winning content");
    assert!(winners.iter().all(|content| *content == winners[0]));
    assert_eq!(store.get(&key(1)).await?, noise(9000 + winners[0]));
    Ok(())
}

pub(crate) async fn nobody_sees_a_part_of_an_object(store: &Store) -> TestResult {
    let bytes = noise(3_000_000);
    let reader = {
        let (store, bytes) = (store.clone(), bytes.clone());
        tokio::spawn(async move {
            for n in 0..20 {
                let read = loop {
                    match store.get(&key(n)).await {
                        Err(StoreError::NotFound { .. }) => tokio::task::yield_now().await,
                        other => break other,
                    }
                };
                assert!(read? == bytes, "object {n} is not whole");
            }
            Ok::<(), StoreError>(())
        })
    };
    for n in 0..20 {
        store.put(&key(n), bytes.clone()).await?;
    }
    reader.await??;
    Ok(())
}

pub(crate) async fn a_finished_file_is_moved_into_place(store: &Store) -> TestResult {
    let scratch = store.scratch()?;
    let file = scratch.path().join("level");
    for _ in 0..2 {
        std::fs::write(&file, noise(700))?;
        store.put_file(&key(1), &file).await?;
        assert!(!file.exists());
    }
    assert_eq!(store.get(&key(1)).await?, noise(700));
    std::fs::write(&file, noise(701))?;
    let refused = store.put_file(&key(1), &file).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists { .. })));
    assert_eq!(store.get(&key(1)).await?, noise(700));
    Ok(())
}

pub(crate) async fn a_file_that_is_not_ours_is_neither_taken_nor_harmed(
    store: &Store,
) -> TestResult {
    let elsewhere = tempfile::NamedTempFile::new()?;
    std::fs::write(&elsewhere, b"a scanner's own copy")?;
    let refused = store.put_file(&key(1), elsewhere.path()).await;
    assert!(matches!(refused, Err(StoreError::NotFromScratch { .. })));
    assert_eq!(std::fs::read(&elsewhere)?, b"a scanner's own copy");
    Ok(())
}

pub(crate) async fn an_upload_is_hashed_on_its_way_in(store: &Store) -> TestResult {
    let bytes = noise(2_300_000);
    for chunk in [1000, 65_537, 1_048_576, 2_300_000] {
        let received = receive(store, &bytes, chunk).await?;
        assert_eq!(received.n_bytes, 2_300_000);
        assert_eq!(received.digest, Sha256Digest::of(&bytes));
        // The second to fourth time it is there already.
        store.adopt(received, &key(1)).await?;
        assert_eq!(store.get(&key(1)).await?, bytes);
    }
    Ok(())
}

pub(crate) async fn an_upload_of_nothing_is_an_empty_file(store: &Store) -> TestResult {
    let received = store.receive().await?.finish().await?;
    assert_eq!(received.n_bytes, 0);
    assert_eq!(received.digest, Sha256Digest::of(b""));
    Ok(())
}

pub(crate) async fn two_files_are_not_adopted_under_one_key(store: &Store) -> TestResult {
    let first = receive(store, &noise(10), 10).await?;
    let second = receive(store, &noise(11), 11).await?;
    store.adopt(first, &key(1)).await?;
    let refused = store.adopt(second, &key(1)).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists { .. })));
    assert_eq!(store.get(&key(1)).await?, noise(10));
    Ok(())
}

pub(crate) async fn a_removed_part_is_gone_and_others_stay(store: &Store) -> TestResult {
    let part = |index| UploadPart {
        upload: UploadId::from_bytes([7; 16]),
        writer: 1,
        index,
    };
    let [gone, other] = [part(0), part(1)].map(ObjectKey::UploadPart);
    store.put(&gone, noise(700)).await?;
    store.put(&other, noise(701)).await?;
    // Read, so that it would be remembered.
    assert_eq!(store.get(&gone).await?, noise(700));
    for _ in 0..2 {
        store.remove_part(part(0)).await?;
        assert!(!store.exists(&gone).await?);
    }
    let read = store.get(&gone).await;
    assert!(matches!(read, Err(StoreError::NotFound { .. })), "{read:?}");
    assert_eq!(store.get(&other).await?, noise(701));
    Ok(())
}

async fn receive(store: &Store, bytes: &[u8], chunk: usize) -> Result<ReceivedFile, StoreError> {
    let mut upload = store.receive().await?;
    for piece in bytes.chunks(chunk) {
        upload.write(piece).await?;
    }
    upload.finish().await
}
