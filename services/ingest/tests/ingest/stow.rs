//! Storing DICOM instances over HTTP: what is answered, what becomes of each, and what is left.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use catalog::{Page, Role};
use coverslip_ingest::tile_slide;
use coverslip_ingest::{ReceiveConfig, StowConfig, TileOutcome, TilingConfig, receive_file};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use flow::{
    LevelNumber, ObjectKey, Sha256Digest, SlideId, SlideManifest, SlideReceived, SlideUids,
};
use futures::stream;
use proptest::prelude::*;
use serde_json::Value;

use crate::dicom_files::{painted, replaced, sop_instance, uids, with_preamble, with_text};
use crate::lab::{Lab, Tested, arrival, no_progress, small_phantom};
use crate::stow_client::{Client, KIND, body};

type Failure = Box<dyn Error>;

/// Headers, a body, and the status they are answered with.
type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, u16);

async fn slides(lab: &Lab) -> Result<Vec<SlideId>, Failure> {
    let page = Page {
        after: None,
        limit: 10,
    };
    let rows = lab.deps.catalog.slides(page).await?;
    Ok(rows.iter().map(|row| row.id).collect())
}

async fn nothing_is_left(lab: &Lab) -> Tested {
    assert_eq!(slides(lab).await?, Vec::new());
    assert_eq!(lab.files(), Vec::<PathBuf>::new());
    Ok(())
}

/// The slide that a file becomes, whatever its preamble was.
fn slide_of(file: &[u8]) -> (SlideId, Vec<u8>) {
    let zeroed = [&[0; 128], &file[128..]].concat();
    (SlideId::from_digest(&Sha256Digest::of(&zeroed)), zeroed)
}

