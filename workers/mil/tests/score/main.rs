//! Scoring a stored bag with the shipped task, once and again.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, NewSlide, ScoredChunk, TileScore};
use coverslip_mil_worker::{MilDeps, run, score_slide};
use egress::Egress;
use flow::{
    Abstention, BagChunk, BagChunkRef, BagHeader, DeviceKind, HeadPrecision, Heatmap, HeatmapLayer,
    Instance, Mpp, MppSource, ObjectKey, PixelSize, Precision, Progress, Sha256Digest, SlideId,
    SlideManifest, SlideScored, SlideStatus, Stage, TissueMask,
};
use mil::{Admission, AnyTask, Task, TaskFile};
use queue::Queue;
use store::Store;
use task_service::{ServiceConfig, ServiceKeys, TaskServices};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

mod cut_off;
mod governed;
mod observed;
mod services;
mod without_flagged;

const TILE_UM: f64 = 112.0;

async fn deps(folder: &std::path::Path) -> Result<MilDeps, Box<dyn Error>> {
    Ok(MilDeps {
        store: Store::local(&folder.join("objects"))?,
        catalog: Catalog::open(&folder.join("catalog.sqlite")).await?,
        queue: Queue::in_process(),
        services: services()?,
        tenant: None,
    })
}

/// Of this machine alone.
fn services() -> Result<TaskServices, Box<dyn Error>> {
    Ok(TaskServices::new(ServiceConfig {
        egress: Egress::allowing("--task-service-allow", ["127.0.0.0/8".parse()?]),
        keys: ServiceKeys::none(),
        pictures: Some("http://127.0.0.1:1".to_owned()),
    })?)
}

/// A bag of two chunks in which no two instances are alike.
async fn stored_bag(deps: &MilDeps) -> Result<BagHeader, Box<dyn Error>> {
    stored_bag_in(Precision::F32, deps).await
}

/// By the encoder that ships.
async fn stored_bag_in(precision: Precision, deps: &MilDeps) -> Result<BagHeader, Box<dyn Error>> {
    let task = &shipped::tasks()?[0];
    let digest = Sha256Digest::of(b"slide");
    let slide = SlideId::from_digest(&digest);
    let dimension = task.file().head.dimension();
    let mut header = BagHeader {
        slide,
        pyramid: digest,
        encoder: task.encoder().clone(),
        precision,
        device: DeviceKind::Cpu,
        dimension,
        mpp: Mpp::new(0.5)?,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um: TILE_UM,
        columns: 5,
        rows: 4,
        n_instances: 0,
        chunks: Vec::new(),
    };
    for row in 0..2_u32 {
        let instances: Vec<Instance> = (0..3 + row)
            .map(|column| Instance {
                x_um: f64::from(column) * TILE_UM,
                y_um: f64::from(row) * TILE_UM,
            })
            .collect();
        let value = |at: u32| ((at * 37 + row * 11) % 101) as f32 / 50.0 - 1.0;
        let n_values = instances.len() as u32 * dimension;
        let chunk = BagChunk {
            embeddings: (0..n_values).map(value).collect(),
            instances,
            dimension,
        };
        let bytes = chunk.encode();
        header.n_instances += chunk.instances.len() as u64;
        header.chunks.push(BagChunkRef {
            n_instances: chunk.instances.len() as u32,
            sha256: Sha256Digest::of(&bytes),
        });
        let key = ObjectKey::BagChunk(slide, header.encoder.hash, row);
        deps.store.put(&key, bytes.into()).await?;
    }
    for key in [ObjectKey::BagPlan, ObjectKey::Bag] {
        let key = key(slide, header.encoder.hash);
        deps.store
            .put(&key, serde_json::to_vec(&header)?.into())
            .await?;
    }
    let manifest = serde_json::to_vec(&manifest(&header)?)?;
    let key = ObjectKey::SlideManifest(slide);
    deps.store.put(&key, manifest.into()).await?;
    let row = NewSlide::of(digest, 5);
    deps.catalog.register(row).await?;
    deps.catalog
        .set_status(slide, &SlideStatus::Embedded)
        .await?;
    Ok(header)
}

/// Of a slide by the scanner `Phantom 1`.
fn manifest(bag: &BagHeader) -> Result<SlideManifest, Box<dyn Error>> {
    let size = PixelSize {
        width: 1120,
        height: 896,
    };
    Ok(SlideManifest {
        slide: bag.slide,
        original: bag.pyramid,
        pyramid: bag.pyramid,
        format: "generic-tiff".to_owned(),
        scanner: Some("Phantom 1".to_owned()),
        mpp: bag.mpp,
        mpp_source: MppSource::File,
        objective_power: None,
        size,
        tile: size,
        levels: Vec::new(),
        associated: Vec::new(),
        deidentification: None,
        icc: None,
        tissue: TissueMask::new(TILE_UM, 5, 4, vec![true; 20])?,
        uids: None,
    })
}

