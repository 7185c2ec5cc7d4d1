//! What the catalog promises about the chain of its audit trail.

use coverslip_catalog::{
    AuditAction, AuditCheck, AuditEvent, AuditFault, AuditFaultKind, Catalog, CatalogError,
};
use flow::Sha256Digest;
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide, prediction};
use crate::tampering::{Attacker, Found, tamperings};

kept_by_both! {
    an_empty_trail_verifies
    what_eight_write_at_once_in_three_processes_is_one_chain
    each_of_a_hundred_tamperings_with_a_thousand_events_is_found
    what_older_versions_wrote_is_taken_into_the_chain
    what_an_older_process_adds_meanwhile_is_taken_in_by_the_next_event
    a_write_is_on_record_or_not_done
    a_result_is_on_record_once_until_it_is_another
}

pub(crate) fn event(n: u64) -> AuditEvent {
    let actions = [
        AuditAction::LoggedIn,
        AuditAction::CaseSeen,
        AuditAction::SlideReceived,
        AuditAction::PatientImageSeen,
        AuditAction::ResultRecorded,
    ];
    AuditEvent {
        actor: format!("reader {}", n % 7),
        action: actions[usize::try_from(n).unwrap_or_default() % actions.len()],
        slide: n
            .is_multiple_of(3)
            .then(|| id(u8::try_from(n % 200).unwrap_or_default())),
        detail: json!({ "n": n, "words": "a \"quoted\" ü" }),
    }
}

/// By eight at once, who share three handles.
async fn write(catalogs: &[Catalog; 3], n_events: u64) -> Result<(), CatalogError> {
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let catalog = catalogs[usize::try_from(writer).unwrap_or_default() % 3].clone();
        writers.spawn(async move {
            for n in (writer..n_events).step_by(8) {
                catalog.audit(event(n)).await?;
            }
            Ok::<_, CatalogError>(())
        });
    }
    writers.join_all().await.into_iter().collect()
}

async fn opened(place: &Place) -> Result<[Catalog; 3], CatalogError> {
    Ok([
        place.open().await?,
        place.open().await?,
        place.open().await?,
    ])
}

async fn an_empty_trail_verifies(place: Place) -> TestResult {
    let check = place.open().await?.verify_audit(None).await?;
    assert_eq!((check.head.seq, check.fault), (0, None));
    Ok(())
}

async fn what_eight_write_at_once_in_three_processes_is_one_chain(place: Place) -> TestResult {
    let catalogs = opened(&place).await?;
    let writing = write(&catalogs, 400);
    let looking = async {
        // What is written meanwhile is no fault.
        for _ in 0..20 {
            let check = catalogs[0].verify_audit(None).await?;
            assert_eq!(check.fault, None, "at {}", check.head.seq);
        }
        Ok::<_, CatalogError>(())
    };
    let (written, looked) = tokio::join!(writing, looking);
    written?;
    looked?;
    let check = catalogs[1].verify_audit(None).await?;
    assert_eq!((check.head.seq, check.fault), (400, None));
    let trail = catalogs[2].audit_trail(None, 1_000).await?;
    assert_eq!(trail[0].hash, Some(check.head.hash));
    let mut said: Vec<_> = trail.iter().map(|row| row.detail["n"].as_u64()).collect();
    said.sort_unstable();
    assert_eq!(said, (0..400).map(Some).collect::<Vec<_>>());
    Ok(())
}

async fn each_of_a_hundred_tamperings_with_a_thousand_events_is_found(place: Place) -> TestResult {
    let catalogs = opened(&place).await?;
    write(&catalogs, 500).await?;
    let early = catalogs[0].verify_audit(None).await?.head;
    write(&catalogs, 500).await?;
    let whole = catalogs[0].verify_audit(Some(early.hash)).await?;
    assert_eq!((whole.head.seq, whole.fault), (1_000, None));

    let mut attacker = Attacker::of(&place).await?;
    let tamperings = tamperings(100, 1_000);
    for (n, tampering) in tamperings.iter().enumerate() {
        attacker.tamper(tampering).await?;
        let found = catalogs[n % 3].verify_audit(Some(whole.head.hash)).await?;
        let plain = catalogs[n % 3].verify_audit(None).await?;
        assert!(found.fault.is_some(), "{n}: {tampering:?} is not found");
        match tampering.found() {
            Found::At(seq) => {
                let at = plain.fault.map(|fault| fault.seq);
                assert_eq!(at, Some(seq), "{n}: {tampering:?}: {plain:?}");
            }
            // That this needs a head that was written down is said in docs/audit.md.
            Found::ByHeadAlone => assert_eq!(plain.fault, None, "{n}: {tampering:?}"),
        }
        attacker.undo().await?;
    }
    let again = catalogs[2].verify_audit(Some(whole.head.hash)).await?;
    assert_eq!(again, whole);
    Ok(())
}

