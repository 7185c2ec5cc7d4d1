//! Slides that came as DICOM, found and retrieved under the UIDs that they came with.

use axum::http::StatusCode;
use dicom_dictionary_std::tags;
use dicom_object::OpenFileOptions;
use dicom_objects::ResultObject;
use flow::{LevelNumber, SlideUids, UidRole};
use serde_json::Value;

use crate::lab::{Failure, Lab, TestResult, Tiled};
use crate::results::{address, read, score, text};

const STUDY: &str = "1.2.826.0.1.99.7";

/// Series `n` of the study.
fn uids(n: u8) -> Result<SlideUids, Failure> {
    Ok(SlideUids {
        study: STUDY.parse()?,
        series: format!("{STUDY}.{n}").parse()?,
        level_zero: format!("{STUDY}.{n}.1").parse()?,
    })
}

/// Two slides that came in one study, and one that came without any UIDs.
async fn three(lab: &Lab) -> Result<[Tiled; 3], Failure> {
    Ok([
        lab.tile_came(1, uids(1)?).await?,
        lab.tile_came(2, uids(2)?).await?,
        lab.tile(3).await?,
    ])
}

fn first(result: &Value, tag: &str) -> Value {
    result[tag]["Value"][0].clone()
}

async fn all(lab: &Lab, path: &str, tag: &str) -> Result<Vec<String>, Failure> {
    let results = lab.search(path).await?;
    let texts = results.iter().map(|result| first(result, tag));
    let mut texts: Vec<_> = texts
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect();
    texts.sort();
    Ok(texts)
}

#[tokio::test]
async fn a_study_of_several_slides_is_found_once() -> TestResult {
    let lab = Lab::open().await?;
    let [one, two, other] = three(&lab).await?;
    let mut both = vec![STUDY.to_owned(), other.uid(UidRole::Study)];
    both.sort();
    assert_eq!(all(&lab, "/studies", "0020000D").await?, both);
    for offset in 0..2 {
        let page = lab
            .search(&format!("/studies?limit=1&offset={offset}"))
            .await?;
        assert_eq!(page.len(), 1);
    }
    assert_eq!(
        lab.search("/studies?limit=1&offset=2").await?,
        Vec::<Value>::new()
    );

    let series = [one.uid(UidRole::Series), two.uid(UidRole::Series)];
    let n_levels = one.index.levels.len() + two.index.levels.len();
    for query in [
        format!("StudyInstanceUID={STUDY}"),
        format!("SeriesInstanceUID={}", series[1]),
        format!("SeriesInstanceUID={},{}", series[0], series[1]),
        format!("SOPInstanceUID={}", uids(1)?.level_zero),
        format!("SOPInstanceUID={}", two.uid(UidRole::Level(LevelNumber(1)))),
        format!("ContainerIdentifier={}", two.slide),
    ] {
        let found = lab.search(&format!("/studies?{query}")).await?;
        assert_eq!(found.len(), 1, "{query}");
        assert_eq!(first(&found[0], "0020000D"), STUDY, "{query}");
        assert_eq!(first(&found[0], "00201206"), 2, "{query}");
        assert_eq!(first(&found[0], "00201208"), n_levels, "{query}");
    }
    let path = format!("/studies/{STUDY}/series");
    assert_eq!(all(&lab, &path, "0020000E").await?, series);
    let path = format!("{}/instances", one.series());
    assert_eq!(lab.search(&path).await?.len(), one.index.levels.len());
    let derived = SlideUids::derived(&one.slide).study;
    assert_eq!(
        lab.search(&format!("/studies?StudyInstanceUID={derived}"))
            .await?
            .len(),
        0
    );
    assert_eq!(
        lab.get(&format!("/studies/{derived}")).await?.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}

#[tokio::test]
async fn what_is_retrieved_has_the_uids_it_was_asked_by() -> TestResult {
    let lab = Lab::open().await?;
    let [one, two, _] = three(&lab).await?;
    for (tiled, came) in [(&one, uids(1)?), (&two, uids(2)?)] {
        let path = format!(
            "/studies/{}/series/{}/instances/{}",
            came.study, came.series, came.level_zero
        );
        let file = lab.accepting(&path, "application/dicom").await?;
        assert!(file.body == tiled.stored(&lab, 0).await?);
        let file = OpenFileOptions::new().from_reader(&file.body[..])?;
        assert_eq!(text(&file, tags::STUDY_INSTANCE_UID)?, came.study.as_str());
        assert_eq!(
            text(&file, tags::SERIES_INSTANCE_UID)?,
            came.series.as_str()
        );
        assert_eq!(
            text(&file, tags::SOP_INSTANCE_UID)?,
            came.level_zero.as_str()
        );
        assert_eq!(
            file.meta().media_storage_sop_instance_uid(),
            came.level_zero.as_str()
        );
        let frame = lab
            .accepting(&format!("{path}/frames/1"), "image/jpeg")
            .await?;
        assert!(frame.body == tiled.frame(&lab, 0, 1).await?);
        assert_eq!(
            lab.get(&format!("{path}/metadata")).await?.status,
            StatusCode::OK
        );
    }
    let parts = lab.get(&format!("/studies/{STUDY}")).await?;
    let n_levels = one.index.levels.len() + two.index.levels.len();
    assert_eq!(parts.parts("application/dicom")?.len(), n_levels);
    Ok(())
}

#[tokio::test]
async fn results_are_in_the_study_that_the_slide_came_in() -> TestResult {
    let lab = Lab::open().await?;
    let [_, two, _] = three(&lab).await?;
    let prediction = score(&lab, &two, "1.0.0").await?;
    let modalities = all(&lab, &format!("/studies/{STUDY}/series"), "00080060").await?;
    assert_eq!(modalities, ["ANN", "OT", "SEG", "SM", "SM", "SR"]);
    let report = address(&two, &prediction, ResultObject::Report);
    let report = read(&lab.accepting(&report, "application/dicom").await?)?;
    assert_eq!(text(&report, tags::STUDY_INSTANCE_UID)?, STUDY);
    let evidence = report.element(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE)?;
    let study = evidence
        .items()
        .and_then(<[_]>::first)
        .ok_or("no evidence")?;
    let series = study.element(tags::REFERENCED_SERIES_SEQUENCE)?;
    let series = series.items().and_then(<[_]>::first).ok_or("no series")?;
    let uid = series
        .element(tags::SERIES_INSTANCE_UID)?
        .to_str()?
        .into_owned();
    assert_eq!(uid.trim_end_matches('\0'), uids(2)?.series.as_str());
    Ok(())
}
