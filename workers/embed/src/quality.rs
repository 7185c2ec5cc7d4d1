//! The quality of the tiles that were embedded: their blur, measured while they were decoded, and
//! what an overview of the slide shows of pen and folds.

use anyhow::{Context, Result};
use flow::{
    BagHeader, Heatmap, Instance, ObjectKey, QualityLayer, QualityLayerRef, QualityLimits,
    QualityRecord, QualitySummary, Sha256Digest, SlideManifest, TileQuality,
};
use pyramid::PyramidReader;
use store::Store;
use tissue::{Artefacts, Overview, OverviewPlan};
use tokio::task::spawn_blocking;

use crate::plan::Plan;

/// Slides of up to 3.8 cm2 are looked at with 8 um per pixel, 25 x 60 mm with 16 um: narrow folds are not
/// seen there.
const MAX_PIXELS: f64 = 6_000_000.0;

/// Stores the layers, then the record. `blur_um` is that of each tile of the layout.
pub(crate) async fn put_quality(
    store: &Store,
    plan: &Plan,
    bag: &BagHeader,
    blur_um: &[Option<f32>],
) -> Result<()> {
    let artefacts = artefacts(&plan.pipeline.reader, &plan.manifest).await?;
    let measured = Measured {
        manifest: &plan.manifest,
        artefacts: artefacts.as_ref(),
        tile_um: bag.tile_um,
    };
    let instances = &plan.layout.instances;
    let tiles = instances.iter().zip(blur_um);
    let tiles: Vec<TileQuality> = tiles
        .map(|(instance, blur_um)| measured.tile(instance, *blur_um))
        .collect();
    let limits = QualityLimits::default();
    let mut layers = Vec::new();
    for layer in QualityLayer::ALL {
        let values = tiles.iter().map(|tile| tile.value(layer, &limits));
        let cells = instances.iter().map(|instance| bag.cell(instance));
        let bytes = Heatmap::lay(bag, cells.zip(values)).encode();
        layers.push(QualityLayerRef {
            layer,
            sha256: Sha256Digest::of(&bytes),
        });
        let key = ObjectKey::QualityLayer(bag.slide, bag.encoder.hash, layer);
        store.put(&key, bytes.into()).await?;
    }
    let record = QualityRecord {
        slide: bag.slide,
        pyramid: bag.pyramid,
        encoder: bag.encoder.hash,
        limits,
        summary: QualitySummary::of(&tiles, &limits),
        layers,
    };
    let key = ObjectKey::Quality(bag.slide, bag.encoder.hash);
    store.put(&key, serde_json::to_vec(&record)?.into()).await?;
    Ok(())
}

async fn artefacts(reader: &PyramidReader, manifest: &SlideManifest) -> Result<Option<Artefacts>> {
    let plan = OverviewPlan {
        size_um: manifest.size_um(),
        most_pixels: MAX_PIXELS,
    };
    let overview = Overview::read(reader, plan)
        .await
        .context("cannot read an overview of the slide")?;
    let tissue = manifest.tissue.clone();
    Ok(spawn_blocking(move || Artefacts::find(&overview, &tissue)).await?)
}

struct Measured<'a> {
    manifest: &'a SlideManifest,
    /// None are looked for in fluorescence.
    artefacts: Option<&'a Artefacts>,
    tile_um: f64,
}

impl Measured<'_> {
    fn tile(&self, instance: &Instance, blur_um: Option<f32>) -> TileQuality {
        let rect = instance.rect(self.tile_um);
        TileQuality {
            blur_um,
            pen: self.artefacts.map(|found| found.pen_share(rect)),
            fold: self.artefacts.map(|found| found.fold_share(rect)),
            coverage: self.manifest.tissue.fraction(rect) as f32,
        }
    }
}
