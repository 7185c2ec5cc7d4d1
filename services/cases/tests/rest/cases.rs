use axum::http::StatusCode;
use catalog::Role;
use flow::SlideStatus;
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};
use crate::samples::{accept, override_to};

#[tokio::test]
async fn a_case_says_what_its_slides_say_by_the_rule() -> Tested {
    let lab = Lab::open().await?;
    let first = lab.scored(b"a", 0.1).await?;
    let case = lab.in_case(first, "S26-1").await?;
    let path = format!("/api/v1/cases/{case}");
    let call = async || -> Result<Value, crate::lab::Failure> {
        let (status, case) = lab.ask(Role::Lis, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::OK, "{case}");
        Ok(case["results"][0].clone())
    };
    assert_eq!(call().await?["call"], "negative");

    let silent = lab.abstaining(b"b").await?;
    lab.in_case(silent, "S26-1").await?;
    let open = call().await?;
    assert_eq!(open["call"], "open");
    assert_eq!(open["abstaining"], json!([silent]));

    let bad = lab.scored(b"c", 0.9).await?;
    lab.in_case(bad, "S26-1").await?;
    let positive = call().await?;
    assert_eq!(positive["call"], "positive");
    assert_eq!(
        (&positive["worst_grade"], &positive["n_slides"]),
        (&json!(3), &json!(3))
    );

    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    let review = format!("/api/v1/slides/{bad}/reviews");
    let said = override_to("benign", false);
    let (status, said) = lab.ask_as(&reader, "POST", &review, said).await?;
    assert_eq!(status, StatusCode::CREATED, "{said}");
    let corrected = call().await?;
    assert_eq!(
        (&corrected["call"], &corrected["n_by_person"]),
        (&json!("open"), &json!(1))
    );
    Ok(())
}

#[tokio::test]
async fn the_worklist_has_what_is_urgent_then_what_is_suspicious_first() -> Tested {
    let lab = Lab::open().await?;
    for (accession, priority) in [("S26-4", "stat"), ("S26-1", "routine")] {
        let order = json!({ "accession": accession, "patient": "P", "priority": priority });
        lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    }
    for (bytes, probability, accession) in [
        (b"a", 0.1, "S26-1"),
        (b"b", 0.6, "S26-2"),
        (b"c", 0.9, "S26-3"),
        (b"d", 0.2, "S26-4"),
    ] {
        let slide = lab.scored(bytes, probability).await?;
        lab.in_case(slide, accession).await?;
    }
    let (status, list) = lab
        .ask(Role::Pathologist, "GET", "/api/v1/worklist", Value::Null)
        .await?;
    assert_eq!(status, StatusCode::OK, "{list}");
    let cases = list["cases"].as_array().ok_or("cases")?;
    let order: Vec<_> = cases
        .iter()
        .filter_map(|case| case["accession"].as_str())
        .collect();
    assert_eq!(order, ["S26-4", "S26-3", "S26-2", "S26-1"]);
    assert_eq!(cases[0]["state"], "ready");
    assert_eq!(cases[0]["slides"][0]["block"], "A1");
    assert_eq!(cases[0]["slides"][0]["stain"], "H&E");
    Ok(())
}

#[tokio::test]
async fn cases_are_found_by_accession_without_it_in_an_address() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.1).await?;
    let case = lab.in_case(slide, "S26-4711").await?;
    assert!(!case.contains("4711"));
    let search = async |start: &str| {
        let body = json!({ "accession": start });
        lab.ask(Role::Pathologist, "POST", "/api/v1/worklist", body)
            .await
    };
    let (_, found) = search("s26-47").await?;
    assert_eq!(found["cases"][0]["id"], case.as_str());
    let (_, nothing) = search("S26-48").await?;
    assert_eq!(nothing["cases"], json!([]));
    let (_, slide) = lab
        .ask(
            Role::Pathologist,
            "GET",
            &format!("/api/v1/slides/{slide}"),
            Value::Null,
        )
        .await?;
    assert_eq!(slide["case"], case.as_str());
    Ok(())
}

