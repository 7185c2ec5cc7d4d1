use axum::http::{HeaderMap, header};
use serde::Serialize;

use super::size::MAX_SIDE;
use crate::deep_zoom::{DeepZoom, DeepZoomLevel};

/// The image information document (Image API 3.0 section 5).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Information {
    #[serde(rename = "@context")]
    context: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    protocol: &'static str,
    /// Everything of level 2 but CORS: only our own pages may ask with a person's session.
    profile: &'static str,
    width: u32,
    height: u32,
    max_width: u32,
    max_height: u32,
    sizes: Vec<Sides>,
    tiles: [Tiles; 1],
    extra_features: [&'static str; 2],
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Sides {
    width: u32,
    height: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tiles {
    width: u32,
    height: u32,
    scale_factors: Vec<u64>,
}

/// What the document is sent as (section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    Json,
    LinkedData,
}

impl MediaType {
    /// Linked data where the client names it.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let names_it = |text: &str| text.contains("application/ld+json");
        let mut accepted = headers.get_all(header::ACCEPT).iter();
        if accepted.any(|value| value.to_str().is_ok_and(names_it)) {
            Self::LinkedData
        } else {
            Self::Json
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::LinkedData => {
                "application/ld+json;profile=\"http://iiif.io/api/image/3/context.json\""
            }
        }
    }
}

impl Information {
    /// `id` is the base URI under which the image is served.
    pub(crate) fn new(id: String, image: &DeepZoom) -> Self {
        let size = image.size();
        Self {
            context: "http://iiif.io/api/image/3/context.json",
            id,
            kind: "ImageService3",
            protocol: "http://iiif.io/api/image",
            profile: "level2",
            width: size.width,
            height: size.height,
            max_width: MAX_SIDE,
            max_height: MAX_SIDE,
            sizes: sizes(image),
            tiles: [Tiles {
                width: image.tile(),
                height: image.tile(),
                scale_factors: tiled_levels(image)
                    .filter_map(|level| image.downsample(level))
                    .collect(),
            }],
            extra_features: ["mirroring", "sizeUpscaling"],
        }
    }
}

/// Whole images that cost little: the levels within the limits, small ones first.
fn sizes(image: &DeepZoom) -> Vec<Sides> {
    let mut sizes: Vec<Sides> = tiled_levels(image)
        .filter_map(|level| image.level_size(level))
        .filter(|size| size.width.max(size.height) <= MAX_SIDE)
        .map(|size| Sides {
            width: size.width,
            height: size.height,
        })
        .collect();
    sizes.reverse();
    sizes
}

/// The levels from the full resolution down to the first that is a single tile.
fn tiled_levels(image: &DeepZoom) -> impl Iterator<Item = DeepZoomLevel> {
    let levels = (0..=image.top_level().0).map(DeepZoomLevel);
    let is_one_tile = |level: &DeepZoomLevel| {
        image
            .level_size(*level)
            .is_some_and(|size| size.width.max(size.height) <= image.tile())
    };
    let coarsest = levels.clone().rfind(is_one_tile);
    levels
        .rev()
        .take_while(move |level| coarsest.is_none_or(|coarsest| level.0 >= coarsest.0))
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    #[test]
    fn the_document_says_what_the_specification_asks() -> Result<(), serde_json::Error> {
        let image = DeepZoom::new(PixelSize::new(20_480, 10_240), 256);
        let document = Information::new("http://host/iiif/3/x".to_owned(), &image);
        let value = serde_json::to_value(&document)?;
        assert_eq!(value["@context"], "http://iiif.io/api/image/3/context.json");
        assert_eq!(value["type"], "ImageService3");
        assert_eq!(value["width"], 20_480);
        assert_eq!(value["maxWidth"], 4096);
        assert_eq!(value["tiles"][0]["width"], 256);
        assert_eq!(
            value["tiles"][0]["scaleFactors"],
            serde_json::json!([1, 2, 4, 8, 16, 32, 64, 128])
        );
        assert_eq!(
            value["sizes"][0],
            serde_json::json!({"width": 160, "height": 80})
        );
        let sizes = value["sizes"].as_array().map(Vec::len);
        assert_eq!(sizes, Some(5));
        Ok(())
    }
}
