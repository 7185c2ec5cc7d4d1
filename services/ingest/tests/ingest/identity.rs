//! What the tile step does where scanner and case do not name the same slide. Labels are read in the
//! tests of the whole path: their pictures come out of the decoder, which these tests lack.

use std::path::Path;

use catalog::{LabelReading, Page, PrivateName, SlidePlace, WitnessSource};
use coverslip_ingest::{IdentityConfig, TileOutcome, TilingConfig, receive_file, tile_slide};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use flow::{
    AssociatedName, HoldReason, ObjectKey, SlideId, SlideReceived, SlideStatus, SlideTiled,
};
use phantom::PhantomSpec;
use step::IdentityRule;

use crate::dicom_files::{label, painted, uids, with_text};
use crate::lab::{Lab, Tested, arrival, no_progress};
use crate::stow_client::Client;

const CANARY: &str = "CANARY-1 A1";

/// As an Aperio scanner writes it that has read a barcode.
fn scanned(path: &Path, barcode: &str) -> Tested {
    let spec = PhantomSpec {
        label: Some("unread".to_owned()),
        ..PhantomSpec::benign(1_024, 5)
    };
    phantom::write_slide(&spec, path, &|_| {})?;
    let mut bytes = std::fs::read(path)?;
    let before = b"Title = Synthetic slide, no patient.";
    let mut after = format!("Barcode = {barcode}|").into_bytes();
    after.resize(before.len(), b'.');
    let at = bytes
        .windows(before.len())
        .position(|found| found == before);
    let at = at.ok_or("the description is not where it was")?;
    bytes[at..at + before.len()].copy_from_slice(&after);
    Ok(std::fs::write(path, bytes)?)
}

async fn received(
    lab: &Lab,
    barcode: &str,
    case: Option<&str>,
) -> Result<SlideId, Box<dyn std::error::Error>> {
    let file = lab.folder.path().join("slide.svs");
    scanned(&file, barcode)?;
    let slide = receive_file(&lab.deps, &file, arrival(), |_| {})
        .await?
        .slide();
    if let Some(accession) = case {
        put_in(lab, slide, accession).await?;
    }
    Ok(slide)
}

async fn put_in(lab: &Lab, slide: SlideId, accession: &str) -> Tested {
    let catalog = &lab.deps.catalog;
    let case = catalog
        .open_case(&PrivateName::new(accession)?, None)
        .await?;
    let place = SlidePlace {
        case: case.id,
        part: None,
        block: None,
        stain: None,
    };
    Ok(catalog.put_in_case("the lis", slide, &place).await?)
}

/// What was stored by DICOMweb as a slide.
async fn stored(lab: &Lab, instances: &[&[u8]]) -> Result<SlideId, Box<dyn std::error::Error>> {
    let answer = Client::of(lab).await?.store(instances).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let page = Page {
        after: None,
        limit: 10,
    };
    let rows = lab.deps.catalog.slides(page).await?;
    assert_eq!(rows.len(), 1);
    Ok(rows[0].id)
}

