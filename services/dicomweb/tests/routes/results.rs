//! What tells of a slide's results.

use axum::http::{StatusCode, header};
use catalog::{Impression, NewReview, Opinion};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, OpenFileOptions};
use dicom_objects::{ResultObject, ResultSeries};
use flow::{Heatmap, HeatmapLayer, ObjectKey, Prediction, Sha256Digest};
use http::{FirstReadRule, Role};
use serde_json::json;

use crate::lab::{Answer, Failure, JPEG_BASELINE, Lab, TestResult, Tiled};

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const VALUES: [f32; 6] = [f32::NAN, 0.1, 0.9, 0.25, 0.75, f32::NAN];

/// A result whose tiles alone are the [`VALUES`], in three columns and two rows.
pub(crate) async fn score(lab: &Lab, tiled: &Tiled, version: &str) -> Result<Prediction, Failure> {
    let digest = Sha256Digest::of(version.as_bytes());
    let figures = json!({"deletion": null, "insertion": null});
    let rect = json!({"x": 112.0, "y": 0.0, "width": 112.0, "height": 112.0});
    let prediction: Prediction = serde_json::from_value(json!({
        "slide": tiled.slide,
        "pyramid": digest,
        "encoder": {"name": "tiny", "hash": digest},
        "task": {"id": "example", "version": version, "hash": digest},
        "regulatory_status": "research_use_only",
        "call": {"label": "tumour", "is_positive": true},
        "probability": 0.75,
        "threshold": 0.5,
        "grade": null,
        "top_tiles": [{"rect_um": rect, "attention": 0.5, "tile_probability": 0.9}],
        "n_instances": 4,
        "evidence": {
            "layers": [{"layer": "tile", "faithfulness": figures}],
            "decisive": {"kind": "no_small_set", "most_tiles": 3},
        },
    }))?;
    let heatmap = Heatmap {
        cell_um: 112.0,
        columns: 3,
        rows: 2,
        values: VALUES.to_vec(),
    };
    let key = ObjectKey::Heatmap(tiled.slide, prediction.name(), HeatmapLayer::Tile);
    lab.store.put(&key, heatmap.encode().into()).await?;
    lab.catalog
        .record_prediction(tiled.slide, &prediction)
        .await?;
    Ok(prediction)
}

pub(crate) fn address(tiled: &Tiled, prediction: &Prediction, object: ResultObject) -> String {
    let (slide, digest) = (&tiled.slide, prediction.digest());
    let series = object.series().uid(slide, &digest);
    let instance = object.uid(slide, &digest);
    format!("{}/series/{series}/instances/{instance}", tiled.study())
}

pub(crate) fn read(answer: &Answer) -> Result<DefaultDicomObject, Failure> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let expected = format!("application/dicom; transfer-syntax={EXPLICIT}");
    assert_eq!(answer.header(header::CONTENT_TYPE), expected);
    Ok(OpenFileOptions::new().from_reader(&answer.body[..])?)
}

pub(crate) fn text(file: &DefaultDicomObject, tag: Tag) -> Result<String, Failure> {
    let text = file.element(tag)?.to_str()?;
    Ok(text.trim_matches([' ', '\0']).to_owned())
}

#[tokio::test]
async fn a_result_is_four_further_series_of_the_slides_study() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    assert_eq!(
        lab.search(&format!("{}/series", tiled.study()))
            .await?
            .len(),
        1
    );
    score(&lab, &tiled, "1.0.0").await?;
    let series = lab.search(&format!("{}/series", tiled.study())).await?;
    let modalities: Vec<_> = series
        .iter()
        .map(|series| series["00080060"]["Value"][0].clone())
        .collect();
    assert_eq!(modalities, ["SM", "OT", "SEG", "ANN", "SR"]);
    let studies = lab.search("/studies?ModalitiesInStudy=SEG").await?;
    assert_eq!(studies.len(), 1);
    assert_eq!(
        studies[0]["00080061"]["Value"],
        json!(["ANN", "OT", "SEG", "SM", "SR"])
    );
    assert_eq!(studies[0]["00201206"]["Value"], json!([5]));
    for (query, n_found) in [
        ("/series?Modality=SR", 1),
        ("/series?Modality=SM", 1),
        ("/series?Modality=CT", 0),
        ("/series?PatientID=1", 0),
        ("/instances?Modality=ANN&NumberOfFrames=1", 0),
        ("/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.30", 1),
        ("/instances?SeriesDescription=example*", 4),
    ] {
        assert_eq!(lab.search(query).await?.len(), n_found, "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn the_latest_result_of_a_task_is_listed_and_older_ones_keep_their_addresses() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let first = score(&lab, &tiled, "1.0.0").await?;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let second = score(&lab, &tiled, "2.0.0").await?;
    let reports = lab.search("/instances?Modality=SR").await?;
    let uid = ResultObject::Report.uid(&tiled.slide, &second.digest());
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["00080018"]["Value"], json!([uid.as_str()]));
    for prediction in [first, second] {
        let path = address(&tiled, &prediction, ResultObject::Report);
        read(&lab.accepting(&path, "application/dicom").await?)?;
    }
    Ok(())
}

