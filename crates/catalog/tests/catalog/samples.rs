//! Rows to test with.

use coverslip_catalog::NewSlide;
use flow::{FlowError, Prediction, Sha256Digest, SlideId, Stage, StageTiming};

pub(crate) fn id(n: u8) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(&[n]))
}

pub(crate) fn timing(stage: Stage, wall_s: f64) -> StageTiming {
    StageTiming {
        busy_s: Some(wall_s / 2.0),
        ..StageTiming::of_wall(stage, wall_s)
    }
}

pub(crate) fn new_slide(n: u8) -> NewSlide {
    NewSlide::of(Sha256Digest::of(&[n]), 1)
}

pub(crate) fn prediction(
    slide: u8,
    version: &str,
    probability: f64,
) -> Result<Prediction, FlowError> {
    laboratory::prediction(id(slide), version, probability)
}
