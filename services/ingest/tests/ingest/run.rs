//! The running service: the watched folder and the sweeper.

use std::time::Duration;

use crate::lab::{Lab, Tested, arrival, small_phantom};
use coverslip_ingest::{IngestConfig, TilingConfig, WatchConfig, receive_file, run};
use flow::{Sha256Digest, SlideId, SlideStatus};
use tokio_util::sync::CancellationToken;

async fn until_tiled(lab: &Lab, id: SlideId) -> Tested {
    let tiled = async {
        loop {
            let row = lab.deps.catalog.slide(id).await?;
            if row.is_some_and(|row| row.status == SlideStatus::Tiled) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), tiled).await?
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_is_taken_when_it_stops_growing() -> Tested {
    let lab = Lab::open().await?;
    let painted = lab.folder.path().join("slide.tiff");
    small_phantom(&painted, 5)?;
    let bytes = std::fs::read(&painted)?;
    let id = SlideId::from_digest(&Sha256Digest::of(&bytes));
    let watched = lab.folder.path().join("watched");
    std::fs::create_dir(&watched)?;
    let config = IngestConfig {
        tiling: TilingConfig::default(),
        sweep_every: Duration::from_secs(60),
        watch: Some(WatchConfig {
            folder: watched.clone(),
            every: Duration::from_millis(50),
            settle: Duration::from_millis(600),
        }),
        ..IngestConfig::default()
    };
    let shutdown = CancellationToken::new();
    let service = tokio::spawn(run(config, lab.deps.clone(), shutdown.clone()));

    std::fs::write(watched.join("empty.tiff"), b"")?;
    let file = watched.join("slide.tiff");
    for part in 1..=6 {
        std::fs::write(&file, &bytes[..bytes.len() * part / 6])?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // A shorter piece of the file would be another slide.
    until_tiled(&lab, id).await?;
    let page = catalog::Page {
        after: None,
        limit: 9,
    };
    assert_eq!(lab.deps.catalog.slides(page).await?.len(), 1);
    assert!(file.is_file(), "the scanner's file stays");
    shutdown.cancel();
    service.await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_whose_message_was_lost_is_announced_again() -> Tested {
    let mut lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 6)?;
    let id = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    // A restart: the queue is empty again.
    lab.deps.queue = queue::Queue::in_process();
    let shutdown = CancellationToken::new();
    let service = tokio::spawn(run(
        IngestConfig::default(),
        lab.deps.clone(),
        shutdown.clone(),
    ));
    until_tiled(&lab, id).await?;
    shutdown.cancel();
    service.await?;
    Ok(())
}
