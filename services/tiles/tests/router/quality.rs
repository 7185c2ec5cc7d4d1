//! The quality of a slide's tiles: values, pictures, and what is told of a slide without it.

use std::error::Error;

use axum::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::{
    Heatmap, ObjectKey, QualityLayer, QualityLayerRef, QualityLimits, QualityRecord,
    QualitySummary, Sha256Digest, TileQuality,
};
use http::{FirstReadRule, Role};

use crate::heatmaps::scored_in;
use crate::lab::{Lab, TestResult};
use crate::painted::{Painted, SQUARE};
use crate::png_pixels::Rgba;

/// 100 um are 200 pixels of the painted slide.
const CELL_UM: f64 = 100.0;
const COLUMNS: u32 = 4;
const ROWS: u32 = 3;

/// Blur rises by 0.15 um from tile to tile; the last three lie under a pen.
fn tiles() -> Vec<TileQuality> {
    let tile = |at: u32| TileQuality {
        blur_um: (at > 0).then_some(at as f32 * 0.15),
        pen: Some(if at < 9 { 0.0 } else { 0.5 }),
        fold: Some(0.0),
        coverage: 0.75,
    };
    (0..COLUMNS * ROWS).map(tile).collect()
}

/// Stores what the worker would have; `encoder` is that of the results of these tests.
async fn measured(lab: &Lab, painted: &Painted, encoder: Sha256Digest) -> TestResult {
    let (tiles, limits) = (tiles(), QualityLimits::default());
    let mut layers = Vec::new();
    for layer in QualityLayer::ALL {
        let heatmap = Heatmap {
            cell_um: CELL_UM,
            columns: COLUMNS,
            rows: ROWS,
            values: tiles
                .iter()
                .map(|tile| tile.value(layer, &limits))
                .collect(),
        };
        let bytes = heatmap.encode();
        layers.push(QualityLayerRef {
            layer,
            sha256: Sha256Digest::of(&bytes),
        });
        let key = ObjectKey::QualityLayer(painted.slide, encoder, layer);
        lab.store.put(&key, bytes.into()).await?;
    }
    let record = QualityRecord {
        slide: painted.slide,
        pyramid: painted.manifest.pyramid,
        encoder,
        limits,
        summary: QualitySummary::of(&tiles, &limits),
        layers,
    };
    let key = ObjectKey::Quality(painted.slide, encoder);
    lab.store
        .put(&key, serde_json::to_vec(&record)?.into())
        .await?;
    Ok(())
}

fn encoder() -> Sha256Digest {
    Sha256Digest::of(b"encoder")
}

async fn with_quality() -> Result<(Lab, String), Box<dyn Error>> {
    let (lab, painted, _) = scored_in(Lab::open().await?).await?;
    measured(&lab, &painted, encoder()).await?;
    Ok((lab, format!("/api/v1/slides/{}/quality", painted.slide)))
}

#[tokio::test]
async fn the_layers_come_with_their_units_limits_and_figures() -> TestResult {
    let (lab, base) = with_quality().await?;
    let answer = lab.fetch(&base).await?;
    assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-cache");
    let json = answer.json()?;
    assert_eq!(json["encoder"], encoder().to_string());
    let layers = json["layers"].as_array().ok_or("layers")?;
    let names: Vec<_> = layers
        .iter()
        .filter_map(|one| one["layer"].as_str())
        .collect();
    assert_eq!(names, QualityLayer::ALL.map(QualityLayer::name));
    assert_eq!(layers[0]["unit"], "micrometres");
    let limit = layers[0]["limit"].as_f64().ok_or("a limit")?;
    assert!((limit - 0.9).abs() < 1e-6);
    assert!(layers[3]["limit"].is_null(), "coverage flags nothing");
    // 0.9 um and more have the tiles from the seventh on.
    assert_eq!(json["summary"]["n_blurred"], 6);
    assert_eq!(
        (&json["summary"]["n_pen"], &json["summary"]["n_flagged"]),
        (&3.into(), &6.into())
    );
    assert_eq!(json["summary"]["n_focus"], 11);
    let named = lab.fetch(&format!("{base}?encoder={}", encoder())).await?;
    assert_eq!(named.json()?, json);
    assert!(named.header(header::CACHE_CONTROL).contains("immutable"));
    Ok(())
}

#[tokio::test]
async fn values_have_the_form_of_a_heatmaps() -> TestResult {
    let (lab, base) = with_quality().await?;
    let of_result = base.replace("quality", "heatmaps/phantom-tumour/attention.json");
    let of_result = lab.fetch(&of_result).await?.json()?;
    let json = lab.fetch(&format!("{base}/focus.json")).await?.json()?;
    for same in ["cell_um", "columns", "rows", "origin", "extent"] {
        assert_eq!(json[same], of_result[same], "{same}");
    }
    assert_eq!(
        (&json["layer"], &json["unit"]),
        (&"focus".into(), &"micrometres".into())
    );
    let bytes = STANDARD.decode(json["values"].as_str().ok_or("values")?)?;
    let (values, _) = bytes.as_chunks::<4>();
    assert!(f32::from_le_bytes(values[0]).is_nan());
    assert_eq!(f32::from_le_bytes(values[2]), 0.3);
    let flagged = lab.fetch(&format!("{base}/flagged.json")).await?.json()?;
    assert_eq!(
        flagged["range"],
        serde_json::json!({"min": 0.0, "max": 1.0})
    );
    Ok(())
}

