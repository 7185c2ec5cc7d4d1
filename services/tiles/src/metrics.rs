use axum::http::StatusCode;
use axum::response::Response;
use telemetry::{Counter, TileMaking, TilePath, tiles_made, tiles_served};

/// Counters of this service; made once, because looking one up by name costs more than counting.
pub(crate) struct TilesMetrics {
    served: [(TilePath, Counter); 4],
    made: [(TileMaking, Counter); 3],
}

impl TilesMetrics {
    /// The recorder must be installed before.
    pub(crate) fn new() -> Self {
        let paths = [
            TilePath::DeepZoom,
            TilePath::Iiif,
            TilePath::Heatmap,
            TilePath::Thumbnail,
        ];
        let ways = [TileMaking::Copied, TileMaking::Drawn, TileMaking::Coloured];
        Self {
            served: paths.map(|path| (path, tiles_served(path))),
            made: ways.map(|how| (how, tiles_made(how))),
        }
    }

    /// Counts a picture that goes out, and not the news that the viewer has it already.
    pub(crate) fn serve(&self, path: TilePath, response: Response) -> Response {
        if response.status() == StatusCode::OK {
            count(&self.served, path);
        }
        response
    }

    pub(crate) fn made(&self, how: TileMaking) {
        count(&self.made, how);
    }
}

fn count<Name: PartialEq>(counters: &[(Name, Counter)], name: Name) {
    let counter = counters.iter().find(|(counted, _)| *counted == name);
    if let Some((_, counter)) = counter {
        counter.increment(1);
    }
}
