use std::error::Error;

use axum::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::NewSlide;
use flow::{Heatmap, HeatmapLayer, ObjectKey, PixelSize, Prediction, Sha256Digest};

use crate::lab::{Lab, TestResult};
use crate::painted::{MPP, Painted, SQUARE};
use crate::png_pixels::Rgba;

/// 100 um are 200 pixels of the painted slide, which is 701 x 533.
const CELL_UM: f64 = 100.0;

fn prediction(painted: &Painted, version: &str) -> Result<Prediction, Box<dyn Error>> {
    Ok(Prediction {
        pyramid: painted.manifest.pyramid,
        n_instances: 4,
        ..laboratory::prediction(painted.slide, version, 0.9)?
    })
}

/// A signed layer beside the attention, from -1.1 to 3.3; the first cell has no value.
async fn store_leave_out(lab: &Lab, painted: &Painted, version: &str) -> TestResult {
    let prediction = prediction(painted, version)?;
    let mut values: Vec<f32> = (0..12_u8).map(|n| f32::from(n) * 0.4 - 1.1).collect();
    values[0] = f32::NAN;
    let heatmap = Heatmap {
        cell_um: CELL_UM,
        columns: 4,
        rows: 3,
        values,
    };
    let key = ObjectKey::Heatmap(painted.slide, prediction.name(), HeatmapLayer::LeaveOut);
    lab.store.put(&key, heatmap.encode().into()).await?;
    Ok(())
}

/// A result whose attention rises from 0 to `hottest` from cell to cell; the first has none.
async fn score(lab: &Lab, painted: &Painted, version: &str, hottest: f32) -> TestResult {
    let prediction = prediction(painted, version)?;
    let mut values: Vec<f32> = (0..12_u8).map(|n| f32::from(n) / 11.0 * hottest).collect();
    values[0] = f32::NAN;
    let heatmap = Heatmap {
        cell_um: CELL_UM,
        columns: 4,
        rows: 3,
        values,
    };
    let key = ObjectKey::Heatmap(painted.slide, prediction.name(), HeatmapLayer::Attention);
    lab.store.put(&key, heatmap.encode().into()).await?;
    lab.catalog
        .record_prediction(painted.slide, &prediction)
        .await?;
    Ok(())
}

async fn scored() -> Result<(Lab, Painted, String), Box<dyn Error>> {
    scored_in(Lab::open().await?).await
}

/// The lab with a scored slide, and where its attention lies.
pub(crate) async fn scored_in(lab: Lab) -> Result<(Lab, Painted, String), Box<dyn Error>> {
    let (lab, painted) = lab.painted(SQUARE).await?;
    let slide = NewSlide {
        id: painted.slide,
        ..NewSlide::of(Sha256Digest::of(format!("{SQUARE:?}").as_bytes()), 1)
    };
    lab.catalog.register(slide).await?;
    score(&lab, &painted, "1.0.0", 1.1).await?;
    let base = format!(
        "/api/v1/slides/{}/heatmaps/phantom-tumour/attention",
        painted.slide
    );
    Ok((lab, painted, base))
}

#[tokio::test]
async fn the_values_come_with_their_geometry() -> TestResult {
    let (lab, _, base) = scored().await?;
    let json = lab.fetch(&format!("{base}.json")).await?.json()?;
    assert_eq!((&json["columns"], &json["rows"]), (&4.into(), &3.into()));
    assert_eq!(json["cell_um"], CELL_UM);
    assert_eq!(json["origin"], serde_json::json!([0.0, 0.0]));
    assert_eq!(
        json["extent"],
        serde_json::json!([4.0 * CELL_UM / MPP, 3.0 * CELL_UM / MPP])
    );
    let range = [&json["range"]["min"], &json["range"]["max"]].map(serde_json::Value::as_f64);
    assert_eq!(range, [Some(0.1), Some(1.1)]);
    let bytes = STANDARD.decode(json["values"].as_str().ok_or("values")?)?;
    let (values, _) = bytes.as_chunks::<4>();
    assert_eq!(values.len(), 12);
    assert!(f32::from_le_bytes(values[0]).is_nan());
    assert!((f32::from_le_bytes(values[11]) - 1.1).abs() < 1e-6);
    Ok(())
}

#[tokio::test]
async fn a_pixel_a_cell_in_the_asked_colours() -> TestResult {
    let (lab, _, base) = scored().await?;
    let plain = Rgba::read(&lab.fetch(&format!("{base}.png")).await?.body)?;
    assert_eq!(plain.size, PixelSize::new(4, 3));
    assert_eq!(plain.pixel(0, 0)[3], 0);
    assert_eq!(plain.pixel(1, 0), [68, 1, 84, 255]);
    assert_eq!(plain.pixel(3, 2), [253, 231, 37, 255]);
    let query = "colormap=coolwarm&min=0.2&max=0.6&threshold=0.45";
    let other = Rgba::read(&lab.fetch(&format!("{base}.png?{query}")).await?.body)?;
    assert_eq!(other.pixel(0, 1)[3], 0, "0.4 is below the threshold");
    assert_eq!(other.pixel(3, 2), [180, 4, 38, 255]);
    Ok(())
}

