use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use flow::{HoldReason, LevelNumber, SlideStatus, Stage, StageTiming, UidRole};
use serde_json::{Value, json};

use crate::lab::{Failure, JPEG_BASELINE, Lab, TestResult};

fn first(result: &Value, tag: &str) -> Value {
    result[tag]["Value"][0].clone()
}

async fn count(lab: &Lab, path: &str) -> Result<usize, Failure> {
    Ok(lab.search(path).await?.len())
}

#[tokio::test]
async fn each_kind_of_result_has_what_the_standard_wants() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let n_levels = tiled.index.levels.len();
    let origin = "http://lab.example:8080/dicomweb";

    let studies = lab.search("/studies").await?;
    let study = &studies[0];
    assert_eq!(first(study, "0020000D"), tiled.uid(UidRole::Study));
    assert_eq!(first(study, "00080061"), "SM");
    assert_eq!(
        first(study, "00081190"),
        format!("{origin}{}", tiled.study())
    );
    assert_eq!(first(study, "00201206"), 1);
    assert_eq!(first(study, "00201208"), n_levels);
    for empty in [
        "00100010", "00100020", "00080020", "00080050", "00080090", "00200010",
    ] {
        assert!(study[empty]["vr"].is_string() && study[empty].get("Value").is_none());
    }
    assert!(study.get("00080060").is_none(), "a study has no modality");

    let series = lab.search(&format!("{}/series", tiled.study())).await?;
    assert_eq!(first(&series[0], "0020000E"), tiled.uid(UidRole::Series));
    assert_eq!(first(&series[0], "00080060"), "SM");
    assert_eq!(first(&series[0], "00201209"), n_levels);
    assert_eq!(
        first(&series[0], "00081190"),
        format!("{origin}{}", tiled.series())
    );

    let instances = lab.search(&format!("{}/instances", tiled.series())).await?;
    assert_eq!(instances.len(), n_levels);
    for (level, instance) in (0..).zip(&instances) {
        let uid = tiled.uid(UidRole::Level(LevelNumber(level)));
        assert_eq!(first(instance, "00080018"), uid);
        assert_eq!(
            first(instance, "00080016"),
            "1.2.840.10008.5.1.4.1.1.77.1.6"
        );
        assert_eq!(first(instance, "00200013"), level + 1);
        assert_eq!(first(instance, "00280010"), 256);
        assert_eq!(first(instance, "00083002"), JPEG_BASELINE);
        let frames = tiled.index.levels[usize::from(level)].frames().len();
        assert_eq!(first(instance, "00280008"), frames);
        assert!(instance.get("00480006").is_none(), "nobody asked for it");
    }
    for path in ["/series", "/instances"] {
        assert_eq!(
            first(&lab.search(path).await?[0], "0020000D"),
            tiled.uid(UidRole::Study)
        );
    }
    assert_eq!(
        count(&lab, &format!("{}/instances", tiled.study())).await?,
        n_levels
    );
    Ok(())
}

