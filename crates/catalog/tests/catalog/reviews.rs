//! What the catalog promises about what people say of slides and sign of cases.

use coverslip_catalog::{
    AddedReview, CatalogError, Finding, Impression, NewReview, NewSignOff, Opinion, OverrideReason,
    PrivateRemark, SeenResult, SlidePlace,
};
use flow::Call;
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::cases::name;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction};

kept_by_both! {
    reviews_are_numbered_in_their_order_and_read_as_written
    of_many_who_amend_a_review_one_does
    many_readers_at_once_all_get_through
    an_impression_is_the_readers_own_and_of_one_slide
    reviews_can_be_neither_changed_nor_removed
    of_two_who_sign_a_version_one_does_and_the_case_is_signed
}

fn impression(slide: u8, reviewer: &str) -> NewReview {
    NewReview {
        slide: id(slide),
        reviewer: reviewer.to_owned(),
        opinion: Opinion::Impression {
            impression: Impression::Suspicious,
            text: None,
            blind: true,
        },
        amends: None,
    }
}

fn override_of(slide: u8) -> Result<NewReview, Error> {
    Ok(NewReview {
        opinion: Opinion::Override {
            result: SeenResult::of(&prediction(slide, "1.0.0", 0.75)?),
            finding: Finding {
                call: Call {
                    label: "benign".to_owned(),
                    is_positive: false,
                },
                grade: None,
            },
            reason: OverrideReason::FalsePositive,
            text: PrivateRemark::new("crush artefact, Doe")?,
        },
        ..impression(slide, "Dr. Gram")
    })
}

async fn reviews_are_numbered_in_their_order_and_read_as_written(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let unknown = catalog.add_review(&impression(1, "Dr. Gram")).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownSlide { .. })));
    for n in [1, 2] {
        catalog.register(new_slide(n)).await?;
    }
    let case = catalog.open_case(&name("S26-1")?, None).await?.id;
    let place_in_case = SlidePlace {
        case,
        part: None,
        block: None,
        stain: None,
    };
    catalog
        .put_in_case("the lis", id(1), &place_in_case)
        .await?;
    let second = override_of(1)?;
    for (review, number) in [(impression(1, "Dr. Gram"), 1), (second.clone(), 2)] {
        assert_eq!(
            catalog.add_review(&review).await?,
            AddedReview::Done(number)
        );
    }
    catalog.add_review(&override_of(2)?).await?;
    drop(catalog);
    let catalog = place.open().await?;
    let reviews = catalog.reviews(id(1)).await?;
    let numbers: Vec<u32> = reviews.iter().map(|review| review.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(reviews[1].opinion, second.opinion);
    assert_eq!(reviews[1].reviewer, "Dr. Gram");
    assert_eq!(catalog.reviews_of_case(case).await?, reviews);
    let judgements = catalog.judgements().await?;
    assert_eq!(judgements.len(), 2);
    assert!(
        judgements
            .iter()
            .all(|review| review.opinion.kind() == "override")
    );
    assert!(!format!("{reviews:?}").contains("Doe"));
    Ok(())
}

async fn of_many_who_amend_a_review_one_does(place: Place) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    catalogs[0].register(new_slide(1)).await?;
    catalogs[0].add_review(&impression(1, "Dr. Gram")).await?;
    let mut amending = JoinSet::new();
    for n in 0..8 {
        let catalog = catalogs[n % 2].clone();
        let amendment = NewReview {
            amends: Some(1),
            ..impression(1, "Dr. Gram")
        };
        amending.spawn(async move { catalog.add_review(&amendment).await });
    }
    let mut n_done = 0;
    for added in amending.join_all().await {
        n_done += usize::from(added? == AddedReview::Done(2));
    }
    assert_eq!(n_done, 1);
    assert_eq!(catalogs[0].reviews(id(1)).await?.len(), 2);
    Ok(())
}

async fn many_readers_at_once_all_get_through(place: Place) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    catalogs[0].register(new_slide(1)).await?;
    let mut readers = JoinSet::new();
    for n in 0..12 {
        let catalog = catalogs[n % 2].clone();
        let review = impression(1, &format!("reader {n}"));
        readers.spawn(async move { catalog.add_review(&review).await });
    }
    for added in readers.join_all().await {
        assert!(matches!(added?, AddedReview::Done(_)));
    }
    let reviews = catalogs[1].reviews(id(1)).await?;
    let numbers: Vec<u32> = reviews.iter().map(|review| review.number).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    Ok(())
}

async fn an_impression_is_the_readers_own_and_of_one_slide(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in [1, 2] {
        catalog.register(new_slide(n)).await?;
    }
    catalog.add_review(&override_of(1)?).await?;
    assert!(!catalog.has_impression(id(1), "Dr. Gram").await?);
    catalog.add_review(&impression(1, "Dr. Gram")).await?;
    assert!(catalog.has_impression(id(1), "Dr. Gram").await?);
    assert!(!catalog.has_impression(id(1), "Dr. Koch").await?);
    assert!(!catalog.has_impression(id(2), "Dr. Gram").await?);
    Ok(())
}

async fn reviews_can_be_neither_changed_nor_removed(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    catalog.add_review(&impression(1, "Dr. Gram")).await?;
    let case = catalog.open_case(&name("S26-1")?, None).await?.id;
    let signed = NewSignOff {
        case,
        version: 1,
        signer: "Dr. Gram".to_owned(),
        body: json!({}),
    };
    catalog.add_sign_off(&signed).await?;
    for statement in [
        "UPDATE reviews SET reviewer = 'y'",
        "DELETE FROM reviews",
        "UPDATE sign_offs SET signer = 'y'",
        "DELETE FROM sign_offs",
    ] {
        let refused = place.execute(statement).await;
        assert!(
            refused.is_err_and(|error| error.to_string().contains("never")),
            "{statement}"
        );
    }
    assert_eq!(catalog.reviews(id(1)).await?[0].reviewer, "Dr. Gram");
    Ok(())
}

async fn of_two_who_sign_a_version_one_does_and_the_case_is_signed(place: Place) -> TestResult {
    use coverslip_catalog::{CasePage, CaseStanding};
    let catalog = place.open().await?;
    let case = catalog.open_case(&name("S26-1")?, None).await?.id;
    let standing = |standing| CasePage {
        standing,
        after: None,
        limit: 9,
    };
    assert_eq!(catalog.cases(standing(CaseStanding::Open)).await?.len(), 1);
    let by = |signer: &str, version| NewSignOff {
        case,
        version,
        signer: signer.to_owned(),
        body: json!({ "by": signer }),
    };
    assert!(catalog.add_sign_off(&by("Dr. Gram", 1)).await?);
    assert!(!catalog.add_sign_off(&by("Dr. Koch", 1)).await?);
    assert!(catalog.add_sign_off(&by("Dr. Koch", 2)).await?);
    let versions = catalog.sign_offs(case).await?;
    let signers: Vec<_> = versions
        .iter()
        .map(|v| (v.version, v.signer.as_str()))
        .collect();
    assert_eq!(signers, [(1, "Dr. Gram"), (2, "Dr. Koch")]);
    assert_eq!(versions[0].body, json!({ "by": "Dr. Gram" }));
    assert!(
        catalog
            .cases(standing(CaseStanding::Open))
            .await?
            .is_empty()
    );
    assert_eq!(
        catalog.cases(standing(CaseStanding::Signed)).await?.len(),
        1
    );
    Ok(())
}
