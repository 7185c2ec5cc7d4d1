//! Results and manifests to test with.

use bytes::Bytes;
use flow::{
    Abstention, Grade, Mpp, MppSource, ObjectKey, PixelSize, Prediction, Sha256Digest, SlideId,
    SlideManifest, SlideStatus, TissueMask,
};
use serde_json::{Value, json};

use crate::lab::{Failure, Lab};

/// The task's word for what it found.
pub(crate) const CANARY: &str = "tumour";

pub(crate) fn task_hash() -> Sha256Digest {
    Sha256Digest::of(b"1.0.0")
}

/// A result, graded if it is positive.
pub(crate) fn prediction(slide: SlideId, probability: f64) -> Result<Prediction, Failure> {
    let result = laboratory::prediction(slide, "1.0.0", probability)?;
    Ok(Prediction {
        grade: result.call.is_positive.then(|| Grade {
            scale: "isup".to_owned(),
            value: 3,
            expected: 2.9,
            exceedance: vec![0.9, 0.8, 0.7],
        }),
        ..result
    })
}

impl Lab {
    /// A slide with a result.
    pub(crate) async fn scored(&self, bytes: &[u8], probability: f64) -> Result<SlideId, Failure> {
        let id = self.slide(bytes, &SlideStatus::Scored).await?;
        let result = prediction(id, probability)?;
        self.deps.catalog.record_prediction(id, &result).await?;
        Ok(id)
    }

    /// A slide whose task gives no answer.
    pub(crate) async fn abstaining(&self, bytes: &[u8]) -> Result<SlideId, Failure> {
        let id = self.slide(bytes, &SlideStatus::Scored).await?;
        let result = Prediction {
            abstention: Some(Abstention::Uncertain { n_labels: 2 }),
            ..prediction(id, 0.5)?
        };
        self.deps.catalog.record_prediction(id, &result).await?;
        Ok(id)
    }

    /// Makes a slide look tiled: 1,000 x 500 pixels.
    pub(crate) async fn store_manifest(&self, slide: SlideId) -> Result<(), Failure> {
        let manifest = SlideManifest {
            slide,
            original: Sha256Digest::of(b"original"),
            pyramid: Sha256Digest::of(b"pyramid"),
            format: "aperio".to_owned(),
            scanner: None,
            mpp: Mpp::new(0.5)?,
            mpp_source: MppSource::File,
            objective_power: None,
            size: PixelSize::new(1_000, 500),
            tile: PixelSize::new(256, 256),
            levels: Vec::new(),
            associated: Vec::new(),
            deidentification: None,
            icc: None,
            tissue: TissueMask::new(8.0, 1, 1, vec![true])?,
            uids: None,
        };
        let bytes = Bytes::from(serde_json::to_vec(&manifest)?);
        let key = ObjectKey::SlideManifest(slide);
        Ok(self.deps.store.put(&key, bytes).await?)
    }

    /// Puts a slide in a case; the case's id.
    pub(crate) async fn in_case(&self, slide: SlideId, accession: &str) -> Result<String, Failure> {
        let path = format!("/api/v1/slides/{slide}/case");
        let body = json!({ "accession": accession, "block": "A1", "stain": "H&E" });
        let (status, case) = self.ask(catalog::Role::Lis, "PUT", &path, body).await?;
        assert_eq!(status, 200, "{case}");
        Ok(case["id"].as_str().ok_or("a case")?.to_owned())
    }
}

pub(crate) fn impression() -> Value {
    json!({ "kind": "impression", "impression": "suspicious" })
}

pub(crate) fn accept() -> Value {
    json!({ "kind": "accept", "task": "phantom-tumour", "task_hash": task_hash() })
}

pub(crate) fn override_to(label: &str, is_positive: bool) -> Value {
    json!({
        "kind": "override",
        "task": "phantom-tumour",
        "task_hash": task_hash(),
        "finding": { "call": { "label": label, "is_positive": is_positive } },
        "reason": "false_positive",
        "text": "crush artefact",
    })
}
