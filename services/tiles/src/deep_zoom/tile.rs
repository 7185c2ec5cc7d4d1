use axum::http::HeaderMap;
use axum::response::Response;
use flow::{PixelRect, TileIndex};
use telemetry::TileMaking;

use super::DeepZoomLevel;
use crate::error::TilesError;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use crate::view::View;
use http::EntityTag;
use http::Reply;

/// Of tiles that must be compressed once more; high, because they lie beside untouched ones.
const JPEG_QUALITY: u8 = 90;

/// Answers a tile. Most are the scanner's own bytes; those cut by the slide's edge, and levels
/// smaller than any stored, are drawn.
pub(crate) async fn reply(
    state: &TilesState,
    slide: &TiledSlide,
    level: DeepZoomLevel,
    index: TileIndex,
    headers: &HeaderMap,
) -> Result<Response, TilesError> {
    let no_such_tile = || TilesError::NoSuchTile(slide.id());
    let rect = slide
        .deep_zoom
        .rect(level, index)
        .ok_or_else(no_such_tile)?;
    let number = slide
        .deep_zoom
        .pyramid_level(level)
        .ok_or_else(no_such_tile)?;
    let TileIndex { column, row } = index;
    let tag = EntityTag::new(format_args!("{}-{}-{column}-{row}", slide.tag, level.0));
    let reply = Reply::immutable("image/jpeg", tag);
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    if slide.is_stored(level, index, rect) {
        state.metrics.made(TileMaking::Copied);
        return Ok(reply.with(slide.reader.frame(number, index).await?));
    }
    let drawn = view(slide, level, rect).render(slide, |picture| {
        Ok(pyramid::encode_jpeg_full_colour(&picture, JPEG_QUALITY)?)
    });
    let bytes = state
        .rendition(slide.id(), reply.tag(), TileMaking::Drawn, drawn)
        .await?;
    Ok(reply.with(bytes))
}

/// A stored level that differs by a pixel from the size Deep Zoom expects (scanners round down, Deep
/// Zoom up) is stretched by that pixel. Levels that are not stored are made from the whole slide.
fn view(slide: &TiledSlide, level: DeepZoomLevel, rect: PixelRect) -> View {
    let image = &slide.deep_zoom;
    let expected = image.level_size(level).unwrap_or(image.size());
    let stored = image
        .pyramid_level(level)
        .and_then(|level| slide.reader.index().level(level));
    let (size, downsample) = match (stored, image.downsample(level)) {
        (Some(frames), Some(downsample)) => (frames.grid.level, downsample as f64),
        _ => (image.size(), 1.0),
    };
    let scale = |from: u32, to: u32| downsample * f64::from(from) / f64::from(to);
    let across = scale(size.width, expected.width);
    let down = scale(size.height, expected.height);
    View::scaled(rect, [across, down])
}
