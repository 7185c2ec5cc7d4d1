//! The heatmap of a slide that is still being embedded.

use axum::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{NewSlide, ScoredChunk, TileScore};
use flow::{
    BagHeader, DeviceKind, EncoderRef, Instance, Mpp, ObjectKey, Precision, ResultName,
    Sha256Digest, SlideId, SlideStatus,
};
use http::{FirstReadRule, Role};

use crate::lab::{Lab, TestResult};

const TILE_UM: f64 = 112.0;

/// A slide of which two of three chunks of two tiles are scored, the later one first.
async fn in_work(lab: &Lab) -> Result<SlideId, Box<dyn std::error::Error>> {
    let digest = Sha256Digest::of(b"slide");
    let slide = SlideId::from_digest(&digest);
    let new = NewSlide::of(digest, 5);
    lab.catalog.register(new).await?;
    lab.catalog.set_status(slide, &SlideStatus::Tiled).await?;
    let result = ResultName {
        encoder: digest,
        task: "phantom-tumour".parse()?,
        version: "1.0.0".parse()?,
        covariates: None,
    };
    let plan = BagHeader {
        slide,
        pyramid: digest,
        encoder: EncoderRef {
            name: "encoder".to_owned(),
            hash: digest,
        },
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: 384,
        mpp: Mpp::new(0.5)?,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um: TILE_UM,
        columns: 3,
        rows: 2,
        n_instances: 6,
        chunks: Vec::new(),
    };
    let key = ObjectKey::BagPlan(slide, digest);
    lab.store
        .put(&key, serde_json::to_vec(&plan)?.into())
        .await?;
    for (chunk, values) in [(2, [0.7, 0.9]), (0, [0.1, 0.2])] {
        let tiles: Vec<TileScore> = (2 * chunk..)
            .map(f64::from)
            .zip(values)
            .map(|(cell, probability)| TileScore {
                at: Instance {
                    x_um: (cell % 3.0) * TILE_UM,
                    y_um: (cell / 3.0).floor() * TILE_UM,
                },
                probability,
            })
            .collect();
        let scored = ScoredChunk {
            slide,
            result: result.clone(),
            chunk,
        };
        lab.catalog.note_tile_scores(&scored, &tiles).await?;
    }
    Ok(slide)
}

fn path(slide: SlideId) -> String {
    format!("/api/v1/slides/{slide}/heatmaps/so-far.json")
}

#[tokio::test]
async fn shows_the_tiles_that_are_there_and_how_many_are_to_come() -> TestResult {
    let lab = Lab::open().await?;
    let slide = in_work(&lab).await?;
    let answer = lab.fetch(&path(slide)).await?;
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    let layer = &answer.json()?["layers"][0];
    assert_eq!(
        (&layer["task"], &layer["layer"]),
        (&"phantom-tumour".into(), &"tile".into())
    );
    assert_eq!((&layer["n_tiles"], &layer["n_all"]), (&4.into(), &6.into()));
    assert_eq!((&layer["columns"], &layer["rows"]), (&3.into(), &2.into()));
    let bytes = STANDARD.decode(layer["values"].as_str().ok_or("values")?)?;
    let (values, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect();
    assert_eq!(
        (values[0], values[1], values[4], values[5]),
        (0.1, 0.2, 0.7, 0.9)
    );
    assert!(values[2].is_nan() && values[3].is_nan(), "{values:?}");
    Ok(())
}

#[tokio::test]
async fn shows_nothing_once_the_slide_has_gone_on() -> TestResult {
    let lab = Lab::open().await?;
    let slide = in_work(&lab).await?;
    lab.catalog
        .set_status(slide, &SlideStatus::Embedded)
        .await?;
    let answer = lab.fetch(&path(slide)).await?.json()?;
    assert_eq!(answer, serde_json::json!({ "layers": [] }));
    let nobody = SlideId::from_digest(&Sha256Digest::of(b"another"));
    lab.get(&path(nobody))
        .await?
        .problem(StatusCode::NOT_FOUND)?;
    Ok(())
}

#[tokio::test]
async fn shows_nothing_before_the_first_read() -> TestResult {
    let lab = Lab::open_with(FirstReadRule::Required).await?;
    let slide = in_work(&lab).await?;
    let token = lab
        .access
        .issue_token("Dr. Gram", &[Role::Pathologist])
        .await?;
    let bearer = format!("Bearer {}", token.reveal());
    let answer = lab.ask(&path(slide), &[("authorization", &bearer)]).await?;
    let detail = answer.problem(StatusCode::FORBIDDEN)?;
    assert!(detail.contains("record your impression"), "{detail}");
    Ok(())
}
