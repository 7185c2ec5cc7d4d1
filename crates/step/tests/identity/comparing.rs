use catalog::{IdentityStanding, LabelReading, PrivateName, SlideIdentity, WitnessSource};
use coverslip_step::{IdentityRule, examine_identity, identity_hold, match_waiting};
use flow::{HoldReason, SlideStatus};

use crate::lab::{Failure, Lab, Tested, label, says};

#[tokio::test]
async fn a_label_alone_puts_the_slide_in_the_case_that_was_ordered() -> Tested {
    let lab = Lab::open().await?;
    lab.ordered("S26-1", "1").await?;
    lab.ordered("S26-1", "2").await?;
    let standing = lab
        .tiled_with(label("S26-1 A 2")?, IdentityRule::GoesOn)
        .await?;
    assert_eq!(standing, IdentityStanding::Matched);
    let place = ["S26-1", "A", "2", "H&E"].map(str::to_owned);
    assert_eq!(lab.place().await?, Some(place));
    let trail = lab.catalog.audit_trail(None, 10).await?;
    let put = trail.iter().find(|row| row.action == "slide_put_in_case");
    assert_eq!(put.map(|row| row.actor.as_str()), Some("slide label"));
    Ok(())
}

#[tokio::test]
async fn a_block_that_carries_the_letter_of_its_part_is_the_one_that_was_ordered() -> Tested {
    let lab = Lab::open().await?;
    lab.ordered("S26-1", "A2").await?;
    lab.tiled_with(label("S26-1 A 2")?, IdentityRule::GoesOn)
        .await?;
    let place = ["S26-1", "A", "A2", "H&E"].map(str::to_owned);
    assert_eq!(lab.place().await?, Some(place));
    Ok(())
}

#[tokio::test]
async fn where_several_orders_fit_none_is_taken_for_the_one() -> Tested {
    let lab = Lab::open().await?;
    lab.ordered("S26-1", "1").await?;
    lab.ordered("S26-1", "2").await?;
    lab.tiled_with(label("S26-1")?, IdentityRule::GoesOn)
        .await?;
    let place = ["S26-1", "", "", ""].map(str::to_owned);
    assert_eq!(lab.place().await?, Some(place));
    Ok(())
}

#[tokio::test]
async fn who_contradicts_another_holds_the_slide() -> Tested {
    let scanner = WitnessSource::ScannerBarcode;
    let cases = [
        // The label and what the scanner read.
        (
            None,
            vec![
                says(WitnessSource::QrCode, "S26-1")?,
                says(scanner, "S26-2")?,
            ],
        ),
        // Two blocks of one case.
        (
            None,
            vec![
                says(WitnessSource::QrCode, "S26-1 A 1")?,
                says(scanner, "S26-1 A 2")?,
            ],
        ),
        // The label and the case.
        (Some("S26-2"), label("S26-1")?),
        (Some("S26-1 B 1"), label("S26-1 A 1")?),
        // The label and what was ordered.
        (None, label("S26-1 A 9")?),
        (Some("S26-1"), label("S26-1 A 9")?),
    ];
    for (n, (case, witnesses)) in cases.into_iter().enumerate() {
        let lab = Lab::open().await?;
        lab.ordered("S26-1", "1").await?;
        if let Some(case) = case {
            lab.put_in(case).await?;
        }
        let place = lab.place().await?;
        let standing = lab.tiled_with(witnesses, IdentityRule::GoesOn).await?;
        assert_eq!(standing, IdentityStanding::Contradicted, "case {n}");
        assert_eq!(lab.place().await?, place, "case {n}: it stays where it was");
        let hold = identity_hold(&lab.catalog, lab.slide).await?;
        assert_eq!(hold, Some(HoldReason::Identity), "case {n}");
        assert_eq!(
            lab.catalog.to_reconcile(None, 10).await?.len(),
            1,
            "case {n}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_dispute_over_cases_that_nobody_knows_holds_only_where_every_slide_must_be_matched()
-> Tested {
    let disputed = || -> Result<_, Failure> {
        Ok(vec![
            says(WitnessSource::QrCode, "S26-8")?,
            says(WitnessSource::ScannerBarcode, "S26-9")?,
        ])
    };
    for (rule, wanted) in [
        (IdentityRule::GoesOn, IdentityStanding::Open),
        (IdentityRule::MustMatch, IdentityStanding::Contradicted),
    ] {
        let lab = Lab::open().await?;
        lab.ordered("S26-1", "1").await?;
        assert_eq!(lab.tiled_with(disputed()?, rule).await?, wanted);
        // It matters once the laboratory knows one of them.
        lab.ordered("S26-9", "1").await?;
        match_waiting(&lab.catalog, &lab.queue, &PrivateName::new("S26-9")?).await?;
        let reason = HoldReason::Identity;
        assert_eq!(lab.row().await?.status, SlideStatus::Held { reason });
        assert_eq!(lab.place().await?, None);
    }
    Ok(())
}

#[tokio::test]
async fn an_unread_label_is_noted_and_holds_nothing() -> Tested {
    for (reading, is_noted) in [(LabelReading::Unread, true), (LabelReading::Absent, false)] {
        let lab = Lab::open().await?;
        let found = SlideIdentity {
            standing: IdentityStanding::Open,
            label: reading,
            witnesses: Vec::new(),
            correction: None,
        };
        let rule = IdentityRule::GoesOn;
        let standing = examine_identity(&lab.catalog, lab.slide, found.clone(), rule).await?;
        assert_eq!(standing, IdentityStanding::Open);
        let noted = lab.catalog.identity(lab.slide).await?;
        assert_eq!(noted.map(|row| row.identity), is_noted.then_some(found));
    }
    Ok(())
}

#[tokio::test]
async fn who_agrees_or_says_nothing_that_is_understood_holds_nothing() -> Tested {
    let mut strange = says(WitnessSource::Code128, "http://example.org")?;
    strange.names = None;
    let cases = [
        (None, Vec::new(), IdentityStanding::Open),
        (None, vec![strange.clone()], IdentityStanding::Open),
        // Nobody knows this case.
        (None, label("S26-7")?, IdentityStanding::Open),
        (Some("S26-1"), Vec::new(), IdentityStanding::Matched),
        (Some("S26-1"), vec![strange], IdentityStanding::Matched),
        (
            Some("S26-1"),
            label("S26-1 A 1")?,
            IdentityStanding::Matched,
        ),
    ];
    for (n, (case, witnesses, wanted)) in cases.into_iter().enumerate() {
        let lab = Lab::open().await?;
        lab.ordered("S26-1", "1").await?;
        if let Some(case) = case {
            lab.put_in(case).await?;
        }
        let standing = lab.tiled_with(witnesses, IdentityRule::GoesOn).await?;
        assert_eq!(standing, wanted, "case {n}");
        assert!(
            lab.catalog.to_reconcile(None, 10).await?.is_empty(),
            "case {n}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn where_every_slide_must_be_matched_one_without_a_case_waits() -> Tested {
    for witnesses in [Vec::new(), label("S26-7")?] {
        let lab = Lab::open().await?;
        let standing = lab.tiled_with(witnesses, IdentityRule::MustMatch).await?;
        assert_eq!(standing, IdentityStanding::Unmatched);
        let hold = identity_hold(&lab.catalog, lab.slide).await?;
        assert_eq!(hold, Some(HoldReason::Unmatched));
        assert_eq!(lab.catalog.to_reconcile(None, 10).await?.len(), 1);
    }
    Ok(())
}
