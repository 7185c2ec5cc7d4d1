use anyhow::{Context, Result, ensure};
use bags::{BagFile, TilePlaces};
use flow::{
    BagHeader, DeviceKind, EncoderRef, INSTANCES_PER_CHUNK, Instance, Mpp, ObjectKey, Precision,
    SlideId, SlideManifest,
};
use store::{Store, StoreError};

use crate::bag_in_work::WantedChunk;
use crate::chunk::Chunks;

/// Corners may lie this much outside the slide, for rounding.
const SLACK_UM: f64 = 1.0;

/// What became of a bag that was made elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    Stored,
    /// The very same bag was there.
    AlreadyThere,
}

/// Stores a bag that another tool made of a tiled slide, as if `encoder` had embedded it here.
///
/// The slide's status stays: that speaks of the installation's own encoder. `mpp` is what the
/// encoder saw, where the file does not say it.
///
/// # Errors
/// If the slide is not tiled, if the file does not say where its tiles lie and how large they are,
/// if they do not lie on the slide, or if there is another bag of this encoder.
pub async fn import_bag(
    store: &Store,
    slide: SlideId,
    (encoder, mpp): (&EncoderRef, Option<Mpp>),
    bag: &BagFile,
) -> Result<Imported> {
    let manifest = manifest(store, slide).await?;
    let chunks = Chunks {
        store: store.clone(),
        slide,
        encoder: encoder.hash,
        dimension: u32::try_from(bag.dimension).context("an embedding is too long")?,
    };
    let (mut header, instances) = laid_out(&manifest, (encoder, mpp), bag)?;
    header.chunks = each_chunk(&instances, bag)
        .map(|(instances, embeddings)| chunks.encoded(instances, embeddings.to_vec()).0)
        .collect();
    let key = ObjectKey::Bag(slide, encoder.hash);
    if let Some(stored) = stored(store, &key).await? {
        ensure!(
            stored == header,
            "slide {slide} has another bag of encoder `{}`: bags are never changed; \
             name the encoder otherwise by --encoder",
            encoder.name
        );
        return Ok(Imported::AlreadyThere);
    }
    for (number, (instances, embeddings)) in (0..).zip(each_chunk(&instances, bag)) {
        let chunk = WantedChunk { number, instances };
        chunks.put(chunk, embeddings.to_vec()).await?;
    }
    store.put(&key, serde_json::to_vec(&header)?.into()).await?;
    Ok(Imported::Stored)
}

fn each_chunk<'a>(
    instances: &'a [Instance],
    bag: &'a BagFile,
) -> impl Iterator<Item = (&'a [Instance], &'a [f32])> {
    let embeddings = bag
        .embeddings
        .chunks(INSTANCES_PER_CHUNK * bag.dimension.max(1));
    instances.chunks(INSTANCES_PER_CHUNK).zip(embeddings)
}

async fn manifest(store: &Store, slide: SlideId) -> Result<SlideManifest> {
    match store.get(&ObjectKey::SlideManifest(slide)).await {
        Ok(bytes) => serde_json::from_slice(&bytes).context("the slide's manifest cannot be read"),
        Err(error @ StoreError::NotFound { .. }) => Err(error).with_context(|| {
            format!("slide {slide} is not tiled: run `coverslip ingest` on its file first")
        }),
        Err(error) => Err(error.into()),
    }
}

async fn stored(store: &Store, key: &ObjectKey) -> Result<Option<BagHeader>> {
    let header = store.find(key).await?;
    let header = header.map(|bytes| serde_json::from_slice(&bytes));
    header.transpose().context("the stored bag cannot be read")
}

/// The header, still without chunks, and where each tile lies.
fn laid_out(
    slide: &SlideManifest,
    (encoder, mpp): (&EncoderRef, Option<Mpp>),
    bag: &BagFile,
) -> Result<(BagHeader, Vec<Instance>)> {
    let places = bag.places.as_ref().context(
        "the file says nothing of where its tiles lie: give the .h5 file that belongs to it",
    )?;
    ensure!(
        bag.n_instances() > 0,
        "the bag is empty: the other tool found no tissue on this slide"
    );
    let side = places.side.context(
        "the file does not say how large a tile is, and there are no neighbours to tell it from",
    )?;
    let tile_um = side.micrometres(slide.mpp.get());
    let instances = instances(slide, places)?;
    let cells = |extent: f64, farthest: f64| {
        let covering = (extent / tile_um).ceil();
        covering.max((farthest / tile_um).round() + 1.0) as u32
    };
    let farthest = |place: fn(&Instance) -> f64| instances.iter().map(place).fold(0.0, f64::max);
    let (width_um, height_um) = slide.size_um();
    let header = BagHeader {
        slide: slide.slide,
        pyramid: slide.pyramid,
        encoder: encoder.clone(),
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: u32::try_from(bag.dimension)?,
        mpp: shown_mpp(places, tile_um, mpp)?,
        // What the other tool asked of its encoder is not known.
        untrained_mpp: None,
        encoder_terms: None,
        tile_um,
        columns: cells(width_um, farthest(|tile| tile.x_um)),
        rows: cells(height_um, farthest(|tile| tile.y_um)),
        n_instances: instances.len() as u64,
        chunks: Vec::new(),
    };
    Ok((header, instances))
}

/// Corners that lie on no glass are the mark of another slide or another unit.
fn instances(slide: &SlideManifest, places: &TilePlaces) -> Result<Vec<Instance>> {
    let (width_um, height_um) = slide.size_um();
    let instances = places
        .corners_um(slide.mpp.get())
        .enumerate()
        .map(|(number, [x, y])| {
            let inside = |place: f64, end: f64| (-SLACK_UM..end).contains(&place);
            ensure!(
                inside(x, width_um) && inside(y, height_um),
                "tile {number} would lie at {x:.0}, {y:.0} um, outside the slide's {width_um:.0} x \
             {height_um:.0} um, with {places}: the file belongs to another slide, or is in \
             another unit"
            );
            let (x_um, y_um) = (x.max(0.0), y.max(0.0));
            Ok(Instance { x_um, y_um })
        });
    instances.collect()
}

fn shown_mpp(places: &TilePlaces, tile_um: f64, given: Option<Mpp>) -> Result<Mpp> {
    match (places.shown_px, given) {
        (_, Some(mpp)) => Ok(mpp),
        (Some(pixels), None) => Ok(Mpp::new(tile_um / pixels)?),
        (None, None) => anyhow::bail!(
            "the file does not say at which resolution the encoder saw its tiles: give --mpp"
        ),
    }
}
