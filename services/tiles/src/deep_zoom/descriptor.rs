use flow::SlideId;
use serde::Serialize;

use super::DeepZoom;

const NAMESPACE: &str = "http://schemas.microsoft.com/deepzoom/2008";

/// The Deep Zoom description (`.dzi`).
pub(crate) fn xml(image: &DeepZoom) -> String {
    let size = image.size();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Image xmlns=\"{NAMESPACE}\" Format=\"jpeg\" Overlap=\"0\" TileSize=\"{}\">\n\
         \x20 <Size Width=\"{}\" Height=\"{}\"/>\n\
         </Image>\n",
        image.tile(),
        size.width,
        size.height
    )
}

/// The same as JSON, with the tiles' place in it, as OpenSeadragon takes it.
pub(crate) fn json(slide: SlideId, image: &DeepZoom) -> Description {
    let size = image.size();
    Description {
        image: ImageDescription {
            xmlns: NAMESPACE,
            url: format!("/slides/{slide}_files/"),
            format: "jpeg",
            overlap: 0,
            tile_size: image.tile(),
            size: SizeDescription {
                width: size.width,
                height: size.height,
            },
        },
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Description {
    image: ImageDescription,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImageDescription {
    #[serde(rename = "xmlns")]
    xmlns: &'static str,
    url: String,
    format: &'static str,
    overlap: u32,
    tile_size: u32,
    size: SizeDescription,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SizeDescription {
    width: u32,
    height: u32,
}
