//! Links that let anyone read one object for a while.

use std::time::Duration;

use coverslip_store::{Store, StoreError};
use reqwest::StatusCode;
use tokio::time::sleep;

use super::{TestResult, key};
use crate::sample::noise;
use crate::seaweed::Corner;

const MINUTE: Duration = Duration::from_secs(60);

async fn status(link: &str) -> Result<StatusCode, reqwest::Error> {
    Ok(reqwest::get(link).await?.status())
}

#[tokio::test]
async fn a_link_reads_its_object_and_nothing_else() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    store.put(&key(1), noise(5000)).await?;
    store.put(&key(2), noise(6000)).await?;
    let link = store.link(&key(1), MINUTE).await?;
    let link = link.as_str();
    let answer = reqwest::get(link).await?;
    assert_eq!(answer.headers()["content-type"], "application/dicom");
    assert_eq!(answer.bytes().await?, noise(5000));

    let (path_1, path_2) = (key(1).path(), key(2).path());
    let signature = link.find("X-Amz-Signature=").ok_or("a signature")? + 16;
    let other_digit = if link[signature..].starts_with('0') {
        "1"
    } else {
        "0"
    };
    let mut forged = link.to_owned();
    forged.replace_range(signature..=signature, other_digit);
    let tampered = [
        link.replace(&path_1, &path_2),
        link.replace("X-Amz-Expires=60", "X-Amz-Expires=61"),
        forged,
    ];
    for tampered in tampered {
        assert_ne!(tampered, link);
        assert_eq!(
            status(&tampered).await?,
            StatusCode::FORBIDDEN,
            "{tampered}"
        );
    }
    let written = reqwest::Client::new()
        .put(link)
        .body("other")
        .send()
        .await?;
    assert_eq!(written.status(), StatusCode::FORBIDDEN);
    assert_eq!(store.get(&key(1)).await?, noise(5000));
    Ok(())
}

#[tokio::test]
async fn a_link_ends() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    store.put(&key(1), noise(10)).await?;
    let link = store.link(&key(1), Duration::from_secs(2)).await?;
    assert_eq!(status(link.as_str()).await?, StatusCode::OK);
    sleep(Duration::from_secs(4)).await;
    assert_eq!(status(link.as_str()).await?, StatusCode::FORBIDDEN);
    assert!(!format!("{link:?}").contains("Signature"));
    Ok(())
}

#[tokio::test]
async fn links_that_cannot_be_are_refused() -> TestResult {
    let corner = Corner::new()?;
    let store = corner.store().await?;
    let too_long = store.link(&key(1), 8 * 24 * 60 * MINUTE).await;
    assert!(
        matches!(too_long, Err(StoreError::Setting { .. })),
        "{too_long:?}"
    );
    let folder = tempfile::tempdir()?;
    let on_disk = Store::local(folder.path())?.link(&key(1), MINUTE).await;
    assert!(
        matches!(on_disk, Err(StoreError::NoLinks { .. })),
        "{on_disk:?}"
    );
    Ok(())
}
