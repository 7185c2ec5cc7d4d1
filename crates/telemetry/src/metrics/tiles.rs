use metrics::{Counter, counter, describe_counter};

const SERVED: &str = "coverslip_tiles_served_total";
const MADE: &str = "coverslip_tiles_made_total";

/// By which way a picture went to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TilePath {
    DeepZoom,
    Iiif,
    Heatmap,
    Thumbnail,
    /// Given again from memory, whichever way it went first; the viewer's own files are among them.
    Memory,
}

/// How a picture came about. Drawn ones cost about a hundred times more than the others, so a change
/// that makes all of them drawn must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileMaking {
    /// The stored frame, byte for byte.
    Copied,
    /// Decoded, cut or scaled, and compressed again.
    Drawn,
    /// From a heatmap's values.
    Coloured,
}

/// The counter of pictures that went this way, to be kept: looking it up costs more than counting.
pub fn tiles_served(path: TilePath) -> Counter {
    let path = match path {
        TilePath::DeepZoom => "deep_zoom",
        TilePath::Iiif => "iiif",
        TilePath::Heatmap => "heatmap",
        TilePath::Thumbnail => "thumbnail",
        TilePath::Memory => "memory",
    };
    counter!(SERVED, "path" => path)
}

/// The counter of pictures made this way, to be kept.
pub fn tiles_made(how: TileMaking) -> Counter {
    let how = match how {
        TileMaking::Copied => "copied",
        TileMaking::Drawn => "drawn",
        TileMaking::Coloured => "coloured",
    };
    counter!(MADE, "how" => how)
}

pub(super) fn describe() {
    describe_counter!(
        SERVED,
        "Tiles and other pictures sent to viewers, by the way they went; memory: given again \
         without asking the part that made them"
    );
    describe_counter!(
        MADE,
        "Tiles and other pictures by how they came about: copied from storage, drawn from pixels, \
         coloured from a heatmap"
    );
}
