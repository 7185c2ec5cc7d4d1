//! The tile step on a painted slide: what it stores, says, holds and refuses.

use std::collections::BTreeMap;

use crate::lab::{Lab, Tested, arrival, no_progress, small_phantom};
use coverslip_ingest::{TileOutcome, TilingConfig, receive_file, tile_slide};
use flow::{
    HoldReason, MppSource, ObjectKey, SlideManifest, SlideStatus, SlideTiled, Stage, TileOrigin,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_is_tiled_and_a_second_message_changes_nothing() -> Tested {
    let lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 1)?;
    let id = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();

    let tile = || tile_slide(&lab.deps, TilingConfig::default(), id, no_progress());
    assert!(matches!(tile().await?, TileOutcome::Tiled));
    assert_eq!(lab.status(id).await?, SlideStatus::Tiled);
    let stages: Vec<Stage> = lab
        .row(id)
        .await?
        .timings
        .iter()
        .map(|timing| timing.stage)
        .collect();
    assert_eq!(stages, [Stage::Tile]);

    let json = lab.deps.store.get(&ObjectKey::SlideManifest(id)).await?;
    let manifest: SlideManifest = serde_json::from_slice(&json)?;
    assert_eq!(
        (manifest.slide, manifest.original),
        (id, lab.row(id).await?.digest)
    );
    assert_eq!(
        (manifest.mpp.get(), manifest.mpp_source),
        (0.25, MppSource::File)
    );
    assert!(manifest.tissue.area_mm2() > 0.0);
    let origins: Vec<TileOrigin> = manifest.levels.iter().map(|level| level.origin).collect();
    assert_eq!(
        &origins[..3],
        [TileOrigin::Copied, TileOrigin::Halved, TileOrigin::Copied]
    );

    let contents = || {
        let read = |path: std::path::PathBuf| Ok((path.clone(), std::fs::read(path)?));
        lab.files()
            .into_iter()
            .map(read)
            .collect::<std::io::Result<BTreeMap<_, _>>>()
    };
    let before = contents()?;
    // Later steps are done: a late message must not take the slide back.
    lab.deps
        .catalog
        .set_status(id, &SlideStatus::Scored)
        .await?;
    assert!(matches!(tile().await?, TileOutcome::Tiled));
    assert_eq!(contents()?, before);
    assert_eq!(lab.status(id).await?, SlideStatus::Scored);
    let announced = lab.deps.queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_cut_off_while_it_was_stored_is_finished() -> Tested {
    let lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 2)?;
    let id = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    let tile = || tile_slide(&lab.deps, TilingConfig::default(), id, no_progress());
    tile().await?;
    // As if the process had died before the manifest was written.
    let objects = lab.folder.path().join("objects");
    let manifest = ObjectKey::SlideManifest(id).path();
    let (manifest, index) = (
        objects.join(manifest),
        objects.join(ObjectKey::PyramidIndex(id).path()),
    );
    let whole = std::fs::read(&manifest)?;
    std::fs::remove_file(&manifest)?;
    std::fs::remove_file(&index)?;
    lab.deps
        .catalog
        .set_status(id, &SlideStatus::Received)
        .await?;
    let restarted = coverslip_ingest::IngestDeps {
        store: store::Store::local(&objects)?,
        ..lab.deps.clone()
    };
    let outcome = tile_slide(&restarted, TilingConfig::default(), id, no_progress()).await?;
    assert!(matches!(outcome, TileOutcome::Tiled));
    assert_eq!(std::fs::read(&manifest)?, whole);
    assert!(index.is_file());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_without_mpp_is_held_until_it_comes_with_one() -> Tested {
    let lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 3)?;
    without_resolution(&file)?;
    let id = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    let tile = || tile_slide(&lab.deps, TilingConfig::default(), id, no_progress());
    assert!(matches!(
        tile().await?,
        TileOutcome::Held(HoldReason::MissingMpp)
    ));
    let reason = HoldReason::MissingMpp;
    assert_eq!(lab.status(id).await?, SlideStatus::Held { reason });
    assert_eq!(lab.files().len(), 1, "only the original is kept");

    let mut with_mpp = arrival();
    with_mpp.mpp = Some("0.5".parse()?);
    receive_file(&lab.deps, &file, with_mpp, |_| {}).await?;
    assert_eq!(lab.status(id).await?, SlideStatus::Received);
    assert!(matches!(tile().await?, TileOutcome::Tiled));
    let json = lab.deps.store.get(&ObjectKey::SlideManifest(id)).await?;
    let manifest: SlideManifest = serde_json::from_slice(&json)?;
    assert_eq!(
        (manifest.mpp.get(), manifest.mpp_source),
        (0.5, MppSource::Operator)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_slide_goes_to_quarantine_with_its_reason() -> Tested {
    let lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 4)?;
    let whole = std::fs::read(&file)?;
    std::fs::write(&file, &whole[..whole.len() / 2])?;
    let id = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    let outcome = tile_slide(&lab.deps, TilingConfig::default(), id, no_progress()).await?;
    assert!(matches!(outcome, TileOutcome::Refused(_)), "{outcome:?}");
    let SlideStatus::Quarantined { reason } = lab.status(id).await? else {
        return Err("the slide is not in quarantine".into());
    };
    assert!(reason.contains("truncated"), "{reason}");
    assert_eq!(lab.files().len(), 1, "only the original is kept");
    Ok(())
}

/// Renames the resolution tags (282, 283 and 296) of every directory to private ones.
fn without_resolution(path: &std::path::Path) -> Tested {
    let mut bytes = std::fs::read(path)?;
    let word =
        |bytes: &[u8], at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |bytes: &[u8], at: usize| word(bytes, at) | word(bytes, at + 2) << 16;
    let mut directory = long(&bytes, 4);
    while directory != 0 {
        let n_tags = word(&bytes, directory);
        for tag in 0..n_tags {
            let at = directory + 2 + 12 * tag;
            if [282, 283, 296].contains(&word(&bytes, at)) {
                bytes[at + 1] |= 0x80;
            }
        }
        directory = long(&bytes, directory + 2 + 12 * n_tags);
    }
    std::fs::write(path, bytes)?;
    Ok(())
}