/// As a catalog looks that a version without the chain has written and closed.
async fn what_older_versions_wrote_is_taken_into_the_chain(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in 0..1_234 {
        catalog.audit(event(n)).await?;
    }
    let chained = catalog.verify_audit(None).await?;
    let mut attacker = Attacker::of(&place).await?;
    attacker
        .say(
            "UPDATE audit SET hash = NULL;
             UPDATE audit_end SET chained = 0, older = seq, hash =
             '0000000000000000000000000000000000000000000000000000000000000000'",
        )
        .await?;
    attacker.arm_again().await?;
    let unchained = catalog.verify_audit(None).await?.fault;
    let kind = AuditFaultKind::Unchained;
    assert_eq!(unchained, Some(AuditFault { seq: 1, kind }));
    let opened = opened(&place);
    let [again, ..] = opened.await?;
    assert_eq!(again.verify_audit(None).await?, chained);
    Ok(())
}

async fn what_an_older_process_adds_meanwhile_is_taken_in_by_the_next_event(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
    catalog.audit(event(0)).await?;
    let older = "INSERT INTO audit (at_ms, actor, action, slide, detail)
                 VALUES (7, 'an older process', 'logged_in', NULL, 'null')";
    place.execute(older).await?;
    place.execute(older).await?;
    let fault = place.open().await?.verify_audit(None).await?.fault;
    let kind = AuditFaultKind::Unchained;
    assert_eq!(fault, Some(AuditFault { seq: 2, kind }), "until then");
    catalog.audit(event(1)).await?;
    let AuditCheck { head, fault } = catalog.verify_audit(None).await?;
    assert_eq!((head.seq, fault), (4, None));
    let trail = catalog.audit_trail(None, 9).await?;
    let numbers: Vec<_> = trail.iter().map(|row| row.seq).collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    Ok(())
}

async fn a_write_is_on_record_or_not_done(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let mut attacker = Attacker::of(&place).await?;
    attacker
        .say("ALTER TABLE audit_end RENAME TO audit_end_away")
        .await?;
    let result = prediction(1, "1.0.0", 0.5)?;
    assert!(catalog.record_prediction(id(1), &result).await.is_err());
    assert!(catalog.predictions(id(1)).await?.is_empty());
    attacker
        .say("ALTER TABLE audit_end_away RENAME TO audit_end")
        .await?;
    attacker.arm_again().await?;
    catalog.record_prediction(id(1), &result).await?;
    assert_eq!(catalog.predictions(id(1)).await?.len(), 1);
    assert_eq!(catalog.verify_audit(None).await?.fault, None);
    Ok(())
}

async fn a_result_is_on_record_once_until_it_is_another(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let n_recorded = async || -> Result<usize, CatalogError> {
        let trail = catalog.audit_trail(None, 99).await?;
        let of_results = trail.iter().filter(|row| row.action == "result_recorded");
        Ok(of_results.count())
    };
    let first = prediction(1, "1.0.0", 0.5)?;
    for _ in 0..3 {
        catalog.record_prediction(id(1), &first).await?;
        assert_eq!(n_recorded().await?, 1, "the same result");
    }
    let changed = prediction(1, "1.0.0", 0.6)?;
    catalog.record_prediction(id(1), &changed).await?;
    assert_eq!(n_recorded().await?, 2);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let newer = prediction(1, "2.0.0", 0.7)?;
    catalog.record_prediction(id(1), &newer).await?;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    catalog.record_prediction(id(1), &changed).await?;
    assert_eq!(n_recorded().await?, 4, "back to the version before");
    let latest = catalog.predictions(id(1)).await?;
    assert_eq!(latest[0], changed);
    let trail = catalog.audit_trail(None, 1).await?;
    let body = serde_json::to_string(&changed)?;
    assert_eq!(
        trail[0].detail["body"],
        Sha256Digest::of(body.as_bytes()).to_string()
    );
    Ok(())
}