#[tokio::test]
async fn a_bag_scored_twice_has_one_result_with_its_evidence() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag(&deps).await?;
    let encoder = bag.encoder.hash;
    let score = || score_slide(&deps, bag.slide, encoder, &tasks, Arc::new(|_| {}));
    let first = score().await?;
    let second = score().await?;
    assert_eq!(first, second);
    assert_eq!(deps.catalog.predictions(bag.slide).await?, first);
    let row = deps.catalog.slide(bag.slide).await?.ok_or("a row")?;
    assert_eq!(row.status, SlideStatus::Scored);

    let prediction = &first[0];
    assert_eq!(prediction.n_instances, 7);
    assert_eq!(prediction.top_tiles.len(), 7);
    let attention: f64 = prediction.top_tiles.iter().map(|tile| tile.attention).sum();
    assert!((attention - 1.0).abs() < 1e-5, "{attention}");

    let key = ObjectKey::Heatmap(bag.slide, prediction.name(), HeatmapLayer::Attention);
    let heatmap = Heatmap::decode(&deps.store.get(&key).await?)?;
    let hottest = &prediction.top_tiles[0];
    let cell = |um: f64| (um / TILE_UM).round() as u32;
    let there = heatmap.value(cell(hottest.rect_um.x), cell(hottest.rect_um.y));
    assert_eq!(there, heatmap.range().map(|range| range.max));
    let expected = hottest.attention as f32 * 7.0;
    assert!(there.is_some_and(|there| (there - expected).abs() < 1e-5));
    assert_eq!(heatmap.value(4, 0), None);

    let evidence = prediction.evidence.as_ref().ok_or("evidence")?;
    let layers: Vec<_> = evidence.layers.iter().map(|one| one.layer).collect();
    assert_eq!(layers, HeatmapLayer::ALL);
    for layer in layers {
        let key = ObjectKey::Heatmap(bag.slide, prediction.name(), layer);
        let stored = Heatmap::decode(&deps.store.get(&key).await?)?;
        let n_values = stored.values.iter().filter(|value| !value.is_nan()).count();
        assert_eq!(n_values, 7, "{layer}");
    }
    let stages: Vec<Stage> = row.timings.iter().map(|timing| timing.stage).collect();
    assert_eq!(stages, [Stage::Score, Stage::Evidence]);

    let announced = deps.queue.subscribe::<SlideScored>().next().await;
    assert_eq!(announced.message().slide, bag.slide);
    Ok(())
}

#[tokio::test]
async fn a_bag_is_scored_in_its_precision_and_the_result_says_so() -> Result<(), Box<dyn Error>> {
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let mut results = Vec::new();
    for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
        let folder = tempfile::tempdir()?;
        let deps = deps(folder.path()).await?;
        let bag = stored_bag_in(precision, &deps).await?;
        let encoder = bag.encoder.hash;
        let scored = score_slide(&deps, bag.slide, encoder, &tasks, Arc::new(|_| {}));
        results.push(scored.await?.remove(0));
    }
    let said = results.iter().map(|result| result.head_precision);
    let said: Vec<HeadPrecision> = said.collect::<Option<_>>().ok_or("a precision")?;
    let bf16 = HeadPrecision::Bf16;
    assert_eq!(said, [HeadPrecision::F32, bf16, bf16]);
    let [plain, half, int8] = [0, 1, 2].map(|at| results[at].probability);
    assert_eq!(half, int8);
    let away = (half - plain).abs();
    assert!(away > 0.0 && away < 0.01, "{half} in bf16, {plain} in f32");
    Ok(())
}

