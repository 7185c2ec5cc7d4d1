//! Slides of which it is not known which they are: who may see them, and a person's word.

use axum::http::StatusCode;
use catalog::{
    IdentityStanding, LabelReading, PrivateName, Role, SlideIdentity, Witness, WitnessSource,
};
use flow::{HoldReason, LabelText, SlideId, SlideNames, SlideStatus, SlideTiled};
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Tested};
use crate::samples::accept;

const LIST: &str = "/api/v1/reconciliation";

/// A slide whose label names a case, in another one.
async fn contradicted(lab: &Lab) -> Result<SlideId, Failure> {
    let slide = lab.slide(b"a", &SlideStatus::Received).await?;
    lab.in_case(slide, "CANARY-2").await?;
    let witness = Witness {
        source: WitnessSource::DataMatrix,
        text: LabelText::new("CANARY-1;A;1")?,
        names: Some(SlideNames {
            accession: PrivateName::new("CANARY-1")?,
            part: PrivateName::new("A").ok(),
            block: PrivateName::new("1").ok(),
        }),
    };
    let identity = SlideIdentity {
        standing: IdentityStanding::Contradicted,
        label: LabelReading::Read,
        witnesses: vec![witness],
        correction: None,
    };
    lab.deps.catalog.note_identity(slide, &identity).await?;
    let reason = HoldReason::Identity;
    let held = SlideStatus::Held { reason };
    lab.deps.catalog.set_status(slide, &held).await?;
    Ok(slide)
}

fn said(revision: u32) -> Value {
    json!({ "accession": "CANARY-1", "part": "A", "block": "1", "stain": "H&E",
        "reason": "the CANARY was pushed to the wrong case", "revision": revision })
}

#[tokio::test]
async fn the_list_says_what_each_witness_says_to_those_who_may_know() -> Tested {
    let lab = Lab::open().await?;
    let slide = contradicted(&lab).await?;
    let order = json!({ "accession": "CANARY-1", "patient": "P-1", "part": "A", "block": "2" });
    lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    for role in [Role::Scanner, Role::Engineer] {
        let (status, _) = lab.ask(role, "GET", LIST, Value::Null).await?;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let (status, list) = lab.ask(Role::Lis, "GET", LIST, Value::Null).await?;
    assert_eq!(status, StatusCode::OK, "{list}");
    let entry = &list["slides"][0];
    assert_eq!(entry["slide"]["id"], slide.to_string());
    assert_eq!(entry["slide"]["status"]["reason"]["code"], "identity");
    assert_eq!(entry["standing"], "contradicted");
    assert_eq!(entry["label"], "read");
    let names = json!({ "accession": "CANARY-1", "part": "A", "block": "1" });
    let witness = json!({ "source": "data_matrix", "text": "CANARY-1;A;1", "names": names });
    assert_eq!(entry["witnesses"], json!([witness]));
    assert_eq!(entry["case"]["accession"], "CANARY-2");
    assert_eq!(entry["ordered"][0]["block"], "2");
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    assert!(trail.iter().any(|row| row.action == "identities_seen"));
    assert!(!format!("{trail:?}").contains("CANARY"));
    Ok(())
}

#[tokio::test]
async fn one_slide_is_shown_whether_it_waits_or_not() -> Tested {
    let lab = Lab::open().await?;
    let silent = lab.slide(b"c", &SlideStatus::Tiled).await?;
    let unread = lab.slide(b"d", &SlideStatus::Tiled).await?;
    let identity = SlideIdentity {
        standing: IdentityStanding::Open,
        label: LabelReading::Unread,
        witnesses: Vec::new(),
        correction: None,
    };
    lab.deps.catalog.note_identity(unread, &identity).await?;
    for (slide, revision, label) in [(silent, 0, json!(null)), (unread, 1, json!("unread"))] {
        let path = format!("/api/v1/slides/{slide}/identity");
        let (status, _) = lab.ask(Role::Scanner, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, one) = lab
            .ask(Role::Pathologist, "GET", &path, Value::Null)
            .await?;
        assert_eq!(status, StatusCode::OK, "{one}");
        assert_eq!(one["slide"]["id"], slide.to_string());
        assert_eq!(one["revision"], revision);
        assert_eq!(one["standing"], "open");
        assert_eq!(one["label"], label);
        assert_eq!(one["witnesses"], json!([]));
    }
    lab.in_case(silent, "S26-5").await?;
    let path = format!("/api/v1/slides/{silent}/identity");
    let (_, one) = lab.ask(Role::Lis, "GET", &path, Value::Null).await?;
    assert_eq!(one["standing"], "matched");
    assert_eq!(one["case"]["accession"], "S26-5");
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    let seen = trail.iter().filter(|row| row.action == "identities_seen");
    assert!(seen.count() >= 2);
    Ok(())
}

#[tokio::test]
async fn only_a_person_corrects_and_only_what_they_saw() -> Tested {
    let lab = Lab::open().await?;
    let slide = contradicted(&lab).await?;
    let path = format!("/api/v1/slides/{slide}/identity");
    let (status, _) = lab.ask(Role::Lis, "POST", &path, said(1)).await?;
    assert_eq!(status, StatusCode::FORBIDDEN, "a token is no person");
    let engineer = lab.person("An engineer", Role::Engineer).await?;
    let (status, _) = lab.ask_as(&engineer, "POST", &path, said(1)).await?;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    let mut silent = said(1);
    silent["reason"] = json!(" ");
    let (status, _) = lab.ask_as(&reader, "POST", &path, silent).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, problem) = lab.ask_as(&reader, "POST", &path, said(7)).await?;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert!(!problem.to_string().contains("CANARY"), "{problem}");

    let (status, corrected) = lab.ask_as(&reader, "POST", &path, said(1)).await?;
    assert_eq!(status, StatusCode::OK, "{corrected}");
    assert_eq!(corrected["status"]["state"], "tiled");
    let announced = lab.deps.queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, slide);
    announced.ack();
    let (_, list) = lab.ask_as(&reader, "GET", LIST, Value::Null).await?;
    assert_eq!(list["slides"], json!([]));
    let (status, _) = lab.ask_as(&reader, "POST", &path, said(2)).await?;
    assert_eq!(status, StatusCode::CONFLICT, "it waits no more");

    let place = lab
        .deps
        .catalog
        .known_slide(slide)
        .await?
        .place
        .ok_or("a case")?;
    let case = lab.deps.catalog.known_case(place.case).await?;
    assert_eq!(case.accession.reveal(), "CANARY-1");
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    let made = trail.iter().find(|row| row.action == "identity_corrected");
    let made = made.ok_or("a correction on record")?;
    assert_eq!((made.actor.as_str(), made.slide), ("Dr. Gram", Some(slide)));
    assert!(!format!("{trail:?}").contains("CANARY"));
    let check = lab.deps.catalog.verify_audit(None).await?;
    assert_eq!((check.head.seq, check.fault), (trail.len() as u64, None));
    Ok(())
}

