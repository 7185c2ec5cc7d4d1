use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use http::ApiError;
use telemetry::TilePath;

use super::{DeepZoomItem, DeepZoomPath, DescriptorFormat, descriptor, tile};
use crate::error::TilesError;
use crate::state::TilesState;
use crate::tiled_slide::TiledSlide;
use http::EntityTag;
use http::Reply;

pub(crate) const PREFIX: &str = "/slides/";

/// Answers everything below [`PREFIX`].
pub(crate) async fn serve(
    State(state): State<Arc<TilesState>>,
    request: Request,
) -> Result<Response, ApiError> {
    let path = request.uri().path().strip_prefix(PREFIX);
    let path = path.and_then(DeepZoomPath::parse);
    let path = path.ok_or(TilesError::NoSuchAddress)?;
    let slide = state.slides.get(path.slide).await?;
    let headers = request.headers();
    match path.item {
        DeepZoomItem::Tile(level, index) => {
            let tile = tile::reply(&state, &slide, level, index, headers).await?;
            Ok(state.metrics.serve(TilePath::DeepZoom, tile))
        }
        DeepZoomItem::Descriptor(format) => Ok(describe(&slide, format, headers)?),
    }
}

fn describe(
    slide: &TiledSlide,
    format: DescriptorFormat,
    headers: &HeaderMap,
) -> Result<Response, TilesError> {
    let image = &slide.deep_zoom;
    let (name, content_type, body) = match format {
        DescriptorFormat::Xml => ("dzi", "application/xml", descriptor::xml(image)),
        DescriptorFormat::Json => {
            let description = descriptor::json(slide.id(), image);
            (
                "dzi-json",
                "application/json",
                serde_json::to_string(&description)?,
            )
        }
    };
    let tag = EntityTag::new(format_args!("{}-{name}", slide.tag));
    let reply = Reply::revalidated(content_type, tag);
    Ok(reply.if_held(headers).unwrap_or_else(|| reply.with(body)))
}