async fn tile(lab: &Lab, slide: SlideId) -> Result<SlideManifest, Failure> {
    let outcome = tile_slide(&lab.deps, TilingConfig::default(), slide, no_progress()).await?;
    assert!(matches!(outcome, TileOutcome::Tiled), "{outcome:?}");
    let manifest = lab.deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
    Ok(serde_json::from_slice(&manifest)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_is_stored_and_its_full_resolution_becomes_a_slide() -> Tested {
    let lab = Lab::open().await?;
    let client = Client::of(&lab).await?;
    let came = uids(1)?;
    let levels = painted(&came, 1)?;
    let full = with_text(&levels[0], tags::PATIENT_NAME, VR::PN, "CANARY^ANNA")?;
    let full = with_preamble(&full);
    let label = with_text(
        &levels[2],
        tags::IMAGE_TYPE,
        VR::CS,
        r"ORIGINAL\PRIMARY\LABEL\NONE",
    )?;
    let label = with_text(&label, tags::PATIENT_NAME, VR::PN, "CANARY^ANNA")?;
    let answer = client.store(&[&label, &full, &levels[1]]).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let study = format!("http://lab.example/dicomweb/studies/{}", came.study);
    assert_eq!(
        answer.json()?["00081190"]["Value"][0],
        Value::from(study.clone())
    );
    let stored = answer.stored()?;
    let url = format!(
        "{study}/series/{}/instances/{}",
        came.series, came.level_zero
    );
    let folder = lab.folder.path();
    let expected = [
        (sop_instance(&label, folder)?.to_string(), None),
        (came.level_zero.to_string(), Some(url)),
        (sop_instance(&levels[1], folder)?.to_string(), None),
    ];
    assert_eq!(stored, expected);

    let (slide, zeroed) = slide_of(&full);
    assert_eq!(slides(&lab).await?, [slide]);
    let original = lab.deps.store.get(&ObjectKey::Original(slide)).await?;
    assert!(
        original[..] == zeroed,
        "the preamble is zeroed, and nothing else changed"
    );
    for kept in [&label, &levels[1]] {
        let (_, zeroed) = slide_of(kept);
        let key = ObjectKey::DicomInstance(Sha256Digest::of(&zeroed));
        assert!(lab.deps.store.get(&key).await?[..] == zeroed);
    }
    let announced = lab.deps.queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(announced.message().slide, slide);

    let manifest = tile(&lab, slide).await?;
    assert_eq!(manifest.dicom_uids(), came);
    let key = ObjectKey::PyramidLevel(slide, LevelNumber(0));
    let level = lab.deps.store.get(&key).await?;
    assert_eq!(sop_instance(&level, folder)?, came.level_zero);
    assert!(
        !contains(&level, b"CANARY"),
        "no patient is in what is served"
    );
    let trail = lab.deps.catalog.audit_trail(None, 99).await?;
    let n_of = |action| trail.iter().filter(|row| row.action == action).count();
    assert_eq!((n_of("slide_received"), n_of("instance_kept")), (1, 2));
    let told = trail.iter().map(|row| row.detail.to_string());
    let names = lab
        .files()
        .into_iter()
        .map(|path| path.display().to_string());
    assert!(
        !told
            .chain(names)
            .chain([answer.text])
            .any(|text| text.contains("CANARY"))
    );
    Ok(())
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_once_more_an_instance_is_the_same_and_never_another() -> Tested {
    let lab = Lab::open().await?;
    let client = Client::of(&lab).await?;
    let levels = painted(&uids(1)?, 1)?;
    for _ in 0..2 {
        let answer = client.store(&[&levels[0], &levels[1]]).await?;
        assert_eq!((answer.status, answer.stored()?.len()), (200, 2));
    }
    let files = lab.files();
    for level in &levels[..2] {
        let other = replaced(level, "Coverslip", "Somebody!");
        let answer = client.store(&[&other]).await?;
        assert_eq!((answer.status, answer.reasons()?), (409, vec![45070]));
    }
    assert_eq!(slides(&lab).await?.len(), 1);
    assert_eq!(lab.files(), files);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_instance_that_cannot_be_stored_has_its_reason() -> Tested {
    let lab = Lab::open().await?;
    let client = Client::of(&lab).await?;
    let full = painted(&uids(1)?, 1)?.swap_remove(0);
    let jpeg = "1.2.840.10008.1.2.4.50";
    let volume = r"ORIGINAL\PRIMARY\VOLUME\NONE";
    let class = "1.2.840.10008.5.1.4.1.1.77.1.6";
    let sparse = with_text(
        &full,
        tags::DIMENSION_ORGANIZATION_TYPE,
        VR::CS,
        "TILED_SPARSE",
    )?;
    let contradiction = with_text(&full, tags::SOP_INSTANCE_UID, VR::UI, "1.2.3")?;
    let no_study = with_text(&full, tags::STUDY_INSTANCE_UID, VR::UI, "none")?;
    assert!(contains(&full, volume.as_bytes()));
    let refused: [(&[u8], u64); 9] = [
        (
            &replaced(&full, class, "1.2.840.10008.5.1.4.1.1.77.1.4"),
            290,
        ),
        (&replaced(&full, jpeg, "1.2.840.10008.1.2.4.90"), 49442),
        (&replaced(&full, jpeg, "1.2.840.10008.1.2\0\0\0\0\0"), 49442),
        (&sparse, 272),
        (&contradiction, 43264),
        (&no_study, 49152),
        (&full[..full.len() / 2], 49152),
        (&full[132..], 49152),
        (b"garbage", 49152),
    ];
    for (part, reason) in refused {
        let answer = client.store(&[part]).await?;
        assert_eq!((answer.status, answer.reasons()?), (409, vec![reason]));
    }
    nothing_is_left(&lab).await?;

    let parts: Vec<_> = refused.iter().map(|(part, _)| *part).collect();
    let mut reasons: Vec<_> = refused.iter().map(|(_, reason)| *reason).collect();
    let answer = client.store(&[&parts[..], &[&full]].concat()).await?;
    assert_eq!((answer.status, answer.stored()?.len()), (202, 1));
    let mut found = answer.reasons()?;
    found.sort_unstable();
    reasons.sort_unstable();
    assert_eq!(found, reasons);
    assert_eq!(slides(&lab).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_the_instances_of_its_study_alone() -> Tested {
    let lab = Lab::open().await?;
    let client = Client::of(&lab).await?;
    let came = uids(1)?;
    let full = painted(&came, 1)?.swap_remove(0);
    let kind = [("content-type", KIND)];
    let other = client.send("/1.2.3", &kind, body(&[&full]).into()).await?;
    assert_eq!((other.status, other.reasons()?), (409, vec![43265]));
    nothing_is_left(&lab).await?;
    let none = client.send("/x", &kind, body(&[&full]).into()).await?;
    assert_eq!(none.status, 400, "{}", none.text);
    let own = format!("/{}", came.study);
    let own = client.send(&own, &kind, body(&[&full]).into()).await?;
    assert_eq!((own.status, own.stored()?.len()), (200, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_whole_leaves_nothing() -> Tested {
    let lab = Lab::open().await?;
    let client = Client::of(&lab).await?;
    let levels = painted(&uids(1)?, 1)?;
    let whole = body(&[&levels[0], &levels[1]]);
    let kind = [("content-type", KIND)];
    for kept in [
        0,
        10,
        200,
        levels[0].len(),
        levels[0].len() + 100,
        whole.len() - 3,
    ] {
        let torn = [
            Ok(Bytes::copy_from_slice(&whole[..kept])),
            Err(std::io::Error::other("the scanner was switched off")),
        ];
        let torn = client
            .send("", &kind, Body::from_stream(stream::iter(torn)))
            .await?;
        assert_eq!(torn.status, 400, "{}", torn.text);
        let short = client
            .send("", &kind, whole[..kept].to_vec().into())
            .await?;
        assert_eq!(short.status, 400, "{}", short.text);
        nothing_is_left(&lab).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_store_request_is_refused_as_a_whole() -> Tested {
    let lab = Lab::open().await?;
    let config = ReceiveConfig {
        stow: StowConfig {
            most_bytes: 2000,
            most_instances: 2,
        },
        ..ReceiveConfig::default()
    };
    let client = Client::with(&lab, Role::Scanner, config).await?;
    let small = body(&[b"x", b"x"]);
    let other_part = String::from_utf8(small.clone())?.replace("application/dicom", "text/plain");
    let kind = ("content-type", KIND);
    let xml = "multipart/related; type=\"application/dicom+xml\"; boundary=b";
    let cases: [Case<'_>; 9] = [
        (&[], small.clone(), 415),
        (&[("content-type", "application/dicom")], small.clone(), 415),
        (&[("content-type", xml)], small.clone(), 415),
        (&[kind], other_part.into_bytes(), 415),
        (
            &[kind, ("accept", "application/dicom+xml")],
            small.clone(),
            406,
        ),
        (&[kind], b"--b--".to_vec(), 400),
        (&[kind], body(&[b"x", b"x", b"x"]), 413),
        (&[kind], body(&[&[0; 3000]]), 413),
        (&[kind, ("content-length", "2001")], small.clone(), 413),
    ];
    for (headers, body, status) in cases {
        let answer = client.send("", headers, body.into()).await?;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.content_type, "application/problem+json");
    }
    let reader = Client::with(&lab, Role::Pathologist, config).await?;
    assert_eq!(reader.store(&[b"x"]).await?.status, StatusCode::FORBIDDEN);
    let full = ReceiveConfig {
        most_unfinished: 0,
        ..config
    };
    let full = Client::with(&lab, Role::Scanner, full).await?;
    assert_eq!(
        full.store(&[b"x"]).await?.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    nothing_is_left(&lab).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dicom_file_keeps_its_uids_whichever_way_it_comes() -> Tested {
    let lab = Lab::open().await?;
    let came = uids(1)?;
    let full = painted(&came, 1)?.swap_remove(0);
    let file = lab.folder.path().join("pushed.dcm");
    fs::write(&file, &full)?;
    let pushed = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    assert_eq!(tile(&lab, pushed).await?.dicom_uids(), came);
    // It is the same instance, though its preamble makes it another file: it keeps its UIDs alone.
    fs::write(&file, with_preamble(&full))?;
    let other = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    assert_ne!(other, pushed);
    assert_eq!(
        tile(&lab, other).await?.dicom_uids(),
        SlideUids::derived(&other)
    );
    let answer = Client::of(&lab).await?.store(&[&full]).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(slides(&lab).await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_here_is_not_taken_for_another_slide() -> Tested {
    let lab = Lab::open().await?;
    let file = lab.folder.path().join("slide.tiff");
    small_phantom(&file, 1)?;
    let slide = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    tile(&lab, slide).await?;
    let client = Client::of(&lab).await?;
    for level in [0, 1] {
        let key = ObjectKey::PyramidLevel(slide, LevelNumber(level));
        let ours = lab.deps.store.get(&key).await?;
        let answer = client.store(&[&ours]).await?;
        assert_eq!((answer.status, answer.reasons()?), (409, vec![45070]));
    }
    assert_eq!(slides(&lab).await?, [slide]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn real_instances_are_stored() -> Tested {
    // JPEG and uncompressed slides, a thumbnail, and a level alone.
    let files = [
        ("boxes_0.dcm", Some(true)),
        ("boxes_1.dcm", None),
        ("highdicom_sm_image.dcm", Some(false)),
        ("ezwsi_multiframe_camelyon_challenge_image.dcm", None),
    ];
    for (name, slide) in files {
        let Some(path) = test_data::real(&format!("dicom/{name}")) else {
            continue;
        };
        let lab = Lab::open().await?;
        let answer = Client::of(&lab).await?.store(&[&fs::read(&path)?]).await?;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let [(uid, url)] = &answer.stored()?[..] else {
            return Err("one instance was stored".into());
        };
        let ends_with_uid = url
            .as_ref()
            .map(|url| url.ends_with(&format!("/instances/{uid}")));
        assert_eq!(ends_with_uid, slide, "{name}: {url:?}");
        assert_eq!(
            slides(&lab).await?.len(),
            usize::from(slide.is_some()),
            "{name}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn garbage_is_never_stored(bodies in prop::collection::vec(garbage(), 1..8)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let done: Tested = runtime.block_on(async {
            let lab = Lab::open().await?;
            let client = Client::of(&lab).await?;
            for body in bodies {
                let answer = client.send("", &[("content-type", KIND)], body.into()).await?;
                assert!([400, 409, 413, 415].contains(&answer.status), "{}", answer.text);
            }
            nothing_is_left(&lab).await
        });
        done.expect("every body is answered");
    }
}

/// What looks like a body that stores something, and does not.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<Vec<u8>> = vec![
        b"--b\r\n".to_vec(),
        b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\n".to_vec(),
        b"\r\n--b--".to_vec(),
        b"\r\n\r\n".to_vec(),
        [&[0; 128][..], b"DICM"].concat(),
        b"\x02\0\0\0UL\x04\0\xff\xff\xff\xff".to_vec(),
        b"\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0".to_vec(),
        b"\x02\0\x02\0UI\x1e\x001.2.840.10008.5.1.4.1.1.77.1.6".to_vec(),
        b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff".to_vec(),
    ];
    let piece = prop_oneof![
        3 => prop::sample::select(pieces),
        1 => prop::collection::vec(any::<u8>(), 0..80),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}
