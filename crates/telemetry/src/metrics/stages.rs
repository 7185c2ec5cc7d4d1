use flow::{SlideStatus, Stage, StageTiming};
use metrics::{counter, describe_counter, describe_histogram, histogram};

const SLIDES: &str = "coverslip_slides_total";
pub(super) const SECONDS: &str = "coverslip_stage_seconds";
const ERRORS: &str = "coverslip_errors_total";

/// From a small file to a whole slide on a slow machine.
pub(super) const BUCKETS: &[f64] = &[
    0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

/// What kept a step from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Whoever sent the slide is at fault: an empty body, a wrong digest, a connection that broke.
    Upload,
    /// Too many slides wait already.
    Full,
    /// The file is no slide that can be read.
    File,
    Storage,
    Catalog,
    Queue,
    /// A bug.
    Panic,
    /// The worker was killed each time.
    Killed,
    Other,
}

impl ErrorKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Full => "full",
            Self::File => "file",
            Self::Storage => "storage",
            Self::Catalog => "catalog",
            Self::Queue => "queue",
            Self::Panic => "panic",
            Self::Killed => "killed",
            Self::Other => "other",
        }
    }
}

/// Counts a slide that came to this state.
pub fn slide_reached(status: &SlideStatus) {
    counter!(SLIDES, "state" => status.name()).increment(1);
}

/// Measures a stage that is done.
pub fn record_stage(timing: StageTiming) {
    histogram!(SECONDS, "stage" => timing.stage.name()).record(timing.wall_s);
}

/// Counts a step that did not come to its end, whether or not it is tried again.
pub fn step_failed(stage: Stage, kind: ErrorKind) {
    counter!(ERRORS, "stage" => stage.name(), "kind" => kind.name()).increment(1);
}

pub(super) fn describe() {
    describe_counter!(SLIDES, "Slides that came to a state");
    describe_histogram!(SECONDS, "Seconds a stage took for one slide");
    describe_counter!(
        ERRORS,
        "Steps that failed, by stage and by what was at fault; each attempt counts"
    );
}