#[tokio::test]
async fn a_signed_layer_is_drawn_on_both_sides_of_zero() -> TestResult {
    let (lab, painted, base) = scored().await?;
    store_leave_out(&lab, &painted, "1.0.0").await?;
    let base = base.replace("attention", "leave_out");
    let json = lab.fetch(&format!("{base}.json")).await?.json()?;
    assert_eq!(json["layer"], "leave_out");
    let cells = Rgba::read(&lab.fetch(&format!("{base}.png")).await?.body)?;
    assert_eq!(cells.pixel(0, 0)[3], 0);
    assert_eq!(cells.pixel(3, 2), [180, 4, 38, 255], "the furthest from 0");
    let [red, _, blue, _] = cells.pixel(1, 0);
    assert!(blue > red, "-0.7 lies on the blue side");
    let tile = Rgba::read(&lab.fetch(&format!("{base}/0/0_0.png")).await?.body)?;
    assert_eq!(tile.pixel(0, 0), cells.pixel(3, 2));
    Ok(())
}

#[tokio::test]
async fn tiles_lie_where_the_slide_does() -> TestResult {
    let (lab, _, base) = scored().await?;
    let top = Rgba::read(&lab.fetch(&format!("{base}/10/1_1.png")).await?.body)?;
    assert_eq!(top.size, PixelSize::new(256, 256));
    // Pixel 256 + 143 = 399 lies in the second cell, 400 in the third.
    let cells = Rgba::read(&lab.fetch(&format!("{base}.png")).await?.body)?;
    assert_eq!(top.pixel(143, 0), cells.pixel(1, 1));
    assert_eq!(top.pixel(144, 0), cells.pixel(2, 1));
    assert_eq!(top.pixel(144, 143), cells.pixel(2, 1));
    assert_eq!(top.pixel(144, 144), cells.pixel(2, 2));
    let edge = Rgba::read(&lab.fetch(&format!("{base}/10/2_2.png")).await?.body)?;
    assert_eq!(edge.size, PixelSize::new(701 - 512, 533 - 512));
    let half = Rgba::read(&lab.fetch(&format!("{base}/9/0_0.png")).await?.body)?;
    assert_eq!(half.pixel(99, 10)[3], 0);
    assert_eq!(half.pixel(100, 10), cells.pixel(1, 0));
    let least = Rgba::read(&lab.fetch(&format!("{base}/0/0_0.png")).await?.body)?;
    assert_eq!(
        least.pixel(0, 0),
        cells.pixel(3, 2),
        "the hottest cell is seen from afar"
    );
    Ok(())
}

#[tokio::test]
async fn smooth_tiles_differ_between_cells_only() -> TestResult {
    let (lab, _, base) = scored().await?;
    let cells = Rgba::read(&lab.fetch(&format!("{base}/10/1_1.png")).await?.body)?;
    let smooth = Rgba::read(
        &lab.fetch(&format!("{base}/10/1_1.png?smooth=true"))
            .await?
            .body,
    )?;
    // The centre of the cell from 400 to 600 is at 500; that of its row, from 200 to 400, at 300.
    assert_eq!(
        smooth.pixel(500 - 256, 300 - 256),
        cells.pixel(500 - 256, 300 - 256)
    );
    assert_ne!(
        smooth.pixel(400 - 256, 300 - 256),
        cells.pixel(400 - 256, 300 - 256)
    );
    Ok(())
}

#[tokio::test]
async fn the_task_means_its_newest_result_and_v_a_certain_one() -> TestResult {
    let (lab, painted, base) = scored().await?;
    let first = lab.fetch(&format!("{base}.json")).await?;
    assert_eq!(first.header(header::CACHE_CONTROL), "private, no-cache");
    let version = first.json()?["version"]
        .as_str()
        .ok_or("version")?
        .to_owned();
    let exact = format!("{base}/10/0_0.png?max=2&v={version}");
    let tile = lab.fetch(&exact).await?;
    assert_eq!(
        tile.header(header::CACHE_CONTROL),
        "private, max-age=31536000, immutable"
    );

    score(&lab, &painted, "2.0.0", 11.0).await?;
    let newest = lab.fetch(&format!("{base}.json")).await?;
    assert_ne!(newest.header(header::ETAG), first.header(header::ETAG));
    assert_eq!(newest.json()?["range"]["max"], 11.0);
    let tag = first.header(header::ETAG).to_owned();
    let changed = lab
        .ask(&format!("{base}.json"), &[("if-none-match", &tag)])
        .await?;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(lab.fetch(&exact).await?.body, tile.body);
    assert_ne!(
        lab.fetch(&format!("{base}/10/0_0.png?max=2")).await?.body,
        tile.body
    );
    lab.get(&format!("{base}.json?v=000000000000"))
        .await?
        .problem(StatusCode::NOT_FOUND)?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_or_makes_no_sense() -> TestResult {
    let (lab, painted, base) = scored().await?;
    let slide = format!("/api/v1/slides/{}/heatmaps", painted.slide);
    for absent in [
        format!("{slide}/other-task/attention.json"),
        format!("{slide}/phantom-tumour/tile.json"),
        format!("{slide}/phantom-tumour/blood.json"),
        format!("{base}.gif"),
        format!("{base}/11/0_0.png"),
        format!("{base}/10/3_0.png"),
        format!("{base}/10/0_0.jpeg"),
        "/api/v1/slides/00000000000000000000000000000000/heatmaps/a/tile.json".to_owned(),
    ] {
        lab.get(&absent).await?.problem(StatusCode::NOT_FOUND)?;
    }
    for bad in [
        "colormap=jet",
        "min=nan",
        "min=2&max=1",
        "threshold=x",
        "smooth=perhaps",
    ] {
        for path in [
            format!("{base}.png?{bad}"),
            format!("{base}/10/0_0.png?{bad}"),
        ] {
            lab.get(&path).await?.problem(StatusCode::BAD_REQUEST)?;
        }
    }
    Ok(())
}
