//! What was left where a process died, and those who write at the same time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use catalog::{BegunUpload, NewFile, NewUpload, UploadPartRow, UploadQuota};
use chrono::Utc;
use coverslip_ingest::{IngestConfig, UploadConfig, run};
use flow::{ObjectKey, Sha256Digest, SlideId, UploadId, UploadPart};
use futures::channel::mpsc;
use futures::{SinkExt, future};
use tokio_util::sync::CancellationToken;

use super::{PART, Sender, file, parts, slide_of, small_parts};
use crate::lab::{Lab, Tested};

type Failed = Box<dyn std::error::Error>;

#[tokio::test]
async fn the_last_to_write_wins_and_the_others_are_told() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    // A connection that is dead, which the server does not know.
    let (mut line, body) = mpsc::channel::<Result<Bytes, std::io::Error>>(0);
    let (slow, at) = (scanner.clone(), path.clone());
    let slow = tokio::spawn(async move {
        let answer = slow.patch(&at, 0, &[], Body::from_stream(body)).await;
        answer
            .map(|answer| answer.status)
            .map_err(|error| error.to_string())
    });
    line.send(Ok(Bytes::copy_from_slice(&file[..PART + 500])))
        .await?;
    while scanner.head(&path).await?.offset() != Some(PART) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let piece = file[PART..3000].to_vec();
    let quick = scanner.patch(&path, PART, &[], piece).await?;
    assert_eq!(
        (quick.status, quick.offset()),
        (StatusCode::NO_CONTENT, Some(3000))
    );
    // Its end comes through after all.
    line.send(Ok(Bytes::copy_from_slice(&file[PART + 500..])))
        .await?;
    drop(line);
    assert_eq!(slow.await??, StatusCode::LOCKED);
    assert_eq!(scanner.head(&path).await?.offset(), Some(3000));
    let done = scanner
        .patch(&path, 3000, &[], file[3000..].to_vec())
        .await?;
    assert_eq!(done.slide(), Some(slide_of(&file).to_string().as_str()));
    assert_eq!(parts(&lab).len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_send_the_same_piece_one_succeeds() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    let senders = (0..8).map(|_| {
        let (scanner, path, file) = (scanner.clone(), path.clone(), file.clone());
        async move { scanner.patch(&path, 0, &[], file).await }
    });
    let answers = future::try_join_all(senders).await?;
    let (won, lost): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.status == StatusCode::NO_CONTENT);
    // The last to begin has nobody to lose to.
    let [won] = won[..] else {
        return Err(format!("{} won", won.len()).into());
    };
    assert_eq!(won.slide(), Some(slide_of(&file).to_string().as_str()));
    for answer in lost {
        let is_told = [StatusCode::CONFLICT, StatusCode::LOCKED].contains(&answer.status);
        assert!(is_told, "{} {}", answer.status, answer.text);
    }
    assert_eq!(parts(&lab).len(), 0);
    Ok(())
}

/// Puts on record and in storage what a process had before it died, and no more.
async fn left_by_the_dead(
    lab: &Lab,
    bytes: &[u8],
    n_bytes: usize,
    owner: Sha256Digest,
) -> Result<UploadId, Failed> {
    let (catalog, now) = (&lab.deps.catalog, Utc::now());
    let new = NewUpload {
        owner,
        bearer: "scanner 1".to_owned(),
        idempotency_key: None,
        file: NewFile::InOrder {
            n_bytes: n_bytes as u64,
        },
        metadata: None,
    };
    let begun = catalog
        .begin_upload(&new, UploadQuota::default(), now)
        .await?;
    let BegunUpload::New(upload) = begun else {
        return Err("the upload is not new".into());
    };
    let writer = catalog.take_upload(upload.id, 0, now).await?;
    let row = UploadPartRow {
        part: UploadPart {
            upload: upload.id,
            writer: writer.ok_or("the upload is nobody's")?,
            index: 0,
        },
        first_byte: 0,
        n_bytes: bytes.len() as u64,
        digest: Sha256Digest::of(bytes),
    };
    assert!(catalog.note_part(&row, now).await?);
    let key = ObjectKey::UploadPart(row.part);
    lab.deps
        .store
        .put(&key, Bytes::copy_from_slice(bytes))
        .await?;
    let range = 0..row.n_bytes;
    assert!(
        catalog
            .keep_parts(upload.id, row.part.writer, range, now)
            .await?
    );
    Ok(upload.id)
}

