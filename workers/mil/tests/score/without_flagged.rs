//! What the task says without the tiles whose quality is flagged.

use std::error::Error;
use std::sync::Arc;

use coverslip_mil_worker::{MilDeps, score_slide};
use flow::{
    Abstention, AnswerWithout, BagChunk, BagHeader, Heatmap, ObjectKey, QualityLayer,
    QualityLayerRef, QualityLimits, QualityRecord, QualitySummary, Sha256Digest, TileIndex,
    TileQuality, Verdict, WithoutFlagged,
};
use mil::{Admission, AnyTask};

use crate::{deps, stored_bag, task_admitting, task_for};

/// As if pen lay on these cells of the bag.
async fn stored_quality(
    deps: &MilDeps,
    bag: &BagHeader,
    is_penned: impl Fn(TileIndex) -> bool,
) -> Result<Sha256Digest, Box<dyn Error>> {
    let cells =
        (0..2_u32).flat_map(|row| (0..3 + row).map(move |column| TileIndex::new(column, row)));
    let tile = |cell: TileIndex| TileQuality {
        blur_um: None,
        pen: Some(f32::from(u8::from(is_penned(cell)))),
        fold: Some(0.0),
        coverage: 1.0,
    };
    let tiles: Vec<(TileIndex, TileQuality)> = cells.map(|cell| (cell, tile(cell))).collect();
    let limits = QualityLimits::default();
    let mut layers = Vec::new();
    for layer in QualityLayer::ALL {
        let values = tiles
            .iter()
            .map(|(cell, tile)| (*cell, tile.value(layer, &limits)));
        let bytes = Heatmap::lay(bag, values).encode();
        layers.push(QualityLayerRef {
            layer,
            sha256: Sha256Digest::of(&bytes),
        });
        let key = ObjectKey::QualityLayer(bag.slide, bag.encoder.hash, layer);
        deps.store.put(&key, bytes.into()).await?;
    }
    let tiles: Vec<TileQuality> = tiles.into_iter().map(|(_, tile)| tile).collect();
    let record = QualityRecord {
        slide: bag.slide,
        pyramid: bag.pyramid,
        encoder: bag.encoder.hash,
        limits,
        summary: QualitySummary::of(&tiles, &limits),
        layers,
    };
    let json = serde_json::to_vec(&record)?;
    let digest = Sha256Digest::of(&json);
    let key = ObjectKey::Quality(bag.slide, bag.encoder.hash);
    deps.store.put(&key, json.into()).await?;
    Ok(digest)
}

/// What the shipped task says without the flagged tiles, of a fresh slide.
async fn asked_without(
    is_penned: impl Fn(TileIndex) -> bool,
) -> Result<(Sha256Digest, WithoutFlagged), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag(&deps).await?;
    let quality = stored_quality(&deps, &bag, is_penned).await?;
    let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let evidence = scored.await?.remove(0).evidence.ok_or("evidence")?;
    Ok((quality, evidence.without_flagged.ok_or("it was measured")?))
}

#[tokio::test]
async fn the_task_is_asked_again_without_the_flagged_tiles() -> Result<(), Box<dyn Error>> {
    let (quality, without) = asked_without(|cell| cell.row == 0).await?;
    assert_eq!((without.quality, without.n_flagged), (quality, 3));
    let AnswerWithout::Answered(left) = without.answer else {
        return Err("four tiles are left".into());
    };
    // A bag of the tiles that are left gives the same.
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let task = task_for(&[])?;
    let bag = stored_bag(&deps).await?;
    let key = ObjectKey::BagChunk(bag.slide, bag.encoder.hash, 1);
    let chunk = BagChunk::decode(&deps.store.get(&key).await?)?;
    let alone = task.score(&chunk.embeddings, chunk.dimension)?;
    assert_eq!(
        (left.probability, left.call),
        (alone.probability, alone.call)
    );
    Ok(())
}

#[tokio::test]
async fn whether_the_call_holds_is_told_of_any_number_of_flagged_tiles()
-> Result<(), Box<dyn Error>> {
    let (_, none) = asked_without(|_| false).await?;
    assert_eq!(
        (none.n_flagged, none.answer),
        (0, AnswerWithout::NothingFlagged)
    );
    let (_, all) = asked_without(|_| true).await?;
    assert_eq!((all.n_flagged, all.answer), (7, AnswerWithout::NothingLeft));
    Ok(())
}

#[tokio::test]
async fn without_enough_tiles_there_is_no_call_any_more() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let admission = Admission {
        fewest_instances: Some(5),
        ..Admission::default()
    };
    let tasks = [task_admitting(admission)?.into()];
    let bag = stored_bag(&deps).await?;
    stored_quality(&deps, &bag, |cell| cell.row == 0).await?;
    let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let prediction = scored.await?.remove(0);
    assert_eq!(prediction.abstention, None, "seven tiles are enough");
    let without = prediction
        .evidence
        .and_then(|evidence| evidence.without_flagged);
    let Some(AnswerWithout::Answered(left)) = without.map(|without| without.answer) else {
        return Err("four tiles are left".into());
    };
    let too_few = Abstention::TooLittleTissue {
        n_instances: 4,
        fewest: 5,
    };
    assert_eq!(
        (left.abstention, left.verdict),
        (Some(too_few), Verdict::Changes)
    );
    Ok(())
}

#[tokio::test]
async fn a_bag_whose_quality_was_not_measured_says_nothing_of_it() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks = [task_for(&[])?.into()];
    let bag = stored_bag(&deps).await?;
    let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let evidence = scored.await?.remove(0).evidence.ok_or("evidence")?;
    assert_eq!(evidence.without_flagged, None);
    Ok(())
}