async fn tiled(lab: &Lab, slide: SlideId, rule: IdentityRule) -> anyhow::Result<TileOutcome> {
    let config = TilingConfig {
        identity: Some(IdentityConfig {
            rule,
            ..IdentityConfig::default()
        }),
        ..TilingConfig::default()
    };
    tile_slide(&lab.deps, config, slide, no_progress()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_in_another_case_than_its_scanner_says_is_tiled_and_held() -> Tested {
    let lab = Lab::open().await?;
    let slide = received(&lab, CANARY, Some("S26-2")).await?;
    for _delivery in 0..2 {
        let outcome = tiled(&lab, slide, IdentityRule::GoesOn).await?;
        assert!(
            matches!(outcome, TileOutcome::Held(HoldReason::Identity)),
            "{outcome:?}"
        );
        let reason = HoldReason::Identity;
        assert_eq!(lab.status(slide).await?, SlideStatus::Held { reason });
        assert_eq!(lab.deps.queue.depth::<SlideTiled>().await?.waiting, 0);
    }
    let manifest = lab.deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
    assert!(!String::from_utf8_lossy(&manifest).contains("CANARY"));
    let names = lab.files();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().contains("CANARY"))
    );
    let waiting = lab.deps.catalog.to_reconcile(None, 10).await?;
    // Its label cannot be had: the decoder that reads it is not here.
    assert_eq!(waiting[0].identity.label, LabelReading::Absent);
    let witness = &waiting[0].identity.witnesses[0];
    assert_eq!(witness.source, WitnessSource::ScannerBarcode);
    assert_eq!(witness.text.reveal(), CANARY);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_whose_case_is_known_goes_there_and_on() -> Tested {
    let lab = Lab::open().await?;
    let slide = received(&lab, CANARY, None).await?;
    let case = lab
        .deps
        .catalog
        .open_case(&PrivateName::new("CANARY-1")?, None)
        .await?;
    let outcome = tiled(&lab, slide, IdentityRule::MustMatch).await?;
    assert!(matches!(outcome, TileOutcome::Tiled), "{outcome:?}");
    let place = lab.row(slide).await?.place.ok_or("a case")?;
    assert_eq!(place.case, case.id);
    assert_eq!(place.block.as_ref().map(|block| block.reveal()), Some("1"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_waits_only_where_every_slide_must_be_matched() -> Tested {
    for (rule, reason) in [
        (IdentityRule::GoesOn, None),
        (IdentityRule::MustMatch, Some(HoldReason::Unmatched)),
    ] {
        let lab = Lab::open().await?;
        let slide = received(&lab, CANARY, None).await?;
        tiled(&lab, slide, rule).await?;
        let wanted = match reason {
            Some(reason) => SlideStatus::Held { reason },
            None => SlideStatus::Tiled,
        };
        assert_eq!(lab.status(slide).await?, wanted);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dicom_slide_is_compared_with_the_accession_number_that_its_scanner_was_told() -> Tested {
    for (case, wanted) in [
        ("S26-1", SlideStatus::Tiled),
        (
            "S26-2",
            SlideStatus::Held {
                reason: HoldReason::Identity,
            },
        ),
    ] {
        let lab = Lab::open().await?;
        let levels = painted(&uids(1)?, 1)?;
        let full = with_text(&levels[0], tags::ACCESSION_NUMBER, VR::SH, "S26-1")?;
        let slide = stored(&lab, &[&full]).await?;
        put_in(&lab, slide, case).await?;
        tiled(&lab, slide, IdentityRule::GoesOn).await?;
        assert_eq!(lab.status(slide).await?, wanted);
        let found = lab.deps.catalog.identity(slide).await?.ok_or("a finding")?;
        let sources: Vec<_> = found.identity.witnesses.iter().map(|w| w.source).collect();
        assert_eq!(sources, [WitnessSource::ScannerAccession]);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_stored_as_an_instance_is_read_whether_it_comes_with_its_slide_or_later() -> Tested
{
    let rule = IdentityRule::GoesOn;
    for is_late in [false, true] {
        let lab = Lab::open().await?;
        let levels = painted(&uids(1)?, 1)?;
        let (full, label) = (&levels[0], label(&levels[1], CANARY)?);
        let first: &[&[u8]] = if is_late { &[full] } else { &[full, &label] };
        let slide = stored(&lab, first).await?;
        put_in(&lab, slide, "S26-2").await?;
        let outcome = tiled(&lab, slide, rule).await?;
        let has_label = |manifest: &[u8]| -> Result<bool, serde_json::Error> {
            let manifest: flow::SlideManifest = serde_json::from_slice(manifest)?;
            let mut names = manifest.associated.iter().map(|image| image.name);
            Ok(names.any(|name| name == AssociatedName::Label))
        };
        let manifest = lab.deps.store.get(&ObjectKey::SlideManifest(slide)).await?;
        assert_eq!(has_label(&manifest)?, !is_late);
        if is_late {
            assert!(matches!(outcome, TileOutcome::Tiled), "{outcome:?}");
            lab.deps
                .queue
                .subscribe::<SlideReceived>()
                .next()
                .await
                .ack();
            assert_eq!(lab.deps.queue.depth::<SlideReceived>().await?.waiting, 0);
            stored(&lab, &[&label]).await?;
            assert_eq!(lab.deps.queue.depth::<SlideReceived>().await?.waiting, 1);
            tiled(&lab, slide, rule).await?;
        }
        let reason = HoldReason::Identity;
        assert_eq!(lab.status(slide).await?, SlideStatus::Held { reason });
        let found = lab.deps.catalog.identity(slide).await?.ok_or("a finding")?;
        assert_eq!(found.identity.label, LabelReading::Read);
        let witness = &found.identity.witnesses[0];
        assert_eq!(witness.source, WitnessSource::DataMatrix);
        assert_eq!(witness.text.reveal(), CANARY);
    }
    Ok(())
}
