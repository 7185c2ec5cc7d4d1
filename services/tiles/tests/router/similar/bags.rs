//! Slides with bags of tiles of a few kinds.

use std::error::Error;
use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use catalog::NewSlide;
use coverslip_tiles::{IndexConfig, SearchConfig};
use flow::{
    BagChunk, BagChunkRef, BagHeader, DeviceKind, EncoderRef, Instance, Mpp, ObjectKey, PixelSize,
    Precision, Sha256Digest, SlideId, SlideStatus,
};
use serde_json::{Value, json};

use crate::lab::{Answer, Lab};
use crate::painted::{MPP, Painted, Shape};

/// 100 pixels of the painted slides.
pub(super) const TILE_PX: u32 = 100;
/// A painted slide has as many columns and rows of tiles.
pub(super) const COLUMNS: u32 = 7;
pub(super) const ROWS: u32 = 5;

pub(super) fn encoder() -> EncoderRef {
    EncoderRef {
        name: "kinds".to_owned(),
        hash: Sha256Digest::of(b"kinds"),
    }
}

/// A lab that knows of this encoder, looks for new bags at every search, and waits for none.
pub(super) fn search_config() -> SearchConfig {
    SearchConfig {
        index: IndexConfig {
            look_every: Duration::ZERO,
            patience: Duration::ZERO,
            ..IndexConfig::default()
        },
        encoders: vec![encoder().hash],
        text: None,
    }
}

/// A painted slide of its own for each `number`; all have tiles in the same places.
pub(super) async fn painted(lab: &Lab, number: u32) -> Result<Painted, Box<dyn Error>> {
    let shape = Shape {
        size: PixelSize::new(COLUMNS * TILE_PX + number, ROWS * TILE_PX),
        tile: PixelSize::new(240, 240),
        short_by: 0,
    };
    let painted = Painted::store(&lab.store, shape).await?;
    let digest = Sha256Digest::of(number.to_string().as_bytes());
    let new = NewSlide {
        id: painted.slide,
        ..NewSlide::of(digest, 1)
    };
    lab.catalog.register(new).await?;
    Ok(painted)
}

/// The tile's embedding: nearly along the axis of its kind, and never the same twice.
pub(super) fn embedding(kind: usize, column: u32, row: u32) -> Vec<f32> {
    let mut values = vec![0.0; 8];
    values[kind] = 2.0;
    values[6] = 0.01 * column as f32;
    values[7] = 0.01 * row as f32;
    values
}

/// Gives the slide a bag in which each tile has the embedding that `of` says.
pub(super) async fn embed(
    lab: &Lab,
    slide: SlideId,
    encoder: EncoderRef,
    of: impl Fn(u32, u32) -> Vec<f32>,
) -> Result<(), Box<dyn Error>> {
    let tile_um = f64::from(TILE_PX) * MPP;
    let cells: Vec<(u32, u32)> = (0..ROWS)
        .flat_map(|row| (0..COLUMNS).map(move |column| (column, row)))
        .collect();
    let instance = |(column, row): &(u32, u32)| Instance {
        x_um: f64::from(*column) * tile_um,
        y_um: f64::from(*row) * tile_um,
    };
    let embeddings: Vec<f32> = cells
        .iter()
        .flat_map(|(column, row)| of(*column, *row))
        .collect();
    let chunk = BagChunk {
        instances: cells.iter().map(instance).collect(),
        dimension: u32::try_from(embeddings.len() / cells.len())?,
        embeddings,
    };
    let bytes = chunk.encode();
    let header = BagHeader {
        slide,
        pyramid: Sha256Digest::of(b"pyramid"),
        encoder: encoder.clone(),
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: chunk.dimension,
        mpp: Mpp::new(MPP)?,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um,
        columns: COLUMNS,
        rows: ROWS,
        n_instances: cells.len() as u64,
        chunks: vec![BagChunkRef {
            n_instances: u32::try_from(cells.len())?,
            sha256: Sha256Digest::of(&bytes),
        }],
    };
    let key = ObjectKey::BagChunk(slide, encoder.hash, 0);
    lab.store.put(&key, bytes.into()).await?;
    let key = ObjectKey::Bag(slide, encoder.hash);
    lab.store
        .put(&key, serde_json::to_vec(&header)?.into())
        .await?;
    lab.catalog
        .set_status(slide, &SlideStatus::Embedded)
        .await?;
    Ok(())
}

/// A slide of stroma (kind 0) with tumour (kind 1) at these places.
pub(super) async fn with_tumour(
    lab: &Lab,
    number: u32,
    tumour: &[(u32, u32)],
) -> Result<Painted, Box<dyn Error>> {
    let painted = painted(lab, number).await?;
    let of = |column, row| {
        let kind = usize::from(tumour.contains(&(column, row)));
        embedding(kind, column, row)
    };
    embed(lab, painted.slide, encoder(), of).await?;
    Ok(painted)
}

pub(super) fn path(slide: SlideId) -> String {
    format!("/api/v1/slides/{slide}/similar")
}

/// The middle of a tile.
pub(super) fn point(column: u32, row: u32) -> Value {
    let middle = |cell: u32| cell * TILE_PX + TILE_PX / 2;
    json!({"type": "Point", "coordinates": [middle(column), middle(row)]})
}

/// The slide and the tile of every hit.
pub(super) fn places(answer: &Value) -> Vec<(String, u64, u64)> {
    let hits = answer["hits"].as_array().into_iter().flatten();
    let tile_px = u64::from(TILE_PX);
    hits.map(|hit| {
        let at = |axis: usize| hit["rect"][axis].as_u64().unwrap_or(u64::MAX) / tile_px;
        let slide = hit["slide"].as_str().unwrap_or_default().to_owned();
        (slide, at(0), at(1))
    })
    .collect()
}

/// Searches; all slides are gathered in the background at first, so asks until they are.
pub(super) async fn searched(
    lab: &Lab,
    slide: SlideId,
    body: &Value,
) -> Result<Answer, Box<dyn Error>> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = lab.post(&path(slide), body, &[]).await?;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Ok(answer);
        }
        assert_eq!(answer.header(header::RETRY_AFTER), "5");
        if Instant::now() > deadline {
            return Err(format!("still gathering: {}", answer.text()).into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
