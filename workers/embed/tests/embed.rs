//! Embedding a painted slide with the shipped encoder: once, again, and after a crash half way.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{Catalog, NewSlide};
use coverslip_embed_worker::{EmbedConfig, EmbedDeps, EmbedOutcome, embed_slide};
use encoder::{Compute, Encoder, RgbTile, Untrained};
use flow::{
    BagChunk, BagHeader, HoldReason, MicrometreRect, Mpp, MppSource, ObjectKey, PixelSize,
    Precision, Sha256Digest, SlideEmbedded, SlideId, SlideManifest, SlideStatus, SlideTiled,
    TissueMask,
};
use phantom::PhantomSpec;
use pyramid::{PyramidPlan, PyramidReader};
use queue::Queue;
use slide::DecoderCommand;
use store::Store;
use tempfile::TempDir;

const CELL_UM: f64 = 32.0;

struct Lab {
    folder: TempDir,
    deps: EmbedDeps,
    encoder: Arc<Encoder>,
    slide: SlideId,
}

impl Lab {
    /// A tiled slide of `side` pixels of `mpp` um, with tissue wherever `tissue` says (by cell).
    async fn open(
        side: u32,
        mpp: f64,
        tissue: impl Fn(u32, u32) -> bool,
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let deps = open(folder.path()).await?;
        let digest = Sha256Digest::of(b"slide");
        let lab = Self {
            encoder: Arc::new(shipped::encoder(Compute::default())?),
            slide: SlideId::from_digest(&digest),
            deps,
            folder,
        };
        let row = NewSlide {
            id: lab.slide,
            digest,
            n_bytes: 5,
            file_name: None,
            mpp_override: None,
        };
        lab.deps.catalog.register(row).await?;
        lab.deps
            .catalog
            .set_status(lab.slide, &SlideStatus::Tiled)
            .await?;
        let spec = PhantomSpec {
            mpp: Mpp::new(mpp)?,
            ..PhantomSpec::benign(side, 11)
        };
        let n_cells = (spec.side_um() / CELL_UM).ceil() as u32;
        let cells = (0..n_cells * n_cells).map(|at| tissue(at % n_cells, at / n_cells));
        let mask = TissueMask::new(CELL_UM, n_cells, n_cells, cells.collect())?;
        lab.tile(&spec, mask).await?;
        Ok(lab)
    }

    async fn tile(&self, spec: &PhantomSpec, tissue: TissueMask) -> Result<(), Box<dyn Error>> {
        let file = self.folder.path().join("slide.tiff");
        phantom::write_slide(spec, &file, &|_| {})?;
        let decoder = DecoderCommand {
            program: "/nowhere/decoder".into(),
            arguments: Vec::new(),
        };
        let scratch = self.deps.store.scratch()?;
        let plan = PyramidPlan {
            slide: self.slide,
            mpp: spec.mpp,
            jpeg_quality: 85,
        };
        let built = pyramid::build(
            &slide::open(&file, &decoder)?,
            &plan,
            scratch.path(),
            &|_| {},
        )?;
        for level in &built.levels {
            let key = ObjectKey::PyramidLevel(self.slide, level.level);
            self.deps.store.put_file(&key, &level.file).await?;
        }
        let index = ObjectKey::PyramidIndex(self.slide);
        self.deps
            .store
            .put(&index, built.index_bytes.into())
            .await?;
        let manifest = SlideManifest {
            slide: self.slide,
            original: Sha256Digest::of(b"slide"),
            pyramid: built.hash,
            format: "generic-tiff".to_owned(),
            scanner: None,
            mpp: spec.mpp,
            mpp_source: MppSource::File,
            objective_power: None,
            size: PixelSize::new(spec.size, spec.size),
            tile: PixelSize::new(256, 256),
            levels: Vec::new(),
            associated: Vec::new(),
            icc: None,
            tissue,
        };
        let key = ObjectKey::SlideManifest(self.slide);
        self.deps
            .store
            .put(&key, serde_json::to_vec(&manifest)?.into())
            .await?;
        Ok(())
    }

    async fn embed(&self, deps: &EmbedDeps) -> Result<EmbedOutcome, Box<dyn Error>> {
        let config = EmbedConfig::default();
        let progress = Arc::new(|_| {});
        Ok(embed_slide(deps, config, self.slide, &self.encoder, progress).await?)
    }

    async fn status(&self) -> Result<SlideStatus, Box<dyn Error>> {
        let row = self.deps.catalog.slide(self.slide).await?;
        Ok(row.ok_or("a row")?.status)
    }

    async fn header(&self) -> Result<BagHeader, Box<dyn Error>> {
        let key = ObjectKey::Bag(self.slide, self.encoder.reference().hash);
        Ok(serde_json::from_slice(&self.deps.store.get(&key).await?)?)
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.folder.path().join("objects").join(key.path())
    }

    fn bag_files(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>, Box<dyn Error>> {
        let bag = self.path(&ObjectKey::Bag(self.slide, self.encoder.reference().hash));
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(bag.parent().ok_or("a folder")?)? {
            let path = entry?.path();
            let bytes = std::fs::read(&path)?;
            files.insert(path, bytes);
        }
        Ok(files)
    }
}

async fn open(folder: &Path) -> Result<EmbedDeps, Box<dyn Error>> {
    Ok(EmbedDeps {
        store: Store::local(&folder.join("objects"))?,
        catalog: Catalog::open(&folder.join("catalog.sqlite")).await?,
        queue: Queue::in_process(),
    })
}

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
    assert!(whole.len() > 2, "more than one chunk is needed here");
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
