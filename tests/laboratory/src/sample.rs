use flow::{
    Call, DeviceKind, EncoderRef, FlowError, Prediction, RegulatoryStatus, Sha256Digest, SlideId,
    TaskRef,
};

/// A result of this version of `phantom-tumour`, called by this probability; without a grade.
pub fn prediction(
    slide: SlideId,
    version: &str,
    probability: f64,
) -> Result<Prediction, FlowError> {
    let is_positive = probability >= 0.5;
    let label = if is_positive { "tumour" } else { "benign" };
    Ok(Prediction {
        slide,
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
            label: label.to_owned(),
            is_positive,
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