#[tokio::test]
async fn a_whole_file_whose_process_died_is_finished_by_whoever_asks() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    let owner = Sha256Digest::of(scanner.secret.as_bytes());
    let id = left_by_the_dead(&lab, &file, file.len(), owner).await?;
    let path = format!("/api/v1/uploads/{id}");
    // It died while it put the file together, not long ago.
    let now = Utc::now();
    let until = now + chrono::TimeDelta::seconds(2);
    assert!(lab.deps.catalog.claim_join(id, now, until).await?);
    let early = scanner.head(&path).await?;
    assert_eq!(early.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(early.header("retry-after").is_some());
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let done = scanner.head(&path).await?;
    assert_eq!(done.slide(), Some(slide_of(&file).to_string().as_str()));
    assert_eq!(parts(&lab).len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_finishes_what_is_whole_and_gives_up_what_is_left_alone() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let (owner, slide) = (Sha256Digest::of(b"a key"), slide_of(&file));
    left_by_the_dead(&lab, &file, file.len(), owner).await?;
    left_by_the_dead(&lab, &file[..PART], file.len(), owner).await?;
    assert_eq!(parts(&lab).len(), 2);
    let config = IngestConfig {
        sweep_every: Duration::from_millis(20),
        uploads: UploadConfig {
            idle: Duration::from_secs(1),
            ..UploadConfig::default()
        },
        ..IngestConfig::default()
    };
    let shutdown = CancellationToken::new();
    let service = tokio::spawn(run(config, lab.deps.clone(), shutdown.clone()));
    let deadline = Duration::from_secs(30);
    let is_received = async |id: SlideId| lab.row(id).await.is_ok();
    let settled = async {
        while !is_received(slide).await || !parts(&lab).is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(deadline, settled).await?;
    shutdown.cancel();
    service.await?;
    Ok(())
}

#[tokio::test]
async fn an_upload_left_alone_expires() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let mut config = small_parts();
    config.uploads.idle = Duration::from_millis(1500);
    let scanner = Sender::of(&lab, config).await?;
    let path = scanner.begin(file.len(), &[]).await?;
    assert_eq!(scanner.head(&path).await?.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_millis(1600)).await;
    assert_eq!(scanner.head(&path).await?.status, StatusCode::GONE);
    let late = scanner.patch(&path, 0, &[], file).await?;
    assert_eq!(late.status, StatusCode::GONE, "{}", late.text);
    Ok(())
}

#[tokio::test]
async fn a_part_that_changed_in_storage_makes_no_slide() -> Tested {
    let (lab, file) = (Lab::open().await?, file());
    let scanner = Sender::of(&lab, small_parts()).await?;
    for damage in [flip as fn(&std::path::Path) -> std::io::Result<()>, lose] {
        let path = scanner.begin(file.len(), &[]).await?;
        scanner.patch(&path, 0, &[], file[..2000].to_vec()).await?;
        let stored = parts(&lab);
        assert_eq!(stored.len(), 2);
        damage(&stored[0])?;
        let refused = scanner
            .patch(&path, 2000, &[], file[2000..].to_vec())
            .await?;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.text
        );
        assert_eq!(scanner.head(&path).await?.status, StatusCode::GONE);
        assert_eq!(lab.files().len(), 0);
    }
    Ok(())
}

fn flip(part: &std::path::Path) -> std::io::Result<()> {
    let mut bytes = std::fs::read(part)?;
    bytes[500] ^= 1;
    std::fs::write(part, bytes)
}

fn lose(part: &std::path::Path) -> std::io::Result<()> {
    std::fs::remove_file(part)
}
