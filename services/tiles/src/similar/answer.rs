use flow::{BagHeader, EncoderRef, MicrometreRect, Mpp, PixelRect, PixelSize, Precision, SlideId};
use serde::Serialize;
use similarity::TileHit;

use super::error::SimilarError;
use super::indexed::Extent;
use super::request::Scope;
use crate::state::TilesState;

/// Longer side of a hit's picture, in pixels.
const PICTURE_PX: u32 = 224;

/// What was found, and in what.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    slide: SlideId,
    scope: Scope,
    encoder: EncoderRef,
    precision: Precision,
    method: Method,
    /// How many tiles the query is the mean of; `null` of a text.
    query_tiles: Option<usize>,
    searched: Searched,
    /// The most similar first.
    hits: Vec<Hit>,
}

/// How tiles were compared.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    /// With every tile that was searched.
    Exact,
    /// By an index, which may miss a hit.
    Approximate,
}

#[derive(Debug, Serialize)]
struct Searched {
    tiles: u64,
    /// All that the slides have; more where they are too many to be searched.
    of_tiles: u64,
    slides: usize,
    of_slides: usize,
}

#[derive(Debug, Serialize)]
struct Hit {
    slide: SlideId,
    /// x, y, width and height in pixels of level 0.
    rect: [u32; 4],
    rect_um: MicrometreRect,
    /// The cosine.
    similarity: f32,
    /// Where the tile is shown, by IIIF.
    picture: String,
}

/// What was found.
pub(super) struct Found {
    pub(super) hits: Vec<TileHit<SlideId>>,
    pub(super) method: Method,
    pub(super) extent: Extent,
}

impl Answer {
    pub(super) async fn of(
        state: &TilesState,
        bag: &BagHeader,
        scope: Scope,
        query_tiles: Option<usize>,
        found: Found,
    ) -> Result<Self, SimilarError> {
        let mut hits = Vec::with_capacity(found.hits.len());
        for hit in &found.hits {
            let slide = state.slides.get(hit.slide).await?;
            let mpp = slide.manifest().await?.mpp;
            hits.push(Hit::of(hit, mpp, slide.size()));
        }
        let Extent {
            n_tiles,
            of_tiles,
            n_slides,
            of_slides,
        } = found.extent;
        Ok(Self {
            slide: bag.slide,
            scope,
            encoder: bag.encoder.clone(),
            precision: bag.precision,
            method: found.method,
            query_tiles,
            searched: Searched {
                tiles: n_tiles,
                of_tiles,
                slides: n_slides,
                of_slides,
            },
            hits,
        })
    }
}

impl Hit {
    fn of(hit: &TileHit<SlideId>, base: Mpp, size: PixelSize) -> Self {
        let slide = hit.slide;
        let PixelRect {
            x,
            y,
            width,
            height,
        } = on_slide(hit.rect.in_pixels(base), size);
        Self {
            slide,
            rect: [x, y, width, height],
            rect_um: hit.rect,
            similarity: hit.similarity,
            picture: format!(
                "/iiif/3/{slide}/{x},{y},{width},{height}/!{PICTURE_PX},{PICTURE_PX}/0/default.jpg"
            ),
        }
    }
}

/// The whole pixels that a tile covers. A tile may hang over the edge of its slide.
fn on_slide([x, y, width, height]: [f64; 4], size: PixelSize) -> PixelRect {
    let span = |start: f64, length: f64, most: u32| {
        let start_px = (start.round().max(0.0) as u32).min(most.saturating_sub(1));
        let end_px = ((start + length).round().max(0.0) as u32).clamp(start_px + 1, most.max(1));
        (start_px, end_px - start_px)
    };
    let (x, width) = span(x, width, size.width);
    let (y, height) = span(y, height, size.height);
    PixelRect {
        x,
        y,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_stays_on_the_slide() {
        let size = PixelSize::new(701, 533);
        let rect = |part| {
            let PixelRect {
                x,
                y,
                width,
                height,
            } = on_slide(part, size);
            [x, y, width, height]
        };
        assert_eq!(rect([199.6, 0.0, 200.2, 200.0]), [200, 0, 200, 200]);
        assert_eq!(rect([600.0, 400.0, 200.0, 200.0]), [600, 400, 101, 133]);
        assert_eq!(rect([700.9, 533.0, 10.0, 10.0]), [700, 532, 1, 1]);
    }
}
