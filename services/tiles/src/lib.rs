//! Serves tiles, thumbnails, heatmaps and maps of quality, and the viewer itself.
//!
//! Nothing here writes but to the audit trail: every picture follows from stored objects that never
//! change, so each has an entity tag made from their hashes and browsers keep what they have.

mod deep_zoom;
mod error;
mod heatmaps;
mod iiif;
mod metrics;
mod overview;
mod palette_png;
mod quality;
mod renditions;
mod similar;
mod state;
mod stored_parts;
mod tiled_slide;
mod view;
mod viewer_app;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub use similar::{IndexConfig, SearchConfig, TextSearch};
pub use state::TilesState;

/// All routes of this service: `/slides`, `/iiif`, parts of `/api/v1/slides/{id}`, and the web app.
pub fn router(state: TilesState) -> Router {
    Router::new()
        .route("/slides/{*path}", get(deep_zoom::serve))
        .route("/iiif/3/{*path}", get(iiif::serve))
        .nest("/api/v1/slides/{id}", of_one_slide())
        .route("/", get(viewer_app::serve))
        .route("/assets/{*path}", get(viewer_app::serve))
        .with_state(Arc::new(state))
}

fn of_one_slide() -> Router<Arc<TilesState>> {
    Router::new()
        .route("/thumbnail", get(overview::thumbnail))
        .route("/tissue.png", get(overview::tissue))
        .route("/manifest", get(stored_parts::manifest))
        .route("/icc", get(stored_parts::icc))
        .route("/associated/{name}", get(stored_parts::associated))
        .route("/similar", get(similar::searchable).post(similar::search))
        .route("/quality", get(quality::overview))
        .route("/quality/{file}", get(quality::layer))
        .route("/quality/{layer}/{level}/{tile}", get(quality::tile))
        .route("/heatmaps/so-far.json", get(heatmaps::so_far))
        .route("/heatmaps/{task}/{file}", get(heatmaps::layer))
        .route(
            "/heatmaps/{task}/{layer}/{level}/{tile}",
            get(heatmaps::tile),
        )
}
