//! What the catalog promises about which slide a slide is.

use coverslip_catalog::{
    CatalogError, IdentityChange, IdentityCorrection, IdentityStanding, LabelReading, PrivateName,
    PrivateRemark, SlideIdentity, SlidePlace, Witness, WitnessSource,
};
use flow::{CaseId, LabelText, SlideNames};
use serde_json::json;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    what_holds_is_noted_once_and_the_last_note_holds
    those_to_be_matched_are_listed_oldest_first_and_found_by_the_case_they_name
    a_correction_is_made_once_and_on_record_without_what_it_says
}

fn names(accession: &str) -> Result<SlideNames, Error> {
    Ok(SlideNames {
        accession: PrivateName::new(accession)?,
        part: None,
        block: Some(PrivateName::new("A1")?),
    })
}

fn identity(standing: IdentityStanding, accession: &str) -> Result<SlideIdentity, Error> {
    Ok(SlideIdentity {
        standing,
        label: LabelReading::Read,
        witnesses: vec![Witness {
            source: WitnessSource::DataMatrix,
            text: LabelText::new(accession)?,
            names: Some(names(accession)?),
        }],
        correction: None,
    })
}

async fn what_holds_is_noted_once_and_the_last_note_holds(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let open = identity(IdentityStanding::Open, "S26-1")?;
    let unknown = catalog.note_identity(id(1), &open).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownSlide { .. })));
    catalog.register(new_slide(1)).await?;
    assert_eq!(catalog.identity(id(1)).await?, None);
    let matched = identity(IdentityStanding::Matched, "S26-1")?;
    for (note, revision) in [(&open, 1), (&open, 1), (&matched, 2)] {
        catalog.note_identity(id(1), note).await?;
        let row = catalog.identity(id(1)).await?.ok_or("a row")?;
        assert_eq!((row.revision, &row.identity), (revision, note));
    }
    let printed = format!("{:?}", catalog.identity(id(1)).await?);
    assert!(!printed.contains("S26"), "{printed}");
    Ok(())
}

async fn those_to_be_matched_are_listed_oldest_first_and_found_by_the_case_they_name(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
    let standings = [
        IdentityStanding::Contradicted,
        IdentityStanding::Open,
        IdentityStanding::Unmatched,
        IdentityStanding::Matched,
        IdentityStanding::Contradicted,
    ];
    for (n, standing) in (0..).zip(standings) {
        catalog.register(new_slide(n)).await?;
        let identity = identity(standing, &format!("S26-{}", n % 4))?;
        catalog.note_identity(id(n), &identity).await?;
    }
    // It was settled since.
    let settled = identity(IdentityStanding::Matched, "S26-2")?;
    catalog.note_identity(id(2), &settled).await?;
    let mut listed = Vec::new();
    while let Some(row) = catalog.to_reconcile(listed.last().copied(), 1).await?.pop() {
        listed.push(row.slide);
    }
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&id(0)) && listed.contains(&id(4)));
    assert!(catalog.to_reconcile(Some(id(9)), 10).await?.is_empty());
    for (accession, mut wanted) in [
        ("S26-0", vec![id(0), id(4)]),
        ("S26-1", vec![id(1)]),
        ("S26-2", Vec::new()),
        ("S26-3", Vec::new()),
    ] {
        let rows = catalog.slides_naming(&PrivateName::new(accession)?).await?;
        let mut naming: Vec<_> = rows.into_iter().map(|row| row.slide).collect();
        naming.sort();
        wanted.sort();
        assert_eq!(naming, wanted, "{accession}");
    }
    Ok(())
}

async fn a_correction_is_made_once_and_on_record_without_what_it_says(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let at = |case: CaseId| SlidePlace {
        case,
        part: None,
        block: PrivateName::new("A1").ok(),
        stain: None,
    };
    let wrong = catalog
        .open_case(&PrivateName::new("S26-1")?, None)
        .await?
        .id;
    let right = catalog
        .open_case(&PrivateName::new("CANARY-2")?, None)
        .await?
        .id;
    catalog.put_in_case("the lis", id(1), &at(wrong)).await?;
    let contradicted = identity(IdentityStanding::Contradicted, "CANARY-2")?;
    catalog.note_identity(id(1), &contradicted).await?;
    let change = |seen| -> Result<IdentityChange, Error> {
        Ok(IdentityChange {
            slide: id(1),
            seen,
            label: contradicted.label,
            witnesses: contradicted.witnesses.clone(),
            correction: IdentityCorrection {
                by: "Dr. Gram".to_owned(),
                reason: PrivateRemark::new("CANARY was printed twice")?,
                names: names("CANARY-2")?,
                before: Some(at(wrong)),
                after: at(right),
            },
        })
    };
    for stale in [0, 2] {
        assert!(!catalog.correct_identity(&change(stale)?).await?);
    }
    assert_eq!(catalog.known_slide(id(1)).await?.place, Some(at(wrong)));
    assert!(catalog.correct_identity(&change(1)?).await?);
    assert!(!catalog.correct_identity(&change(1)?).await?);
    assert_eq!(catalog.known_slide(id(1)).await?.place, Some(at(right)));
    let row = catalog.identity(id(1)).await?.ok_or("a row")?;
    assert_eq!(row.revision, 2);
    assert_eq!(row.identity.standing, IdentityStanding::Matched);
    assert_eq!(row.identity.label, contradicted.label);
    assert_eq!(row.identity.witnesses, contradicted.witnesses);
    assert_eq!(row.identity.correction, Some(change(1)?.correction));
    let trail = catalog.audit_trail(None, 100).await?;
    let made: Vec<_> = trail
        .iter()
        .filter(|row| row.action == "identity_corrected")
        .collect();
    assert_eq!(made.len(), 1);
    assert_eq!(
        (made[0].actor.as_str(), made[0].slide),
        ("Dr. Gram", Some(id(1)))
    );
    let detail = json!({ "case": right, "before": wrong, "revision": 2 });
    assert_eq!(made[0].detail, detail);
    assert!(!format!("{trail:?}").contains("CANARY"));
    Ok(())
}