#[tokio::test]
async fn pictures_have_fixed_ends_unless_others_are_asked_for() -> TestResult {
    let (lab, base) = with_quality().await?;
    let picture = async |path: String| Rgba::read(&lab.fetch(&path).await?.body);
    let cells = picture(format!("{base}/focus.png")).await?;
    assert_eq!(cells.pixel(0, 0)[3], 0, "nothing is known there");
    // The least of viridis is blurred by nothing, and no tile is; the most is 1.8 um.
    assert_ne!(cells.pixel(1, 0), [68, 1, 84, 255]);
    assert_ne!(cells.pixel(3, 2), [253, 231, 37, 255]);
    let stretched = picture(format!("{base}/focus.png?min=0.15&max=1.65")).await?;
    assert_eq!(stretched.pixel(1, 0), [68, 1, 84, 255]);
    assert_eq!(stretched.pixel(3, 2), [253, 231, 37, 255]);
    let tile = picture(format!("{base}/focus/10/1_1.png")).await?;
    // Pixel 256 + 143 = 399 lies in the second cell, 400 in the third.
    assert_eq!(tile.pixel(143, 0), cells.pixel(1, 1));
    assert_eq!(tile.pixel(144, 0), cells.pixel(2, 1));
    Ok(())
}

#[tokio::test]
async fn a_slide_without_it_says_so() -> TestResult {
    let (lab, painted) = Lab::with(SQUARE).await?;
    let base = format!("/api/v1/slides/{}/quality", painted.slide);
    for path in [
        base.clone(),
        format!("{base}/focus.json"),
        format!("{base}?encoder={}", encoder()),
        format!("{base}/pen/10/0_0.png"),
    ] {
        let detail = lab.get(&path).await?.problem(StatusCode::NOT_FOUND)?;
        assert!(detail.contains("was not measured"), "{path}: {detail}");
    }
    measured(&lab, &painted, encoder()).await?;
    // Whoever knows the encoder need not wait for a result.
    lab.fetch(&format!("{base}?encoder={}", encoder())).await?;
    lab.get(&base).await?.problem(StatusCode::NOT_FOUND)?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_or_makes_no_sense() -> TestResult {
    let (lab, base) = with_quality().await?;
    for absent in [
        "attention.json",
        "focus.gif",
        "focus/11/0_0.png",
        "focus/10/3_0.png",
    ] {
        let answer = lab.get(&format!("{base}/{absent}")).await?;
        answer.problem(StatusCode::NOT_FOUND)?;
    }
    for bad in [
        "focus.png?min=nan",
        "focus.png?encoder=12",
        "focus/10/0_0.png?max=x",
    ] {
        let answer = lab.get(&format!("{base}/{bad}")).await?;
        answer.problem(StatusCode::BAD_REQUEST)?;
    }
    Ok(())
}

#[tokio::test]
async fn damaged_values_are_not_shown() -> TestResult {
    let (lab, painted, _) = scored_in(Lab::open().await?).await?;
    // The record names other values than those that lie there.
    let another = Heatmap {
        cell_um: CELL_UM,
        columns: 1,
        rows: 1,
        values: vec![0.0],
    };
    let key = ObjectKey::QualityLayer(painted.slide, encoder(), QualityLayer::Pen);
    lab.store.put(&key, another.encode().into()).await?;
    let layers = QualityLayer::ALL.map(|layer| QualityLayerRef {
        layer,
        sha256: Sha256Digest::of(b"other values"),
    });
    let limits = QualityLimits::default();
    let record = QualityRecord {
        slide: painted.slide,
        pyramid: painted.manifest.pyramid,
        encoder: encoder(),
        limits,
        summary: QualitySummary::of(&tiles(), &limits),
        layers: layers.to_vec(),
    };
    let key = ObjectKey::Quality(painted.slide, encoder());
    lab.store
        .put(&key, serde_json::to_vec(&record)?.into())
        .await?;
    let path = format!("/api/v1/slides/{}/quality/pen.json", painted.slide);
    lab.get(&path)
        .await?
        .problem(StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(())
}

#[tokio::test]
async fn the_first_read_does_not_keep_it_back_and_a_token_is_needed() -> TestResult {
    let lab = Lab::open_with(FirstReadRule::Required).await?;
    let (lab, painted, of_result) = scored_in(lab).await?;
    measured(&lab, &painted, encoder()).await?;
    let reader = lab
        .access
        .issue_token("Dr. Gram", &[Role::Pathologist])
        .await?;
    let reader = format!("Bearer {}", reader.reveal());
    let held = [("authorization", reader.as_str())];
    let base = format!("/api/v1/slides/{}/quality", painted.slide);
    for path in [
        base.clone(),
        format!("{base}/fold.json"),
        format!("{base}/fold/10/0_0.png"),
    ] {
        assert_eq!(
            lab.ask(&path, &held).await?.status,
            StatusCode::OK,
            "{path}"
        );
        let stranger = lab.ask(&path, &[("authorization", "Bearer none")]).await?;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let result = lab.ask(&format!("{of_result}.json"), &held).await?;
    result.problem(StatusCode::FORBIDDEN)?;
    Ok(())
}
