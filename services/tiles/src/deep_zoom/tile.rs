use axum::http::HeaderMap;
use axum::response::Response;
use flow::{PixelRect, TileIndex};

use super::DeepZoomLevel;
use crate::entity_tag::EntityTag;
use crate::error::TilesError;
use crate::metrics::TilePath;
use crate::reply::Reply;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use crate::view::View;

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
        state.metrics.count(TilePath::Passthrough);
        return Ok(reply.with(slide.reader.frame(number, index).await?));
    }
    state.metrics.count(TilePath::Drawn);
    let drawn = view(slide, level, rect).render(slide, |picture| {
        Ok(pyramid::encode_jpeg(&picture, JPEG_QUALITY)?)
    });
    let bytes = state.renditions.get(slide.id(), reply.tag(), drawn).await?;
    Ok(reply.with(bytes))
}

/// Where a level is stored at the size Deep Zoom expects, its pixels are taken as they are. Other
/// levels are brought to that size from the nearest larger one.
fn view(slide: &TiledSlide, level: DeepZoomLevel, rect: PixelRect) -> View {
    let image = &slide.deep_zoom;
    let expected = image.level_size(level).unwrap_or(image.size());
    let stored = image
        .pyramid_level(level)
        .and_then(|level| slide.reader.index().level(level))
        .map(|frames| frames.grid.level);
    let scale = match image.downsample(level) {
        Some(downsample) if stored == Some(expected) => [downsample as f64; 2],
        _ => [
            f64::from(image.size().width) / f64::from(expected.width),
            f64::from(image.size().height) / f64::from(expected.height),
        ],
    };
    View::scaled(rect, scale)
}
