//! What goes over the wire, seen from a connection that meddles with it.

use bytes::Bytes;
use coverslip_store::{Encryption, S3Error, StoreError};

use super::meddler::{MARK, Meddler};
use super::{MIB, TestResult, chain, key};
use crate::sample::noise;
use crate::seaweed::Corner;

/// `n` bytes with the mark in them.
fn marked(n: usize) -> Bytes {
    let mut bytes = noise(n).to_vec();
    bytes[n / 2..][..MARK.len()].copy_from_slice(MARK);
    bytes.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_damaged_on_its_way_is_refused() -> TestResult {
    let mut corner = Corner::new()?;
    let meddler = Meddler::before(&corner.endpoint).await?;
    let direct = corner.store().await?;
    corner.config.server.endpoint = Some(meddler.endpoint.parse()?);
    let store = corner.store().await?;
    let scratch = store.scratch()?;
    let file = scratch.path().join("level");
    for size in [1000, 9 * MIB] {
        std::fs::write(&file, marked(size))?;
        let from_memory = store.put(&key(1), marked(size)).await;
        let from_disk = store.put_file(&key(1), &file).await;
        for refused in [from_memory, from_disk] {
            let refused = refused.expect_err("S3 refuses what it cannot have been sent");
            let is_told = matches!(
                &refused,
                StoreError::S3 {
                    source: S3Error::Garbled { .. },
                    ..
                }
            );
            assert!(is_told, "{}", chain(&refused));
        }
        assert!(!direct.exists(&key(1)).await?);
        assert_eq!(corner.everything().await?, [""; 0]);
    }
    // Nothing else is wrong with that connection.
    store.put(&key(1), noise(1000)).await?;
    assert_eq!(direct.get(&key(1)).await?, noise(1000));
    Ok(())
}

/// SeaweedFS has no keys to encrypt with, so what it answers is of no interest.
#[tokio::test(flavor = "multi_thread")]
async fn encryption_is_asked_for_as_it_was_set() -> TestResult {
    let cases = [
        (Encryption::BucketDefault, None, None),
        (Encryption::StorageKey, Some("aes256"), None),
        (
            Encryption::Kms("alias/lab".parse()?),
            Some("aws:kms"),
            Some("alias/lab"),
        ),
    ];
    for (encryption, algorithm, key_id) in cases {
        for size in [1000, 9 * MIB] {
            let mut corner = Corner::new()?;
            let meddler = Meddler::before(&corner.endpoint).await?;
            corner.config.server.endpoint = Some(meddler.endpoint.parse()?);
            corner.config.encryption = encryption.clone();
            corner.config.patience.tries = 1;
            let _answer = corner.store().await?.put(&key(1), noise(size)).await;
            let sent = meddler.sent();
            let header = |name: &str| {
                let line = sent.lines().find(|line| line.starts_with(name))?;
                line.split_once(": ").map(|(_, value)| value)
            };
            assert_eq!(header("x-amz-server-side-encryption:"), algorithm);
            assert_eq!(
                header("x-amz-server-side-encryption-aws-kms-key-id:"),
                key_id
            );
        }
    }
    Ok(())
}