#[tokio::test]
async fn what_was_said_of_a_slide_counts_for_no_case_while_it_waits_to_be_matched() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let case = format!("/api/v1/cases/{}", lab.in_case(slide, "CANARY-2").await?);
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let review = format!("/api/v1/slides/{slide}/reviews");
    lab.ask_as(&gram, "POST", &review, accept()).await?;
    let (_, before) = lab.ask_as(&gram, "GET", &case, Value::Null).await?;
    assert_eq!(before["results"][0]["call"], "positive");

    let reason = HoldReason::Identity;
    let held = SlideStatus::Held { reason };
    lab.deps.catalog.set_status(slide, &held).await?;
    let (_, waiting) = lab.ask_as(&gram, "GET", &case, Value::Null).await?;
    assert_eq!(waiting["results"], json!([]), "{waiting}");
    assert_eq!(waiting["unfinished"], json!([slide]));
    assert_ne!(waiting["seen"], before["seen"]);
    let signing = format!("{case}/sign-off");
    let body = json!({ "seen": waiting["seen"] });
    let (status, refused) = lab.ask_as(&gram, "POST", &signing, body).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(refused["detail"].to_string().contains("match"), "{refused}");
    let record = reading::SlideRecord::of(
        &lab.deps.catalog,
        lab.deps.catalog.known_slide(slide).await?,
    );
    let record = record.await?;
    assert!(record.results.is_empty() && record.reviews.is_empty());
    let results = format!("/api/v1/slides/{slide}/predictions");
    let (_, kept) = lab.ask_as(&gram, "GET", &results, Value::Null).await?;
    assert_eq!(kept["predictions"].as_array().map(Vec::len), Some(1));

    lab.deps
        .catalog
        .set_status(slide, &SlideStatus::Scored)
        .await?;
    let (_, matched) = lab.ask_as(&gram, "GET", &case, Value::Null).await?;
    assert_eq!(matched["results"], before["results"]);
    assert_eq!(matched["seen"], before["seen"]);
    Ok(())
}

#[tokio::test]
async fn an_order_settles_a_slide_that_waits_for_it() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.slide(b"b", &SlideStatus::Received).await?;
    let identity = SlideIdentity {
        standing: IdentityStanding::Unmatched,
        label: LabelReading::Read,
        witnesses: vec![Witness {
            source: WitnessSource::QrCode,
            text: LabelText::new("S26-9")?,
            names: Some(SlideNames {
                accession: PrivateName::new("S26-9")?,
                part: None,
                block: None,
            }),
        }],
        correction: None,
    };
    lab.deps.catalog.note_identity(slide, &identity).await?;
    let reason = HoldReason::Unmatched;
    let held = SlideStatus::Held { reason };
    lab.deps.catalog.set_status(slide, &held).await?;
    let order = json!({ "accession": "S26-9", "patient": "P-1", "block": "1", "stain": "H&E" });
    let (status, _) = lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    assert_eq!(status, StatusCode::CREATED);
    let row = lab.deps.catalog.known_slide(slide).await?;
    assert_eq!(row.status, SlideStatus::Tiled);
    let place = row.place.ok_or("a case")?;
    assert_eq!(
        place
            .block
            .map(|block| block.reveal().to_owned())
            .as_deref(),
        Some("1")
    );
    Ok(())
}
