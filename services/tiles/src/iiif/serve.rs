use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use flow::SlideId;
use http::ApiError;
use telemetry::{TileMaking, TilePath};

use super::information::{Information, MediaType};
use super::resolve::Resolved;
use super::{IiifItem, IiifPath, picture};
use crate::deep_zoom::tile;
use crate::error::TilesError;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use crate::view::View;
use http::EntityTag;
use http::Origin;
use http::Reply;

pub(crate) const PREFIX: &str = "/iiif/3/";

/// Answers everything below [`PREFIX`].
pub(crate) async fn serve(
    State(state): State<Arc<TilesState>>,
    request: Request,
) -> Result<Response, ApiError> {
    let path = request.uri().path().strip_prefix(PREFIX);
    let path = path.and_then(IiifPath::parse);
    let path = path.ok_or(TilesError::NoSuchAddress)?;
    let slide = state.slides.get(path.slide).await?;
    let headers = request.headers();
    match path.item.map_err(TilesError::from)? {
        IiifItem::Base => {
            let information = format!("{}/info.json", base_uri(headers, path.slide));
            Ok(Redirect::to(&information).into_response())
        }
        IiifItem::Information => Ok(describe(&slide, headers)?),
        IiifItem::Image(asked) => {
            let asked = asked.resolve(slide.size()).map_err(TilesError::from)?;
            let image = image(&state, &slide, asked, headers).await?;
            Ok(state.metrics.serve(TilePath::Iiif, image))
        }
    }
}

fn base_uri(headers: &HeaderMap, slide: SlideId) -> String {
    format!("{}{PREFIX}{slide}", Origin::of(headers))
}

fn describe(slide: &TiledSlide, headers: &HeaderMap) -> Result<Response, TilesError> {
    let id = base_uri(headers, slide.id());
    let media_type = MediaType::accepted(headers);
    // The document names its own address and comes in two media types.
    let salt = flow::Sha256Digest::of(format!("{id} {media_type:?}").as_bytes());
    let tag = EntityTag::new(format_args!("{}-info-{}", slide.tag, salt.short()));
    let reply = Reply::revalidated(media_type.content_type(), tag).varying_by_accept();
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    let information = Information::new(id, &slide.deep_zoom);
    Ok(reply.with(serde_json::to_string(&information)?))
}

async fn image(
    state: &TilesState,
    slide: &TiledSlide,
    asked: Resolved,
    headers: &HeaderMap,
) -> Result<Response, TilesError> {
    if let Some((level, index)) = asked.as_tile(&slide.deep_zoom) {
        return tile::reply(state, slide, level, index, headers).await;
    }
    let reply = Reply::immutable(asked.format.content_type(), tag(slide, &asked));
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    let Resolved {
        rotation,
        quality,
        format,
        ..
    } = asked;
    let drawn = View::of(asked.region, asked.size).render(slide, move |pixels| {
        picture::finish(&pixels, rotation, quality, format)
    });
    let bytes = state
        .rendition(slide.id(), reply.tag(), TileMaking::Drawn, drawn)
        .await?;
    Ok(reply.with(bytes))
}

fn tag(slide: &TiledSlide, asked: &Resolved) -> EntityTag {
    let (region, size) = (asked.region, asked.size);
    EntityTag::new(format_args!(
        "{}-{}_{}_{}_{}-{}_{}-{}-{}.{}",
        slide.tag,
        region.x,
        region.y,
        region.width,
        region.height,
        size.width,
        size.height,
        asked.rotation,
        asked.quality,
        asked.format
    ))
}
