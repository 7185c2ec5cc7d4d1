//! Every metric there is. Labels take few values, and none says anything about a patient.

use flow::{SlideStatus, Stage, StageTiming};
use metrics::{Counter, counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::TelemetryError;

const TILES_SERVED: &str = "coverslip_tiles_served_total";
const SLIDES: &str = "coverslip_slides_total";
const STAGE_SECONDS: &str = "coverslip_stage_seconds";
const STAGE_FAILURES: &str = "coverslip_stage_failures_total";

/// From a small file to a whole slide on a slow machine.
const STAGE_BUCKETS: [f64; 12] = [
    0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

/// All metrics of this process, to be shown at `/metrics`. Clones are cheap.
#[derive(Clone)]
pub struct Metrics {
    prometheus: PrometheusHandle,
}

impl Metrics {
    pub(crate) fn install() -> Result<Self, TelemetryError> {
        let stages = Matcher::Full(STAGE_SECONDS.to_owned());
        let prometheus = PrometheusBuilder::new()
            .set_buckets_for_metric(stages, &STAGE_BUCKETS)?
            .install_recorder()?;
        describe();
        Ok(Self { prometheus })
    }

    /// In Prometheus' text format, version 0.0.4.
    pub fn render(&self) -> String {
        self.prometheus.render()
    }

    /// Tidies up what was measured since; to be called every few seconds.
    pub fn run_upkeep(&self) {
        self.prometheus.run_upkeep();
    }
}

/// How a tile was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// The stored frame, as it is.
    Frame,
    /// Cut or scaled from stored frames.
    Rendered,
    Heatmap,
}

/// The counter of tiles of one kind, to be kept: fetching it costs more than counting.
pub fn tiles_served(kind: TileKind) -> Counter {
    let kind = match kind {
        TileKind::Frame => "frame",
        TileKind::Rendered => "rendered",
        TileKind::Heatmap => "heatmap",
    };
    counter!(TILES_SERVED, "kind" => kind)
}

/// Counts a slide that came to this state.
pub fn slide_reached(status: &SlideStatus) {
    counter!(SLIDES, "state" => status.name()).increment(1);
}

/// Measures a stage that is done.
pub fn record_stage(timing: StageTiming) {
    histogram!(STAGE_SECONDS, "stage" => timing.stage.name()).record(timing.wall_s);
}

/// Counts a stage that failed and will be tried again.
pub fn stage_failed(stage: Stage) {
    counter!(STAGE_FAILURES, "stage" => stage.name()).increment(1);
}

fn describe() {
    describe_counter!(TILES_SERVED, "Tiles sent to viewers, by how they were made");
    describe_counter!(SLIDES, "Slides that came to a state");
    describe_histogram!(STAGE_SECONDS, "Seconds a stage took for one slide");
    describe_counter!(STAGE_FAILURES, "Stages that failed and are tried again");
}
