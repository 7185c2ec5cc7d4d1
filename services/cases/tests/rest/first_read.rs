//! Where the first read is required, nothing of a result reaches a pathologist before it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use catalog::Role;
use flow::SlideId;
use futures::StreamExt;
use http::FirstReadRule;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::lab::{Failure, Lab, Person, Tested};
use crate::samples::{CANARY, accept, impression, override_to};

/// What no answer may hold for a reader who has not read: the call, its figures, the model's words.
const TELLING: [&str; 5] = [
    CANARY,
    "probability\":0",
    "isup",
    "positive\":",
    "abstaining\":[",
];

async fn lab_with_a_positive_slide() -> Result<(Lab, SlideId, String), Failure> {
    let lab = Lab::with_rule(FirstReadRule::Required).await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let order = json!({ "accession": "S26-1", "patient": "P-7" });
    lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    let case = lab.in_case(slide, "S26-1").await?;
    Ok((lab, slide, case))
}

fn told(answer: &Value) -> Option<&'static str> {
    let text = answer.to_string();
    // A problem may name the remedy, which names no result.
    TELLING.into_iter().find(|word| text.contains(word))
}

/// Every route of this service that answers with anything of a slide, and how it does so unread.
fn routes(slide: SlideId, case: &str) -> Vec<(&'static str, String, Value, StatusCode)> {
    let of_slide = |rest: &str| format!("/api/v1/slides/{slide}{rest}");
    let of_case = |rest: &str| format!("/api/v1/cases/{case}{rest}");
    let (ok, refused) = (StatusCode::OK, StatusCode::FORBIDDEN);
    vec![
        ("GET", "/api/v1/slides".to_owned(), Value::Null, ok),
        ("GET", of_slide(""), Value::Null, ok),
        ("GET", of_slide("/predictions"), Value::Null, refused),
        (
            "GET",
            of_slide("/predictions/phantom-tumour"),
            Value::Null,
            refused,
        ),
        ("GET", of_slide("/reviews"), Value::Null, refused),
        ("GET", of_slide("/report.html"), Value::Null, refused),
        ("GET", of_slide("/report.pdf"), Value::Null, refused),
        ("GET", of_case("/report.html"), Value::Null, refused),
        ("GET", of_case("/report.pdf"), Value::Null, refused),
        ("POST", of_slide("/reviews"), accept(), refused),
        (
            "POST",
            of_slide("/reviews"),
            override_to("benign", false),
            refused,
        ),
        ("GET", "/api/v1/worklist".to_owned(), Value::Null, ok),
        (
            "POST",
            "/api/v1/worklist".to_owned(),
            json!({ "accession": "S" }),
            ok,
        ),
        (
            "POST",
            "/api/v1/patients/results".to_owned(),
            json!({ "patient": "P-7" }),
            ok,
        ),
        ("GET", "/api/v1/cases".to_owned(), Value::Null, ok),
        ("GET", of_case(""), Value::Null, ok),
        (
            "PUT",
            of_case("/assignee"),
            json!({ "assignee": "Dr. Gram" }),
            ok,
        ),
        ("PUT", of_slide("/case"), json!({ "case": case }), ok),
        (
            "POST",
            of_case("/sign-off"),
            json!({ "seen": "0".repeat(64) }),
            refused,
        ),
    ]
}