#[tokio::test]
async fn every_object_is_a_file_and_always_the_same() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let prediction = score(&lab, &tiled, "1.0.0").await?;
    let objects = [
        ResultObject::Map(HeatmapLayer::Tile),
        ResultObject::Segmentation,
        ResultObject::Annotations,
        ResultObject::Report,
    ];
    for object in objects {
        let path = address(&tiled, &prediction, object);
        let answer = lab.accepting(&path, "application/dicom").await?;
        let file = read(&answer)?;
        assert_eq!(text(&file, tags::SOP_CLASS_UID)?, object.sop_class());
        assert_eq!(text(&file, tags::PATIENT_ID)?, "");
        assert_eq!(
            text(&file, tags::STUDY_INSTANCE_UID)?,
            tiled.uid(flow::UidRole::Study)
        );
        // Another process makes the same.
        let again = lab.elsewhere(&path, "application/dicom").await?;
        assert_eq!(again.body, answer.body, "{object}");
        assert!(answer.header(header::CACHE_CONTROL).contains("no-cache"));
        let refused = format!(
            "multipart/related; type=\"application/dicom\"; transfer-syntax={JPEG_BASELINE}"
        );
        let refused = lab.accepting(&path, &refused).await?;
        assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE);
    }
    let map = ResultSeries::Map(HeatmapLayer::Tile).uid(&tiled.slide, &prediction.digest());
    let series = format!("{}/series/{map}", tiled.study());
    assert_eq!(lab.get(&series).await?.parts("application/dicom")?.len(), 1);
    assert_eq!(
        lab.get(&tiled.study())
            .await?
            .parts("application/dicom")?
            .len(),
        7
    );
    Ok(())
}

#[tokio::test]
async fn frames_and_numbers_are_had_alone() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let prediction = score(&lab, &tiled, "1.0.0").await?;
    let map = address(&tiled, &prediction, ResultObject::Map(HeatmapLayer::Tile));
    let slim = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
    let frames = lab.accepting(&format!("{map}/frames/1"), slim).await?;
    let (_, frame) = frames.parts("application/octet-stream")?.remove(0);
    let stored: Vec<u16> = frame
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    // A frame is eight wide; from 1 on, 65,534 steps are a probability of 0 to 1.
    let expected: Vec<u16> = VALUES
        .iter()
        .map(|value| match value.is_nan() {
            true => 0,
            false => 1 + (f64::from(*value) * 65534.0).round() as u16,
        })
        .collect();
    assert_eq!(
        (&stored[..3], &stored[8..11]),
        (&expected[..3], &expected[3..])
    );
    assert_eq!(
        lab.get(&format!("{map}/frames/2")).await?.status,
        StatusCode::NOT_FOUND
    );

    let found = address(&tiled, &prediction, ResultObject::Segmentation);
    let frames = lab.accepting(&format!("{found}/frames/1"), "*/*").await?;
    let (_, bits) = frames.parts("application/octet-stream")?.remove(0);
    assert_eq!(bits, [0b100, 0b010]);

    for picture in [
        format!("{map}/rendered"),
        format!("{found}/frames/1/rendered"),
    ] {
        let answer = lab.accepting(&picture, "image/png").await?;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(answer.body[16..24], [0, 0, 0, 3, 0, 0, 0, 2]);
    }

    let tiles = address(&tiled, &prediction, ResultObject::Annotations);
    let metadata: serde_json::Value =
        serde_json::from_slice(&lab.get(&format!("{tiles}/metadata")).await?.body)?;
    let link = metadata[0]["006A0002"]["Value"][0]["00660016"]["BulkDataURI"].clone();
    let link = link
        .as_str()
        .and_then(|link| link.split_once("/dicomweb"))
        .ok_or("no link")?;
    let answer = lab.accepting(link.1, "application/octet-stream").await?;
    assert_eq!(answer.body.len(), 8 * 4, "{}", answer.text());
    for (path, status) in [
        (format!("{tiles}/frames/1"), StatusCode::NOT_FOUND),
        (format!("{tiles}/rendered"), StatusCode::NOT_ACCEPTABLE),
        (
            format!("{tiles}/bulkdata/006A0002.9.00660016"),
            StatusCode::NOT_FOUND,
        ),
    ] {
        assert_eq!(lab.get(&path).await?.status, status, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn results_wait_for_the_first_read() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let prediction = score(&lab, &tiled, "1.0.0").await?;
    let lab = lab.reading_first(FirstReadRule::Required);
    let token = lab
        .access
        .issue_token("reader", &[Role::Pathologist])
        .await?;
    let bearer = format!("Bearer {}", token.reveal());
    let as_reader = [("authorization", bearer.as_str())];
    let report = address(&tiled, &prediction, ResultObject::Report);
    let series = format!("{}/series", tiled.study());

    let listed = lab.ask(&series, &as_reader).await?;
    assert!(!listed.text().contains("SEG"), "{}", listed.text());
    assert!(
        !lab.ask(&format!("{}/metadata", tiled.study()), &as_reader)
            .await?
            .text()
            .contains("example 1.0.0")
    );
    let refused = lab.ask(&report, &as_reader).await?;
    assert!(
        refused
            .problem(StatusCode::FORBIDDEN)?
            .contains("first read")
    );

    let opinion = Opinion::Impression {
        impression: Impression::Benign,
        text: None,
        blind: true,
    };
    let review = NewReview {
        slide: tiled.slide,
        reviewer: "reader".to_owned(),
        opinion,
        amends: None,
    };
    lab.catalog.add_review(&review).await?;
    assert!(lab.ask(&series, &as_reader).await?.text().contains("SEG"));
    assert_eq!(lab.ask(&report, &as_reader).await?.status, StatusCode::OK);
    Ok(())
}