#[tokio::test]
async fn cases_are_for_those_who_know_patients_and_every_look_is_on_record() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.1).await?;
    let case = lab.in_case(slide, "CANARY-1").await?;
    let one = format!("/api/v1/cases/{case}");
    let assignee = format!("{one}/assignee");
    let place = format!("/api/v1/slides/{slide}/case");
    let routes = [
        ("GET", "/api/v1/worklist", Value::Null),
        ("POST", "/api/v1/worklist", json!({ "accession": "C" })),
        ("GET", "/api/v1/cases", Value::Null),
        ("GET", &one, Value::Null),
        ("PUT", &assignee, json!({ "assignee": "Dr. Gram" })),
        ("PUT", &place, json!({ "case": case })),
    ];
    for (method, path, body) in routes {
        for role in [Role::Scanner, Role::Engineer] {
            let (status, _) = lab.ask(role, method, path, body.clone()).await?;
            assert_eq!(status, StatusCode::FORBIDDEN, "{role} {method} {path}");
        }
        let before = lab.recorded().await?.len();
        let (status, answer) = lab.ask(Role::Lis, method, path, body).await?;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {answer}");
        let recorded = lab.recorded().await?;
        // The token that asked is on record, and what it did.
        assert_eq!(recorded.len(), before + 2, "{method} {path}: {recorded:?}");
    }
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    assert!(!format!("{trail:?}").contains("CANARY"), "{trail:?}");
    let (_, slide) = lab
        .ask(
            Role::Engineer,
            "GET",
            &format!("/api/v1/slides/{slide}"),
            Value::Null,
        )
        .await?;
    assert_eq!(slide["case"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_case_is_assigned_and_taken_away_again() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.slide(b"a", &SlideStatus::Tiled).await?;
    let case = lab.in_case(slide, "S26-1").await?;
    let path = format!("/api/v1/cases/{case}/assignee");
    for name in [json!("Dr. Gram"), Value::Null] {
        let body = json!({ "assignee": name });
        let (status, case) = lab.ask(Role::Pathologist, "PUT", &path, body).await?;
        assert_eq!((status, &case["assignee"]), (StatusCode::OK, &name));
        assert_eq!(case["state"], "analysing");
    }
    for (path, body, expected) in [
        (
            path.clone(),
            json!({ "assignee": "" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            path.clone(),
            json!({ "assignee": "Dr.\u{0} Gram" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            path.replace(&case, &"0".repeat(32)),
            json!({}),
            StatusCode::NOT_FOUND,
        ),
        (
            path.replace(&case, "S26-1"),
            json!({}),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let (status, _) = lab.ask(Role::Pathologist, "PUT", &path, body).await?;
        assert_eq!(status, expected, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_slide_goes_to_one_case_by_one_name_of_it() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.1).await?;
    let first = lab.in_case(slide, "S26-1").await?;
    let second = lab.in_case(slide, "S26-2").await?;
    let path = format!("/api/v1/cases/{first}");
    let (_, left) = lab.ask(Role::Lis, "GET", &path, Value::Null).await?;
    assert_eq!(
        (&left["slides"], &left["state"]),
        (&json!([]), &json!("awaiting_slides"))
    );
    let place = format!("/api/v1/slides/{slide}/case");
    for body in [
        json!({}),
        json!({ "case": second, "accession": "S26-1" }),
        json!({ "accession": " " }),
    ] {
        let (status, _) = lab.ask(Role::Lis, "PUT", &place, body).await?;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let body = json!({ "case": "0".repeat(32) });
    let (status, _) = lab.ask(Role::Lis, "PUT", &place, body).await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let moved = lab.deps.catalog.audit_trail(None, 100).await?;
    let moved = moved.iter().find(|row| row.action == "slide_put_in_case");
    let detail = &moved.ok_or("a move on record")?.detail;
    assert_eq!(detail, &json!({ "case": second, "before": first }));
    Ok(())
}

#[tokio::test]
async fn an_accepted_result_is_a_persons() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let case = lab.in_case(slide, "S26-1").await?;
    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    let review = format!("/api/v1/slides/{slide}/reviews");
    lab.ask_as(&reader, "POST", &review, accept()).await?;
    let path = format!("/api/v1/cases/{case}");
    let (_, case) = lab.ask_as(&reader, "GET", &path, Value::Null).await?;
    assert_eq!(case["state"], "in_review");
    assert_eq!(case["results"][0]["n_by_person"], 1);
    assert_eq!(case["slides"][0]["judgement"]["reviewer"], "Dr. Gram");
    Ok(())
}
