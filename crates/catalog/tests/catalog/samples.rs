//! Rows to test with.

use coverslip_catalog::NewSlide;
use flow::{
    Call, DeviceKind, EncoderRef, FlowError, Prediction, RegulatoryStatus, Sha256Digest, SlideId,
    Stage, StageTiming, TaskRef,
};

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
    NewSlide {
        id: id(n),
        digest: Sha256Digest::of(&[n]),
        n_bytes: 1,
        file_name: None,
        mpp_override: None,
    }
}

pub(crate) fn prediction(
    slide: u8,
    version: &str,
    probability: f64,
) -> Result<Prediction, FlowError> {
    Ok(Prediction {
        slide: id(slide),
        pyramid: Sha256Digest::of(b"pyramid"),
        encoder: EncoderRef {
            name: "encoder".to_owned(),
            hash: Sha256Digest::of(b"encoder"),
        },
        encoder_terms: None,
        untrained_mpp: None,
        precision: None,
        head_precision: None,
        device: DeviceKind::Cpu,
        task: TaskRef {
            id: "phantom-tumour".parse()?,
            version: version.parse()?,
            hash: Sha256Digest::of(version.as_bytes()),
        },
        covariates: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        call: Call {
            label: "tumour".to_owned(),
            is_positive: probability >= 0.5,
        },
        probability,
        threshold: 0.5,
        grade: None,
        set: None,
        abstention: None,
        class_probabilities: Vec::new(),
        top_tiles: Vec::new(),
        n_instances: 12,
        evidence: None,
    })
}
