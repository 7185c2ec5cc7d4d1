//! What the catalog promises to workers that share a bag.

use std::time::Duration;

use coverslip_catalog::{CatalogError, ChunkClaims};
use flow::Sha256Digest;
use futures::future::join_all;

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    a_chunk_is_one_workers_until_its_lease_ends
    a_worker_keeps_what_it_renews_and_leaves_what_it_releases
    a_stored_chunk_is_claimed_by_nobody_until_it_is_lost
    of_many_who_want_a_chunk_one_has_it
    a_slide_that_is_not_there_has_no_chunks
}

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(1);

async fn workers<const N: usize>(
    place: &Place,
    lease: Duration,
) -> Result<[ChunkClaims; N], CatalogError> {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let encoder = Sha256Digest::of(b"encoder");
    Ok(std::array::from_fn(|_| {
        catalog.chunk_claims(id(1), encoder, lease)
    }))
}

async fn a_chunk_is_one_workers_until_its_lease_ends(place: Place) -> TestResult {
    let [slow, other] = workers(&place, SHORT).await?;
    assert!(slow.claim(7).await?);
    tokio::time::sleep(10 * SHORT).await;
    assert!(other.claim(7).await?, "its lease has ended");
    let [first, second] = workers(&place, LONG).await?;
    assert!(first.claim(8).await?);
    assert!(!second.claim(8).await?);
    assert!(second.claim(9).await?, "another chunk");
    Ok(())
}

async fn a_worker_keeps_what_it_renews_and_leaves_what_it_releases(place: Place) -> TestResult {
    let [first, second] = workers(&place, LONG).await?;
    for chunk in [1, 2] {
        assert!(first.claim(chunk).await?);
    }
    first.renew().await?;
    assert!(!second.claim(1).await?);
    second.release().await?;
    assert!(!second.claim(1).await?, "it was not the second's to leave");
    first.release().await?;
    assert!(second.claim(1).await?);
    first.renew().await?;
    assert!(second.claim(2).await?, "what was left is not kept");
    Ok(())
}

async fn a_stored_chunk_is_claimed_by_nobody_until_it_is_lost(place: Place) -> TestResult {
    let [first, second] = workers(&place, LONG).await?;
    for chunk in [4, 3] {
        assert!(first.claim(chunk).await?);
        first.stored(chunk).await?;
    }
    first.release().await?;
    assert!(!second.claim(3).await?);
    assert_eq!(second.stored_chunks().await?, [3, 4]);
    second.not_stored(3).await?;
    assert!(second.claim(3).await?);
    second.forget().await?;
    assert!(first.claim(3).await? && first.claim(4).await?);
    Ok(())
}

async fn of_many_who_want_a_chunk_one_has_it(place: Place) -> TestResult {
    let workers: [ChunkClaims; 8] = workers(&place, LONG).await?;
    for chunk in 0..5 {
        let claims = join_all(workers.iter().map(|worker| worker.claim(chunk))).await;
        let claims: Vec<bool> = claims.into_iter().collect::<Result<_, _>>()?;
        let n = claims.into_iter().filter(|claimed| *claimed).count();
        assert_eq!(n, 1, "chunk {chunk}");
    }
    Ok(())
}

async fn a_slide_that_is_not_there_has_no_chunks(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let claims = catalog.chunk_claims(id(9), Sha256Digest::of(b"encoder"), LONG);
    let refused = claims.claim(0).await;
    assert!(matches!(refused, Err(CatalogError::UnknownSlide { .. })));
    Ok(())
}
