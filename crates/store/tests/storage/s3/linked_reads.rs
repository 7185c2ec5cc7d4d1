//! Parts of objects by signed links, and by the SDK where these do not bring them.

use coverslip_store::{RangeReads, Store};

use super::meddler::{MARK, Meddler};
use super::{TestResult, key};
use crate::sample::noise;
use crate::seaweed::Corner;

const SIGNATURE: &[u8; 16] = b"X-Amz-Signature=";
const SIZE: usize = 100_000;

/// With an object of [`SIZE`] bytes, read through a connection that spoils `mark`.
async fn through(
    mark: &'static [u8; 16],
    range_reads: RangeReads,
) -> Result<(Store, Meddler), Box<dyn std::error::Error>> {
    let mut corner = Corner::new()?;
    corner.store().await?.put(&key(1), noise(SIZE)).await?;
    let meddler = Meddler::spoiling(mark, &corner.endpoint).await?;
    corner.config.server.endpoint = Some(meddler.endpoint.parse()?);
    corner.config.range_reads = range_reads;
    Ok((corner.store().await?, meddler))
}

async fn read_three(store: &Store) -> TestResult {
    for (start, end) in [(0, 1), (5_000, 70_000), (99_999, 100_000)] {
        let part = store.get_range(&key(1), start..end).await?;
        let expected = noise(SIZE).slice(start as usize..end as usize);
        assert_eq!(part, expected, "{start} to {end}");
    }
    Ok(())
}

fn n_links(meddler: &Meddler) -> usize {
    meddler.sent().matches("-amz-signature=").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_is_one_request_by_link() -> TestResult {
    let (store, meddler) = through(MARK, RangeReads::Linked).await?;
    let before = meddler.sent().matches(" http/1.1\r\n").count();
    read_three(&store).await?;
    assert_eq!(n_links(&meddler), 3);
    let n_requests = meddler.sent().matches(" http/1.1\r\n").count();
    assert_eq!(n_requests - before, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_links_are_refused_the_sdk_reads_and_they_are_left_alone() -> TestResult {
    let (store, meddler) = through(SIGNATURE, RangeReads::Linked).await?;
    read_three(&store).await?;
    assert_eq!(n_links(&meddler), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_can_be_told_to_read_alone() -> TestResult {
    let (store, meddler) = through(MARK, RangeReads::Sdk).await?;
    read_three(&store).await?;
    assert_eq!(n_links(&meddler), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_as_ever() -> TestResult {
    let (store, _meddler) = through(MARK, RangeReads::Linked).await?;
    let beyond = store.get_range(&key(1), 99_000..100_001).await;
    assert!(beyond.is_err(), "{beyond:?}");
    let missing = store.get_range(&key(2), 0..1).await;
    let missing = missing.expect_err("it is not there");
    assert!(
        matches!(missing, coverslip_store::StoreError::NotFound { .. }),
        "{missing:?}"
    );
    Ok(())
}