#[tokio::test]
async fn uids_containers_and_constants_narrow_a_search() -> TestResult {
    let (lab, one) = Lab::with_slide().await?;
    let two = lab.tile(2).await?;
    lab.tile(3).await?;
    let (a, b) = (one.uid(UidRole::Study), two.uid(UidRole::Study));
    let series = one.uid(UidRole::Series);
    let sop = two.uid(UidRole::Level(LevelNumber(1)));
    let cases = [
        ("/studies".to_owned(), 3),
        (format!("/studies?StudyInstanceUID={a}"), 1),
        (format!("/studies?StudyInstanceUID={a},{b}"), 2),
        (format!("/studies?StudyInstanceUID={a}%5C{b}"), 2),
        (format!("/studies?0020000D={a}&0020000D={b}"), 2),
        ("/studies?StudyInstanceUID=1.2.3".to_owned(), 0),
        (format!("/series?SeriesInstanceUID={series}"), 1),
        (format!("/instances?SOPInstanceUID={sop}"), 1),
        (
            format!("/instances?SOPInstanceUID={sop}&StudyInstanceUID={a}"),
            0,
        ),
        (format!("/studies?ContainerIdentifier={}", one.slide), 1),
        (
            format!(
                "/studies?SpecimenDescriptionSequence.SpecimenIdentifier={}",
                one.slide
            ),
            1,
        ),
        ("/studies?ContainerIdentifier=nothing".to_owned(), 0),
        ("/studies?ModalitiesInStudy=SM".to_owned(), 3),
        ("/studies?ModalitiesInStudy=CT".to_owned(), 0),
        ("/studies?PatientID=".to_owned(), 3),
        ("/studies?PatientName=*".to_owned(), 3),
        ("/studies?PatientID=17".to_owned(), 0),
        ("/studies?StudyDate=20200101-".to_owned(), 0),
        ("/series?Modality=S*".to_owned(), 3),
        (format!("{}/instances?InstanceNumber=1", two.series()), 1),
        (
            format!(
                "{}/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.77.1.6",
                two.series()
            ),
            2,
        ),
        (
            format!("{}/instances?TotalPixelMatrixColumns=350", two.study()),
            1,
        ),
        (
            format!("{}/instances?TotalPixelMatrixColumns=351", two.study()),
            0,
        ),
        ("/instances?InstanceNumber=2".to_owned(), 3),
        ("/studies?InstanceNumber=2".to_owned(), 3),
        ("/studies?InstanceNumber=9".to_owned(), 0),
    ];
    for (path, expected) in cases {
        assert_eq!(count(&lab, &path).await?, expected, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn attributes_taken_for_constant_are_so_in_storage() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let described = lab.search(&format!("{}/metadata", tiled.study())).await?;
    for instance in &described {
        for (tag, value) in [
            ("00080060", json!("SM")),
            ("00080016", json!("1.2.840.10008.5.1.4.1.1.77.1.6")),
            ("00200011", json!(1)),
        ] {
            assert_eq!(first(instance, tag), value, "{tag}");
        }
        for tag in [
            "00100010", "00100020", "00100030", "00100040", "00080020", "00080030", "00080090",
            "00200010", "00080050",
        ] {
            assert!(
                instance
                    .get(tag)
                    .is_some_and(|it| it.get("Value").is_none()),
                "{tag}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn pages_hold_every_result_once() -> TestResult {
    let lab = Lab::open().await?;
    for seed in 1..=4 {
        lab.tile(seed).await?;
    }
    for (path, tag, n_all) in [("/studies", "0020000D", 4), ("/instances", "00080018", 8)] {
        let mut seen = BTreeSet::new();
        for offset in (0..n_all).step_by(3) {
            let path = format!("{path}?limit=3&offset={offset}");
            let answer = lab.get(&path).await?;
            let has_more = answer
                .header(header::WARNING)
                .contains("additional results");
            assert_eq!(has_more, offset + 3 < n_all, "{path}");
            for result in serde_json::from_slice::<Vec<Value>>(&answer.body)? {
                assert!(seen.insert(first(&result, tag).to_string()), "{path}");
            }
        }
        assert_eq!(seen.len(), n_all);
        assert_eq!(count(&lab, &format!("{path}?offset={n_all}")).await?, 0);
        assert_eq!(count(&lab, &format!("{path}?limit=0")).await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_included_is_there() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let get = async |path: String| -> Result<Value, Failure> {
        Ok(lab.search(&path).await?.swap_remove(0))
    };
    let instance = get(format!(
        "{}/instances?includefield=TotalPixelMatrixColumns",
        tiled.series()
    ))
    .await?;
    assert_eq!(first(&instance, "00480006"), 700);
    let all = get(format!("{}/instances?includefield=all", tiled.series())).await?;
    assert!(all.get("00480105").is_some() && all.get("52009229").is_some());
    let study = get("/studies?includefield=00400512".to_owned()).await?;
    assert_eq!(first(&study, "00400512"), tiled.slide.to_string());
    // It differs between instances, so no study has one.
    let study = get("/studies?includefield=TotalPixelMatrixColumns".to_owned()).await?;
    assert!(study.get("00480006").is_none());
    Ok(())
}

#[tokio::test]
async fn nothing_found_is_an_empty_list_and_nonsense_an_error() -> TestResult {
    let lab = Lab::open().await?;
    for path in ["/studies", "/series", "/instances?PatientID=1"] {
        assert_eq!(lab.get(path).await?.text(), "[]");
    }
    let fuzzy = lab.get("/studies?fuzzymatching=true").await?;
    assert!(fuzzy.header(header::WARNING).contains("fuzzymatching"));
    for query in [
        "PatienID=1",
        "limit=x",
        "offset=-1",
        "fuzzymatching=1",
        "Rows=x",
        "StudyInstanceUID=1.2*",
        "includefield=What",
    ] {
        let answer = lab.get(&format!("/studies?{query}")).await?;
        answer.problem(StatusCode::BAD_REQUEST)?;
    }
    let xml = lab.accepting("/studies", "application/dicom+xml").await?;
    xml.problem(StatusCode::NOT_ACCEPTABLE)?;
    Ok(())
}

#[tokio::test]
async fn slides_that_rest_after_tiling_are_listed() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let held = SlideStatus::Held {
        reason: HoldReason::NoTissue,
    };
    lab.catalog.set_status(tiled.slide, &held).await?;
    assert_eq!(
        count(&lab, "/studies").await?,
        0,
        "nothing says that it was tiled"
    );
    let timing = StageTiming::of_wall(Stage::Tile, 1.0);
    lab.catalog.record_timing(tiled.slide, timing).await?;
    assert_eq!(count(&lab, "/studies").await?, 1);
    Ok(())
}
