//! The whole slide as one picture, and its tissue as a picture to lay over it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use flow::{PixelSize, SlideManifest, TissueMask};
use http::{ApiError, Path, Query};
use serde::Deserialize;
use telemetry::{TileMaking, TilePath};

use crate::error::TilesError;
use crate::palette_png;
use crate::state::TilesState;
use crate::view::View;
use http::EntityTag;
use http::Reply;

const MAX_WIDTH: u32 = 1024;
/// A long strip of glass is made narrower than asked for rather than higher than this.
const MAX_HEIGHT: u32 = 2048;
const JPEG_QUALITY: u8 = 85;

/// Glass clear, tissue a green that shows through.
const TISSUE_PALETTE: [[u8; 4]; 2] = [[0, 0, 0, 0], [0, 170, 110, 96]];

/// `?width=` in pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default = "default_width")]
    width: u32,
}

const fn default_width() -> u32 {
    512
}

pub(crate) async fn thumbnail(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let slide = state.slide(&id).await?;
    let size = asked.checked()?.size(slide.size());
    let tag = EntityTag::new(format_args!("{}-thumbnail-{}", slide.tag, size.width));
    let reply = Reply::immutable("image/jpeg", tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    let drawn = View::whole(&slide, size).render(&slide, |picture| {
        Ok(pyramid::encode_jpeg(&picture, JPEG_QUALITY)?)
    });
    let bytes = state
        .rendition(slide.id(), reply.tag(), TileMaking::Drawn, drawn)
        .await?;
    Ok(state.metrics.serve(TilePath::Thumbnail, reply.with(bytes)))
}

/// Has the size of the thumbnail of the same width.
pub(crate) async fn tissue(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let slide = state.slide(&id).await?;
    let size = asked.checked()?.size(slide.size());
    let tag = EntityTag::new(format_args!("{}-tissue-{}", slide.tag, size.width));
    let reply = Reply::immutable("image/png", tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    let entries = tissue_entries(slide.manifest().await?, size);
    let png = palette_png::encode(size, &entries, &TISSUE_PALETTE).map_err(TilesError::from)?;
    Ok(reply.with(png))
}

impl Asked {
    fn checked(self) -> Result<Self, TilesError> {
        if (1..=MAX_WIDTH).contains(&self.width) {
            return Ok(self);
        }
        Err(TilesError::ThumbnailSize {
            asked: self.width,
            most: MAX_WIDTH,
        })
    }

    /// In the slide's shape, and never larger than the slide.
    fn size(self, slide: PixelSize) -> PixelSize {
        let (width, height) = (f64::from(slide.width), f64::from(slide.height));
        let scale = (f64::from(self.width) / width)
            .min(f64::from(MAX_HEIGHT) / height)
            .min(1.0);
        let side = |length: f64| (length * scale).round().max(1.0) as u32;
        PixelSize::new(side(width), side(height))
    }
}

/// 1 where the centre of a pixel lies on tissue.
fn tissue_entries(slide: &SlideManifest, size: PixelSize) -> Vec<u8> {
    let mask: &TissueMask = &slide.tissue;
    let (width_um, height_um) = slide.size_um();
    let cells = |n_pixels: u32, length_um: f64| -> Vec<u32> {
        let cells_a_pixel = length_um / f64::from(n_pixels) / mask.cell_um();
        let cell = |pixel: u32| ((f64::from(pixel) + 0.5) * cells_a_pixel) as u32;
        (0..n_pixels).map(cell).collect()
    };
    let columns = cells(size.width, width_um);
    let rows = cells(size.height, height_um);
    rows.iter()
        .flat_map(|row| {
            columns
                .iter()
                .map(|column| u8::from(mask.is_tissue(*column, *row)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_keep_the_slides_shape() {
        let size = |width, slide| Asked { width }.size(slide);
        assert_eq!(
            size(512, PixelSize::new(20_480, 10_240)),
            PixelSize::new(512, 256)
        );
        assert_eq!(size(1024, PixelSize::new(100, 70)), PixelSize::new(100, 70));
        assert_eq!(
            size(1000, PixelSize::new(1000, 20_000)),
            PixelSize::new(102, 2048)
        );
        assert_eq!(size(10, PixelSize::new(4000, 1)), PixelSize::new(10, 1));
    }
}
