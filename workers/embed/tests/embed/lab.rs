//! A painted slide, tiled, and the deps of a worker.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{Catalog, NewSlide};
use coverslip_embed_worker::{EmbedConfig, EmbedDeps, EmbedOutcome, embed_slide};
use encoder::{Compute, Encoder};
use flow::{
    BagHeader, Mpp, MppSource, ObjectKey, PixelSize, Sha256Digest, SlideId, SlideManifest,
    SlideStatus, TissueMask,
};
use phantom::PhantomSpec;
use pyramid::PyramidPlan;
use queue::Queue;
use slide::DecoderCommand;
use store::Store;
use tempfile::TempDir;

const CELL_UM: f64 = 32.0;

/// A slide that waits to be embedded, and where it lies.
pub(crate) struct Lab {
    pub(crate) folder: TempDir,
    pub(crate) deps: EmbedDeps,
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) slide: SlideId,
}

impl Lab {
    /// A tiled slide of `side` pixels of `mpp` um, with tissue wherever `tissue` says (by cell).
    pub(crate) async fn open(
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
        let row = NewSlide::of(digest, 5);
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
            uids: flow::SlideUids::derived(&self.slide),
            mpp: spec.mpp,
            jpeg_quality: 85,
            deidentified_by: Vec::new(),
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
            deidentification: None,
            icc: None,
            tissue,
            uids: None,
        };
        let key = ObjectKey::SlideManifest(self.slide);
        self.deps
            .store
            .put(&key, serde_json::to_vec(&manifest)?.into())
            .await?;
        Ok(())
    }

    pub(crate) async fn embed(&self, deps: &EmbedDeps) -> Result<EmbedOutcome, Box<dyn Error>> {
        let config = EmbedConfig::default();
        let progress = Arc::new(|_| {});
        Ok(embed_slide(deps, config, self.slide, &self.encoder, progress).await?)
    }

    pub(crate) async fn status(&self) -> Result<SlideStatus, Box<dyn Error>> {
        let row = self.deps.catalog.slide(self.slide).await?;
        Ok(row.ok_or("a row")?.status)
    }

    pub(crate) async fn header(&self) -> Result<BagHeader, Box<dyn Error>> {
        let key = ObjectKey::Bag(self.slide, self.encoder.reference().hash);
        Ok(serde_json::from_slice(&self.deps.store.get(&key).await?)?)
    }

    pub(crate) fn path(&self, key: &ObjectKey) -> PathBuf {
        self.folder.path().join("objects").join(key.path())
    }

    pub(crate) fn bag_files(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>, Box<dyn Error>> {
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

pub(crate) async fn open(folder: &Path) -> Result<EmbedDeps, Box<dyn Error>> {
    Ok(EmbedDeps {
        store: Store::local(&folder.join("objects"))?,
        catalog: Catalog::open(&folder.join("catalog.sqlite")).await?,
        queue: Queue::in_process(),
    })
}
