//! What the tile step does where scanner and case do not name the same slide. Labels are read in the
//! tests of the whole path: their pictures come out of the decoder, which these tests lack.

use std::path::Path;

use catalog::{LabelReading, PrivateName, SlidePlace, WitnessSource};
use coverslip_ingest::{IdentityConfig, TileOutcome, TilingConfig, receive_file, tile_slide};
use flow::{HoldReason, ObjectKey, SlideId, SlideStatus, SlideTiled};
use phantom::PhantomSpec;
use step::IdentityRule;

use crate::lab::{Lab, Tested, arrival, no_progress};

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
        let case = lab
            .deps
            .catalog
            .open_case(&PrivateName::new(accession)?, None)
            .await?
            .id;
        let place = SlidePlace {
            case,
            part: None,
            block: None,
            stain: None,
        };
        lab.deps
            .catalog
            .put_in_case("the lis", slide, &place)
            .await?;
    }
    Ok(slide)
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
