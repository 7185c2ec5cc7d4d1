use flow::TileIndex;

use crate::deep_zoom::{DeepZoomLevel, parse_level, parse_tile_index};
use crate::error::TilesError;

/// As what a whole layer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayerFile {
    /// Its values, for a page that colours them itself.
    Json,
    /// A picture of one pixel a cell.
    Png,
}

impl LayerFile {
    /// `{layer}.json` or `{layer}.png`, and the layer's name before it.
    pub(crate) fn parse(file: &str) -> Result<(&str, Self), TilesError> {
        match file.rsplit_once('.') {
            Some((layer, "json")) => Ok((layer, Self::Json)),
            Some((layer, "png")) => Ok((layer, Self::Png)),
            _ => Err(TilesError::NoSuchAddress),
        }
    }
}

/// `{level}` and `{column}_{row}.png`, in the slide's own Deep Zoom levels.
pub(crate) fn parse_layer_tile(
    level: &str,
    file: &str,
) -> Result<(DeepZoomLevel, TileIndex), TilesError> {
    let index = file.strip_suffix(".png").and_then(parse_tile_index);
    let place = parse_level(level).zip(index);
    place.ok_or(TilesError::NoSuchAddress)
}
