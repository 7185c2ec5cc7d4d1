use axum::body::Body;
use axum::http::{Method, StatusCode};
use catalog::UploadQuota;
use coverslip_ingest::ReceiveConfig;

use super::{Sender, file, metadata, small_parts};
use crate::lab::{Lab, Tested};

fn limited(quota: UploadQuota) -> ReceiveConfig {
    ReceiveConfig {
        quota,
        ..small_parts()
    }
}

#[tokio::test]
async fn unfinished_uploads_of_a_key_have_so_many_bytes_at_most() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let config = limited(UploadQuota {
        most_unfinished_bytes: Some(8000),
        most_slides_a_day: None,
    });
    let scanner = Sender::of(&lab, config).await?;
    let first = scanner.begin(file.len(), &[]).await?;
    scanner.begin(4500, &[]).await?;
    let full = scanner.create(1, &[]).await?;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS, "{}", full.text);
    assert!(full.header("retry-after").is_some());
    assert!(full.text.contains("8000"), "{}", full.text);
    let other = Sender::of(&lab, config).await?;
    other.begin(8000, &[]).await?;

    // One that is done counts no more.
    scanner.patch(&first, 0, &[], file).await?;
    let second = scanner.begin(3500, &[]).await?;
    assert_eq!(
        scanner.create(1, &[]).await?.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    scanner
        .ask(Method::DELETE, &second, &[], Body::empty())
        .await?;
    scanner.begin(3500, &[]).await?;
    Ok(())
}

#[tokio::test]
async fn a_key_brings_so_many_slides_a_day_by_whatever_way() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let config = limited(UploadQuota {
        most_unfinished_bytes: None,
        most_slides_a_day: Some(2),
    });
    let scanner = Sender::of(&lab, config).await?;
    let push = |bytes: Vec<u8>| {
        let scanner = scanner.clone();
        async move {
            scanner
                .ask_bare(Method::POST, "/api/v1/slides", &[], Body::from(bytes))
                .await
        }
    };
    let path = scanner.begin(file.len(), &[]).await?;
    assert_eq!(push(b"slide".to_vec()).await?.status, StatusCode::CREATED);
    let full = scanner.create(5, &[]).await?;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS, "{}", full.text);
    scanner.patch(&path, 0, &[], file).await?;
    let full = push(b"another".to_vec()).await?;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS, "{}", full.text);
    assert!(full.header("retry-after").is_some());
    Ok(())
}

#[tokio::test]
async fn the_same_upload_is_begun_once_under_its_key() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let told = metadata(&[("filename", "a.svs")]);
    let headers = [
        ("idempotency-key", "scan 7"),
        ("upload-metadata", told.as_str()),
    ];
    let path = scanner.begin(file.len(), &headers).await?;
    scanner.patch(&path, 0, &[], file[..1234].to_vec()).await?;
    // The scanner was killed, and knows no path any more.
    let again = scanner.create(file.len(), &headers).await?;
    assert_eq!((again.status, again.offset()), (StatusCode::OK, Some(1234)));
    assert_eq!(again.header("location"), Some(path.as_str()));
    let other = scanner.create(file.len() + 1, &headers).await?;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    let done = scanner
        .patch(&path, 1234, &[], file[1234..].to_vec())
        .await?;
    let again = scanner.create(file.len(), &headers).await?;
    assert_eq!(
        (again.status, again.slide()),
        (StatusCode::OK, done.slide())
    );
    let elsewhere = Sender::of(&lab, small_parts()).await?;
    let fresh = elsewhere.create(file.len(), &headers).await?;
    assert_eq!(
        fresh.status,
        StatusCode::CREATED,
        "another key's uploads are its own"
    );
    Ok(())
}