#[tokio::test]
async fn no_route_tells_a_pathologist_anything_before_the_first_read() -> Tested {
    let (lab, slide, case) = lab_with_a_positive_slide().await?;
    // What another reader said of the AI is kept back as well.
    let koch = lab.person("Dr. Koch", Role::Pathologist).await?;
    let reviews = format!("/api/v1/slides/{slide}/reviews");
    for said in [impression(), accept()] {
        let (status, _) = lab.ask_as(&koch, "POST", &reviews, said).await?;
        assert_eq!(status, StatusCode::CREATED);
    }
    for role in [Role::Pathologist, Role::Admin] {
        let gram = lab.person("Dr. Gram", role).await?;
        for (method, path, body, expected) in routes(slide, &case) {
            let (status, answer) = lab.ask_as(&gram, method, &path, body.clone()).await?;
            assert_eq!(status, expected, "{role} {method} {path}: {answer}");
            assert_eq!(told(&answer), None, "{role} {method} {path}: {answer}");
            if status == StatusCode::FORBIDDEN {
                let detail = answer["detail"].as_str().unwrap_or_default();
                assert!(detail.contains("record your impression"), "{detail}");
            }
            // Nor does a pathologist's token.
            let (_, answer) = lab.ask(role, method, &path, body).await?;
            assert_eq!(
                told(&answer),
                None,
                "{role}'s token {method} {path}: {answer}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_impression_opens_that_slide_for_that_reader() -> Tested {
    let (lab, slide, case) = lab_with_a_positive_slide().await?;
    let second = lab.scored(b"b", 0.9).await?;
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let path = format!("/api/v1/slides/{slide}");
    let (_, before) = lab.ask_as(&gram, "GET", &path, Value::Null).await?;
    assert_eq!(before["awaits_impression"], true);
    let reviews = format!("{path}/reviews");
    let (status, said) = lab.ask_as(&gram, "POST", &reviews, impression()).await?;
    assert_eq!(
        (status, &said["blind"]),
        (StatusCode::CREATED, &json!(true))
    );
    let (_, after) = lab.ask_as(&gram, "GET", &path, Value::Null).await?;
    assert_eq!(
        (&after["awaits_impression"], &after["call"]["label"]),
        (&json!(false), &json!(CANARY))
    );
    for (method, path, body, _) in routes(slide, &case) {
        let (status, answer) = lab.ask_as(&gram, method, &path, body).await?;
        assert_ne!(status, StatusCode::FORBIDDEN, "{method} {path}: {answer}");
    }
    let other = format!("/api/v1/slides/{second}/predictions");
    let (status, _) = lab.ask_as(&gram, "GET", &other, Value::Null).await?;
    assert_eq!(status, StatusCode::FORBIDDEN, "another slide");
    let koch = lab.person("Dr. Koch", Role::Pathologist).await?;
    let predictions = format!("{path}/predictions");
    let (status, _) = lab.ask_as(&koch, "GET", &predictions, Value::Null).await?;
    assert_eq!(status, StatusCode::FORBIDDEN, "another reader");
    let (_, again) = lab.ask_as(&gram, "POST", &reviews, impression()).await?;
    assert_eq!(again["blind"], false, "the second look is not blind");
    Ok(())
}

#[tokio::test]
async fn events_tell_nothing_before_the_first_read_and_the_result_after_it() -> Tested {
    let (lab, slide, _) = lab_with_a_positive_slide().await?;
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    for path in [
        format!("/api/v1/slides/{slide}/events"),
        "/api/v1/events".to_owned(),
    ] {
        let fresh = format!("reader of {path}");
        let reader = lab.person(&fresh, Role::Pathologist).await?;
        let mut events = listen(&lab, &reader, &path).await?;
        let first = events.next().await.ok_or("an event")??;
        let first = String::from_utf8_lossy(&first).into_owned();
        assert!(first.contains("\"awaits_impression\":true"), "{first}");
        assert!(!TELLING.iter().any(|word| first.contains(word)), "{first}");
        let reviews = format!("/api/v1/slides/{slide}/reviews");
        lab.ask_as(&reader, "POST", &reviews, impression()).await?;
        let then = events.next().await.ok_or("an event")??;
        let then = String::from_utf8_lossy(&then).into_owned();
        assert!(then.contains(CANARY), "{then}");
    }
    let mut events = listen(&lab, &gram, "/api/v1/events").await?;
    let first = events.next().await.ok_or("an event")??;
    assert!(!String::from_utf8_lossy(&first).contains(CANARY));
    Ok(())
}

async fn listen(
    lab: &Lab,
    person: &Person,
    path: &str,
) -> Result<axum::body::BodyDataStream, Failure> {
    let request = Request::get(path).header("cookie", &person.0);
    let request = request.body(Body::empty())?;
    let answer = lab.app.clone().oneshot(request).await?;
    Ok(answer.into_body().into_data_stream())
}

#[tokio::test]
async fn the_order_of_the_worklist_tells_nothing_before_the_first_read() -> Tested {
    let lab = Lab::with_rule(FirstReadRule::Required).await?;
    for (bytes, probability, accession) in [(b"a", 0.1, "S26-1"), (b"b", 0.9, "S26-2")] {
        let slide = lab.scored(bytes, probability).await?;
        lab.in_case(slide, accession).await?;
    }
    let first_of = |list: &Value| list["cases"][0]["accession"].clone();
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let (_, unread) = lab
        .ask_as(&gram, "GET", "/api/v1/worklist", Value::Null)
        .await?;
    assert_eq!(first_of(&unread), "S26-1", "the oldest first");
    let (_, machine) = lab
        .ask(Role::Lis, "GET", "/api/v1/worklist", Value::Null)
        .await?;
    assert_eq!(first_of(&machine), "S26-2", "the suspicious first");
    Ok(())
}

#[tokio::test]
async fn machines_that_pass_results_on_are_not_bound() -> Tested {
    let (lab, slide, _) = lab_with_a_positive_slide().await?;
    let path = format!("/api/v1/slides/{slide}/predictions");
    for role in [Role::Lis, Role::Engineer] {
        let (status, _) = lab.ask(role, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::OK, "{role}");
    }
    Ok(())
}
