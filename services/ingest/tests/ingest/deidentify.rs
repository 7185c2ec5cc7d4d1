//! A DICOM slide whose label came as an instance of its own, sent with the wish that it is not stored.

use axum::body::Body;
use catalog::{Page, WitnessSource};
use coverslip_ingest::{IdentityConfig, TilingConfig, tile_slide};
use dicom_dictionary_std::tags;
use flow::{
    AssociatedName, Deidentification, DeidentificationMethod, LevelNumber, ObjectKey, SlideId,
    SlideManifest,
};

use crate::dicom_files::{label, painted, uids};
use crate::lab::{Lab, Tested, no_progress};
use crate::stow_client::{Answer, Client, KIND, body};

type Failure = Box<dyn std::error::Error>;

async fn stored(lab: &Lab, wish: &[(&str, &str)]) -> Result<(Answer, SlideId), Failure> {
    let levels = painted(&uids(1)?, 1)?;
    let label = label(&levels[0], "S26-1 A1")?;
    let headers = [&[("content-type", KIND)], wish].concat();
    let parts = body(&[&label, &levels[0]]);
    let client = Client::of(lab).await?;
    let answer = client.send("", &headers, Body::from(parts)).await?;
    let page = Page {
        after: None,
        limit: 10,
    };
    let slides = lab.deps.catalog.slides(page).await?;
    assert_eq!(slides.len(), 1);
    Ok((answer, slides[0].id))
}

async fn tiled(lab: &Lab, slide: SlideId) -> Result<SlideManifest, Failure> {
    let config = TilingConfig {
        identity: Some(IdentityConfig::default()),
        ..TilingConfig::default()
    };
    tile_slide(&lab.deps, config, slide, no_progress()).await?;
    let manifest = lab.deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
    Ok(serde_json::from_slice(&manifest)?)
}

async fn codes(lab: &Lab, slide: SlideId) -> Result<Vec<String>, Failure> {
    let key = ObjectKey::PyramidLevel(slide, LevelNumber(0));
    let level = lab.deps.store.get(&key).await?;
    let object = dicom_object::OpenFileOptions::new().from_reader(&level[..])?;
    let Some(terms) = object.get(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE) else {
        return Ok(Vec::new());
    };
    assert_eq!(
        object.element(tags::PATIENT_IDENTITY_REMOVED)?.to_str()?,
        "YES"
    );
    let items = terms.items().ok_or("no items")?.iter();
    items
        .map(|item| Ok(item.element(tags::CODE_VALUE)?.to_str()?.into_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_label_of_a_dicom_slide_is_read_and_not_stored_beside_it() -> Tested {
    let lab = Lab::open().await?;
    let (answer, slide) = stored(&lab, &[("x-deidentify", "label")]).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let manifest = tiled(&lab, slide).await?;
    assert!(manifest.associated.is_empty());
    let expected = Deidentification {
        removed: vec![AssociatedName::Label],
        methods: vec![
            DeidentificationMethod::BasicProfile,
            DeidentificationMethod::CleanPixelData,
            DeidentificationMethod::RetainUids,
        ],
    };
    assert_eq!(manifest.deidentification, Some(expected));
    let key = ObjectKey::Associated(slide, AssociatedName::Label);
    assert!(lab.deps.store.get(&key).await.is_err());
    assert_eq!(codes(&lab, slide).await?, ["113100", "113101", "113110"]);
    let known = lab.deps.catalog.identity(slide).await?;
    let witnesses = known.ok_or("nothing was compared")?.identity.witnesses;
    assert_eq!(witnesses[0].source, WitnessSource::DataMatrix);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_comes_after_its_slide_is_refused() -> Tested {
    let lab = Lab::open().await?;
    let (answer, slide) = stored(&lab, &[]).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let (late, _) = stored(&lab, &[("x-deidentify", "label")]).await?;
    assert_eq!(late.status, 202, "{}", late.text);
    assert_eq!(late.reasons()?, [0xa902]);
    let manifest = tiled(&lab, slide).await?;
    assert_eq!(manifest.associated.len(), 1);
    assert_eq!(manifest.deidentification, None);
    assert!(codes(&lab, slide).await?.is_empty());
    let (unknown, _) = stored(&lab, &[("x-deidentify", "all")]).await?;
    assert_eq!(unknown.status, 400, "{}", unknown.text);
    Ok(())
}
