//! Every read and write of what belongs to a patient is on record, and a list that is asked for again
//! and again is not so each time.

use axum::http::StatusCode;
use catalog::Role;
use flow::SlideStatus;
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Person, Tested};
use crate::samples::{accept, impression};

/// What was put on record since there were `n_before`, the oldest first.
async fn since(lab: &Lab, n_before: usize) -> Result<Vec<String>, Failure> {
    let mut recorded = lab.recorded().await?;
    recorded.reverse();
    Ok(recorded.split_off(n_before))
}

async fn ask(
    lab: &Lab,
    person: &Person,
    (method, path, body): (&str, &str, Value),
) -> Result<Vec<String>, Failure> {
    let n_before = lab.recorded().await?.len();
    let (status, answer) = lab.ask_as(person, method, path, body).await?;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    since(lab, n_before).await
}

#[tokio::test]
async fn each_request_about_a_patient_is_one_event() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    lab.store_manifest(slide).await?;
    let case = lab.in_case(slide, "CANARY-1").await?;
    let held = SlideStatus::Held {
        reason: flow::HoldReason::MissingMpp,
    };
    let waiting = lab.slide(b"b", &held).await?;
    let reader = lab.person("Dr. Gram", Role::Admin).await?;
    let of = |slide: flow::SlideId, rest: &str| format!("/api/v1/slides/{slide}{rest}");
    let drawing = of(slide, &format!("/annotations/{}", "0a".repeat(16)));
    let versions = format!("{drawing}/versions");
    let point = json!({ "type": "Feature", "properties": {},
        "geometry": { "type": "Point", "coordinates": [10.0, 20.0] } });
    let order = json!({ "accession": "CANARY-1", "patient": "CANARY", "priority": "stat" });
    let requests = [
        ("GET", of(slide, ""), Value::Null, "slides_seen"),
        (
            "GET",
            of(slide, "/predictions"),
            Value::Null,
            "results_seen",
        ),
        (
            "GET",
            of(slide, "/covariates"),
            Value::Null,
            "covariates_seen",
        ),
        (
            "PUT",
            of(slide, "/covariates"),
            json!({ "age": 63 }),
            "covariates_given",
        ),
        (
            "PATCH",
            of(waiting, ""),
            json!({ "mpp": 0.25 }),
            "mpp_given",
        ),
        (
            "PUT",
            of(waiting, "/case"),
            json!({ "case": case }),
            "slide_put_in_case",
        ),
        ("POST", "/api/v1/orders".to_owned(), order, "order_placed"),
        (
            "GET",
            "/api/v1/orders".to_owned(),
            Value::Null,
            "orders_seen",
        ),
        (
            "GET",
            "/api/v1/worklist".to_owned(),
            Value::Null,
            "case_seen",
        ),
        (
            "POST",
            "/api/v1/worklist".to_owned(),
            json!({ "accession": "C" }),
            "case_seen",
        ),
        (
            "POST",
            "/api/v1/patients/results".to_owned(),
            json!({ "patient": "CANARY" }),
            "case_seen",
        ),
        ("GET", "/api/v1/cases".to_owned(), Value::Null, "case_seen"),
        (
            "GET",
            format!("/api/v1/cases/{case}"),
            Value::Null,
            "case_seen",
        ),
        (
            "PUT",
            format!("/api/v1/cases/{case}/assignee"),
            json!({ "assignee": "Dr. Koch" }),
            "case_assigned",
        ),
        (
            "POST",
            of(slide, "/reviews"),
            impression(),
            "slide_reviewed",
        ),
        ("POST", of(slide, "/reviews"), accept(), "slide_reviewed"),
        ("GET", of(slide, "/reviews"), Value::Null, "reviews_seen"),
        ("PUT", drawing.clone(), point, "annotation_saved"),
        (
            "GET",
            of(slide, "/annotations"),
            Value::Null,
            "annotations_seen",
        ),
        ("GET", drawing.clone(), Value::Null, "annotations_seen"),
        ("GET", versions, Value::Null, "annotations_seen"),
        ("DELETE", drawing, Value::Null, "annotation_removed"),
    ];
    for (method, path, body, action) in requests {
        let recorded = ask(&lab, &reader, (method, &path, body)).await?;
        assert_eq!(recorded, [action], "{method} {path}");
    }
    let trail = lab.deps.catalog.audit_trail(None, 1_000).await?;
    assert!(!format!("{trail:?}").contains("CANARY"), "{trail:?}");
    assert_eq!(lab.deps.catalog.verify_audit(None).await?.fault, None);
    Ok(())
}

#[tokio::test]
async fn a_list_that_is_asked_for_every_second_is_one_event_and_one_for_what_is_new() -> Tested {
    let lab = Lab::open().await?;
    let first = lab.scored(b"a", 0.1).await?;
    let first = lab.in_case(first, "S26-1").await?;
    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    let worklist = ("GET", "/api/v1/worklist", Value::Null);
    for n in 0..20 {
        let recorded = ask(&lab, &reader, worklist.clone()).await?;
        assert_eq!(recorded.len(), usize::from(n == 0), "{recorded:?}");
    }
    let second = lab.scored(b"b", 0.1).await?;
    let second = lab.in_case(second, "S26-2").await?;
    assert_eq!(ask(&lab, &reader, worklist.clone()).await?, ["case_seen"]);
    let trail = lab.deps.catalog.audit_trail(None, 1).await?;
    assert_eq!(trail[0].detail, json!({ "cases": [second] }));

    let other = lab.person("Dr. Koch", Role::Pathologist).await?;
    assert_eq!(ask(&lab, &other, worklist).await?, ["case_seen"]);
    let trail = lab.deps.catalog.audit_trail(None, 1).await?;
    let mut both = [first, second];
    both.sort();
    assert_eq!(trail[0].actor, "Dr. Koch");
    assert_eq!(trail[0].detail, json!({ "cases": both }));
    Ok(())
}

#[tokio::test]
async fn whoever_sees_no_names_is_not_on_record() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.1).await?;
    let path = format!("/api/v1/slides/{slide}");
    for (role, n_events) in [(Role::Engineer, 0), (Role::Scanner, 0), (Role::Lis, 1)] {
        let n_before = lab.recorded().await?.len();
        let (status, _) = lab.ask(role, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::OK);
        let recorded = since(&lab, n_before).await?;
        let seen = recorded.iter().filter(|action| *action == "slides_seen");
        assert_eq!(seen.count(), n_events, "{role}: {recorded:?}");
    }
    Ok(())
}
