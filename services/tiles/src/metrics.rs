use ::metrics::{Counter, counter};

const TILES_TOTAL: &str = "coverslip_tiles_total";

/// How a tile came about. Drawn tiles cost about a hundred times more than the others, so a change
/// that makes all of them drawn must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TilePath {
    /// The stored frame, byte for byte.
    Passthrough,
    /// Decoded, cut or scaled, and compressed again.
    Drawn,
    /// Coloured from a heatmap's values.
    Heatmap,
}

/// Counters of this service; made once, because looking one up by name costs more than counting.
pub(crate) struct TilesMetrics {
    passthrough: Counter,
    drawn: Counter,
    heatmap: Counter,
}

impl TilesMetrics {
    /// The recorder must be installed before.
    pub(crate) fn new() -> Self {
        Self {
            passthrough: counter!(TILES_TOTAL, "path" => "passthrough"),
            drawn: counter!(TILES_TOTAL, "path" => "drawn"),
            heatmap: counter!(TILES_TOTAL, "path" => "heatmap"),
        }
    }

    pub(crate) fn count(&self, path: TilePath) {
        let counter = match path {
            TilePath::Passthrough => &self.passthrough,
            TilePath::Drawn => &self.drawn,
            TilePath::Heatmap => &self.heatmap,
        };
        counter.increment(1);
    }
}