/// The scored chunks of the slide, once there are so many.
async fn scored_chunks(
    deps: &MilDeps,
    slide: SlideId,
    n_wanted: usize,
) -> Result<Vec<ScoredChunk>, Box<dyn Error>> {
    for _ in 0..1_000 {
        let scored = deps.catalog.scored_chunks(slide).await?;
        if scored.len() == n_wanted {
            return Ok(scored);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("there were never {n_wanted} scored chunks").into())
}

#[tokio::test]
async fn tiles_of_a_slide_in_work_have_the_values_of_its_result() -> Result<(), Box<dyn Error>> {
    assert_tiles_in_work_are_final(Precision::F32).await?;
    assert_tiles_in_work_are_final(Precision::Bf16).await
}

async fn assert_tiles_in_work_are_final(precision: Precision) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag_in(precision, &deps).await?;
    let slide = bag.slide;
    deps.catalog.set_status(slide, &SlideStatus::Tiled).await?;
    let progress = Progress {
        stage: Stage::Embed,
        done: 1_024,
        total: 2_000,
    };
    deps.catalog.set_progress(slide, progress).await?;
    let (_changed, current) = watch::channel(Arc::from(tasks.clone()));
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(run(current, deps.clone(), shutdown.clone()));

    let scored = scored_chunks(&deps, slide, 2 * tasks.len()).await?;
    assert_eq!(
        scored.iter().filter(|scored| scored.chunk == 1).count(),
        tasks.len()
    );
    let results = score_slide(&deps, slide, bag.encoder.hash, &tasks, Arc::new(|_| {})).await?;
    for chunk in scored {
        let prediction = results
            .iter()
            .find(|one| one.name() == chunk.result)
            .ok_or("its result")?;
        let key = ObjectKey::Heatmap(slide, prediction.name(), HeatmapLayer::Tile);
        let last = Heatmap::decode(&deps.store.get(&key).await?)?;
        let early = deps.catalog.tile_scores(&chunk).await?;
        assert_eq!(early.len() as u32, 3 + chunk.chunk);
        for TileScore { at, probability } in early {
            let cell = bag.cell(&at);
            let there = last.value(cell.column, cell.row).ok_or("a value")?;
            let difference = (there - probability).abs();
            assert!(difference < 1e-5, "{cell:?}: {probability}, then {there}");
        }
    }
    deps.catalog
        .set_status(slide, &SlideStatus::Embedded)
        .await?;
    scored_chunks(&deps, slide, 0).await?;
    shutdown.cancel();
    running.await?;
    Ok(())
}

#[tokio::test]
async fn a_bag_that_no_task_reads_waits_for_one() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag(&deps).await?;
    let stranger = Sha256Digest::of(b"another encoder");
    let scored = score_slide(&deps, bag.slide, stranger, &tasks, Arc::new(|_| {})).await?;
    assert_eq!(scored, []);
    let row = deps.catalog.slide(bag.slide).await?.ok_or("a row")?;
    assert_eq!(row.status, SlideStatus::Embedded);
    Ok(())
}

/// The shipped task, made to answer slides of these scanners only, and whatever they show.
fn task_for(scanners: &[&str]) -> Result<Task, Box<dyn Error>> {
    task_admitting(Admission {
        scanners: scanners.iter().map(|&name| name.to_owned()).collect(),
        ..Admission::default()
    })
}

fn task_admitting(admission: Admission) -> Result<Task, Box<dyn Error>> {
    let mut file = shipped::tasks()?[0].file().clone();
    file.distribution = None;
    file.admission = Some(admission);
    loaded(&file)
}

/// The shipped task under another version.
fn task_of_version(version: &str) -> Result<Task, Box<dyn Error>> {
    let mut file = shipped::tasks()?[0].file().clone();
    file.version = version.parse()?;
    loaded(&file)
}

fn loaded(file: &TaskFile) -> Result<Task, Box<dyn Error>> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../models/shipped/tasks/phantom-tumour"
    );
    let heads = file.head_names().into_iter();
    let heads = heads.map(|name| std::fs::read(Path::new(folder).join(name)));
    let heads: Vec<Vec<u8>> = heads.collect::<Result<_, _>>()?;
    Ok(Task::load(&file.to_json()?, &heads)?)
}

#[tokio::test]
async fn a_slide_of_another_scanner_is_not_called_but_keeps_its_evidence()
-> Result<(), Box<dyn Error>> {
    for (scanners, is_refused) in [(["Phantom 1"], false), (["Phantom 2"], true)] {
        let folder = tempfile::tempdir()?;
        let deps = deps(folder.path()).await?;
        let tasks = [task_for(&scanners)?.into()];
        let bag = stored_bag(&deps).await?;
        let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
        let prediction = scored.await?.remove(0);
        let refusal = Abstention::ScannerNotAllowed {
            scanner: Some("Phantom 1".to_owned()),
            allowed: vec!["Phantom 2".to_owned()],
        };
        assert_eq!(prediction.abstention, is_refused.then_some(refusal));
        assert_eq!(prediction.top_tiles.len(), 7);
    }
    Ok(())
}
