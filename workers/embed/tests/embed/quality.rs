//! What is measured of the tiles while they are embedded.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use encoder::{Compute, Untrained};
use flow::{
    BagHeader, Heatmap, Mpp, ObjectKey, QualityLayer, QualityRecord, Sha256Digest, SlideStatus,
    TileIndex,
};

use crate::lab::{Lab, open};

/// The record with its layers, each of them what the record says.
async fn quality(lab: &Lab) -> Result<(QualityRecord, Vec<Heatmap>), Box<dyn Error>> {
    let encoder = lab.encoder.reference().hash;
    let bytes = lab
        .deps
        .store
        .get(&ObjectKey::Quality(lab.slide, encoder))
        .await?;
    let record: QualityRecord = serde_json::from_slice(&bytes)?;
    let mut layers = Vec::new();
    for layer in QualityLayer::ALL {
        let key = ObjectKey::QualityLayer(lab.slide, encoder, layer);
        let bytes = lab.deps.store.get(&key).await?;
        assert_eq!(record.digest_of(layer)?, Sha256Digest::of(&bytes));
        layers.push(Heatmap::decode(&bytes)?);
    }
    Ok((record, layers))
}

fn files(lab: &Lab) -> Result<BTreeMap<PathBuf, Vec<u8>>, Box<dyn Error>> {
    let record = ObjectKey::Quality(lab.slide, lab.encoder.reference().hash);
    let folder = lab.path(&record);
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder.parent().ok_or("a folder")?)? {
        let path = entry?.path();
        let bytes = std::fs::read(&path)?;
        files.insert(path, bytes);
    }
    Ok(files)
}

fn cells(header: &BagHeader) -> impl Iterator<Item = TileIndex> {
    let columns = header.columns;
    (0..columns * header.rows).map(move |at| TileIndex::new(at % columns, at / columns))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_tile_of_the_bag_has_its_quality() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(1_700, 0.45, |column, row| (column + row) % 5 != 0).await?;
    lab.embed(&lab.deps).await?;
    let header = lab.header().await?;
    let (record, layers) = quality(&lab).await?;
    assert_eq!((record.slide, record.pyramid), (lab.slide, header.pyramid));
    assert_eq!(record.summary.n_tiles, header.n_instances);
    let [focus, pen, fold, coverage, flagged] = &layers[..] else {
        return Err("five layers".into());
    };
    assert_eq!(
        (focus.cell_um, focus.columns),
        (header.tile_um, header.columns)
    );
    let mut n_tiles = 0;
    for TileIndex { column, row } in cells(&header) {
        let Some(coverage) = coverage.value(column, row) else {
            assert_eq!(flagged.value(column, row), None);
            continue;
        };
        n_tiles += 1;
        assert!((0.1..=1.0).contains(&coverage), "{coverage}");
        let above = |layer: &Heatmap, limit: f32| {
            layer.value(column, row).is_some_and(|value| value >= limit)
        };
        let limits = record.limits;
        let is_flagged =
            above(focus, limits.blur_um) || above(pen, limits.pen) || above(fold, limits.fold);
        assert_eq!(
            flagged.value(column, row),
            Some(f32::from(u8::from(is_flagged)))
        );
    }
    assert_eq!(n_tiles, header.n_instances);
    assert!(record.summary.n_focus > 0, "something has edges");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_loses_no_quality() -> Result<(), Box<dyn Error>> {
    let lab = Lab::open(6_000, 0.45, |_, _| true).await?;
    lab.embed(&lab.deps).await?;
    let whole = (files(&lab)?, lab.bag_files()?);
    let encoder = lab.encoder.reference().hash;

    // As if the process had died after the first chunk: of the bag, and of what was measured.
    let first = ObjectKey::BagChunk(lab.slide, encoder, 0);
    let its_blur = ObjectKey::ChunkBlur(lab.slide, encoder, 0);
    let kept = [lab.path(&first), lab.path(&its_blur)];
    for path in whole.0.keys().chain(whole.1.keys()) {
        if !kept.contains(path) {
            std::fs::remove_file(path)?;
        }
    }
    lab.deps
        .catalog
        .set_status(lab.slide, &SlideStatus::Tiled)
        .await?;
    lab.embed(&open(lab.folder.path()).await?).await?;
    assert!(
        (files(&lab)?, lab.bag_files()?) == whole,
        "other bytes than in one go"
    );

    // A chunk that is older than this was never measured, and its slide is embedded all the same.
    std::fs::remove_file(&kept[1])?;
    for key in [
        ObjectKey::Bag(lab.slide, encoder),
        ObjectKey::Quality(lab.slide, encoder),
    ] {
        std::fs::remove_file(lab.path(&key))?;
    }
    let focus = ObjectKey::QualityLayer(lab.slide, encoder, QualityLayer::Focus);
    std::fs::remove_file(lab.path(&focus))?;
    let flagged = ObjectKey::QualityLayer(lab.slide, encoder, QualityLayer::Flagged);
    std::fs::remove_file(lab.path(&flagged))?;
    lab.deps
        .catalog
        .set_status(lab.slide, &SlideStatus::Tiled)
        .await?;
    lab.embed(&open(lab.folder.path()).await?).await?;
    assert_eq!(lab.bag_files()?, whole.1);
    let (record, _) = quality(&lab).await?;
    assert!(record.summary.n_focus <= record.summary.n_tiles - 512);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_too_coarse_for_focus_have_the_rest() -> Result<(), Box<dyn Error>> {
    let mut lab = Lab::open(1_200, 0.5, |_, _| true).await?;
    let coarse = Mpp::new(1.5)?;
    lab.encoder = Arc::new(shipped::encoder(Compute::default())?.at_mpp(coarse, Untrained::Allow)?);
    lab.embed(&lab.deps).await?;
    let (record, layers) = quality(&lab).await?;
    assert_eq!((record.summary.n_focus, record.summary.blur_um), (0, None));
    assert_eq!(layers[0].range(), None);
    assert!(layers[1].range().is_some() && layers[3].range().is_some());
    Ok(())
}
