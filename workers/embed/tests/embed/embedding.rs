//! One worker: once, again, and after a crash half way.

use std::error::Error;
use std::sync::Arc;

use coverslip_embed_worker::{EmbedDeps, EmbedOutcome};
use encoder::{Compute, RgbTile, Untrained};
use flow::{
    BagChunk, DeviceKind, HoldReason, MicrometreRect, Mpp, ObjectKey, PixelSize, Precision,
    SlideEmbedded, SlideStatus, SlideTiled,
};
use pyramid::PyramidReader;

use crate::lab::{Lab, open};

#[tokio::test(flavor = "multi_thread")]
async fn embeddings_are_those_of_the_tiles_at_their_places() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(1_700, 0.45, |column, row| (column + row) % 5 != 0).await?;
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    assert_eq!(lab.status().await?, SlideStatus::Embedded);
    let header = lab.header().await?;
    let input = lab.encoder.config().input;
    assert_eq!(header.tile_um, f64::from(input.tile_px) * input.mpp.get());
    let hash = header.encoder.hash;
    let chunk = lab
        .deps
        .store
        .get(&ObjectKey::BagChunk(lab.slide, hash, 0))
        .await?;
    header.chunks[0].sha256.verify("chunk", &chunk)?;
    let chunk = BagChunk::decode(&chunk)?;

    // Each tile read alone gives the same embedding as in its strip, up to a rounded pixel.
    let reader = PyramidReader::open(&lab.deps.store, lab.slide).await?;
    let width = header.dimension as usize;
    for at in [0, chunk.instances.len() / 2, chunk.instances.len() - 1] {
        let MicrometreRect {
            x, y, width: side, ..
        } = chunk.instances[at].rect(header.tile_um);
        let rect = MicrometreRect::square(x, y, side);
        let size = PixelSize::new(input.tile_px, input.tile_px);
        let tile = reader.read_region(input.mpp, rect, size).await?;
        let alone = RgbTile {
            pixels: &tile.pixels,
            side: input.tile_px,
        };
        let alone = lab.encoder.embed(&[alone])?;
        let stored = &chunk.embeddings[at * width..(at + 1) * width];
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let cosine = dot(&alone, stored) / (dot(&alone, &alone) * dot(stored, stored)).sqrt();
        assert!(cosine > 0.999, "tile {at}: {cosine}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_is_made_once_and_a_torn_one_is_finished() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(6_000, 0.45, |_, _| true).await?;
    lab.embed(&lab.deps).await?;
    let whole = lab.bag_files()?;
    assert!(whole.len() > 3, "more than one chunk is needed here");
    lab.deps
        .catalog
        .set_status(lab.slide, &SlideStatus::Scored)
        .await?;
    lab.embed(&lab.deps).await?;
    assert_eq!(lab.bag_files()?, whole);
    assert_eq!(
        lab.status().await?,
        SlideStatus::Scored,
        "a late message takes nothing back"
    );
    let announced = lab.deps.queue.subscribe::<SlideEmbedded>().next().await;
    assert_eq!(announced.message().slide, lab.slide);

    // As if the process had died after the first chunk.
    let hash = lab.encoder.reference().hash;
    let first = lab.path(&ObjectKey::BagChunk(lab.slide, hash, 0));
    let written = std::fs::metadata(&first)?.modified()?;
    for path in whole.keys().filter(|path| **path != first) {
        std::fs::remove_file(path)?;
    }
    lab.deps
        .catalog
        .set_status(lab.slide, &SlideStatus::Tiled)
        .await?;
    lab.embed(&open(lab.folder.path()).await?).await?;
    assert_eq!(lab.bag_files()?, whole);
    assert_eq!(
        std::fs::metadata(&first)?.modified()?,
        written,
        "the first chunk was kept"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_coarser_than_the_encoder_is_held() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(512, 2.0, |_, _| true).await?;
    let outcome = lab.embed(&lab.deps).await?;
    let EmbedOutcome::Held(reason @ HoldReason::CoarserThanEncoder { .. }) = outcome else {
        return Err("it was embedded".into());
    };
    assert_eq!(lab.status().await?, SlideStatus::Held { reason });
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_slide_is_not_embedded_until_it_is_resumed() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(600, 0.5, |_, _| true).await?;
    let EmbedDeps { catalog, queue, .. } = &lab.deps;
    step::stop_analysis(catalog, lab.slide).await?;
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Stopped);
    let reason = HoldReason::Stopped;
    assert_eq!(lab.status().await?, SlideStatus::Held { reason });
    assert!(lab.header().await.is_err());

    step::resume_analysis(catalog, queue, lab.slide).await?;
    let announced = queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, lab.slide);
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    assert_eq!(lab.status().await?, SlideStatus::Embedded);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_precision_has_a_bag_of_its_own() -> Result<(), Box<dyn Error>> {
    let mut lab = Lab::open(600, 0.5, |_, _| true).await?;
    lab.embed(&lab.deps).await?;
    let plain = lab.header().await?;
    assert_eq!(plain.precision, Precision::F32);
    assert_eq!(plain.device, DeviceKind::Cpu);

    lab.encoder = Arc::new(shipped::encoder(Compute::new(Precision::Bf16))?);
    lab.embed(&lab.deps).await?;
    let half = lab.header().await?;
    assert_eq!(half.precision, Precision::Bf16);
    assert_ne!(half.encoder.hash, plain.encoder.hash);
    assert_eq!(half.n_instances, plain.n_instances);
    assert_ne!(half.chunks[0].sha256, plain.chunks[0].sha256);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_says_the_terms_and_an_untrained_mpp() -> Result<(), Box<dyn Error>> {
    let mut lab = Lab::open(600, 0.5, |_, _| true).await?;
    lab.embed(&lab.deps).await?;
    let plain = lab.header().await?;
    let terms = plain.encoder_terms.ok_or("the terms of the encoder")?;
    assert_eq!(terms, lab.encoder.config().terms());
    assert_eq!(plain.untrained_mpp, None);

    let coarse = Mpp::new(1.0)?;
    lab.encoder = Arc::new(shipped::encoder(Compute::default())?.at_mpp(coarse, Untrained::Allow)?);
    lab.embed(&lab.deps).await?;
    let header = lab.header().await?;
    assert_ne!(header.encoder.hash, plain.encoder.hash);
    assert_eq!((header.mpp, header.tile_um), (coarse, 224.0));
    let note = header.untrained_mpp.ok_or("a note")?;
    assert_eq!(
        (note.used, note.trained.contains(plain.mpp)),
        (coarse, true)
    );
    Ok(())
}
