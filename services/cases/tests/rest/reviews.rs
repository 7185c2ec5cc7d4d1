use axum::http::StatusCode;
use catalog::Role;
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};
use crate::samples::{accept, impression, override_to};

#[tokio::test]
async fn only_a_person_who_is_a_pathologist_reviews() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let path = format!("/api/v1/slides/{slide}/reviews");
    for role in Role::ALL {
        for body in [impression(), accept()] {
            let (status, problem) = lab.ask(role, "POST", &path, body).await?;
            assert_eq!(
                status,
                StatusCode::FORBIDDEN,
                "{role} by a token: {problem}"
            );
        }
    }
    for role in [Role::Scanner, Role::Lis, Role::Engineer] {
        let person = lab.person("somebody", role).await?;
        let (status, _) = lab.ask_as(&person, "POST", &path, accept()).await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role} by a session");
    }
    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    for body in [impression(), accept(), override_to("benign", false)] {
        let (status, said) = lab.ask_as(&reader, "POST", &path, body).await?;
        assert_eq!(status, StatusCode::CREATED, "{said}");
        assert_eq!(said["reviewer"], "Dr. Gram");
    }
    let (_, listed) = lab.ask(Role::Lis, "GET", &path, Value::Null).await?;
    let kinds = listed["reviews"].as_array().ok_or("reviews")?.iter();
    let kinds: Vec<_> = kinds.filter_map(|review| review["kind"].as_str()).collect();
    assert_eq!(kinds, ["impression", "accept", "override"]);
    assert_eq!(listed["reviews"][2]["result"]["call"]["label"], "tumour");
    assert_eq!(listed["reviews"][0]["blind"], false);
    let recorded = lab.recorded().await?;
    let n_recorded = recorded
        .iter()
        .filter(|action| *action == "slide_reviewed")
        .count();
    assert_eq!(n_recorded, 3);
    assert!(recorded.contains(&"reviews_seen".to_owned()));
    Ok(())
}

#[tokio::test]
async fn amendments_keep_what_they_amend() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let path = format!("/api/v1/slides/{slide}/reviews");
    let (gram, koch) = (
        lab.person("Dr. Gram", Role::Pathologist).await?,
        lab.person("Dr. Koch", Role::Pathologist).await?,
    );
    lab.ask_as(&gram, "POST", &path, accept()).await?;
    let amending = |number: u32| {
        let mut body = override_to("benign", false);
        body["amends"] = json!(number);
        body
    };
    let (status, _) = lab.ask_as(&koch, "POST", &path, amending(1)).await?;
    assert_eq!(status, StatusCode::FORBIDDEN, "another's review");
    let (status, _) = lab.ask_as(&gram, "POST", &path, amending(7)).await?;
    assert_eq!(status, StatusCode::CONFLICT, "no such review");
    let mut wrong_kind = impression();
    wrong_kind["amends"] = json!(1);
    let (status, _) = lab.ask_as(&gram, "POST", &path, wrong_kind).await?;
    assert_eq!(
        status,
        StatusCode::CONFLICT,
        "an impression is no judgement"
    );
    let (status, amended) = lab.ask_as(&gram, "POST", &path, amending(1)).await?;
    assert_eq!(
        (status, &amended["number"]),
        (StatusCode::CREATED, &json!(2))
    );
    let (status, _) = lab.ask_as(&gram, "POST", &path, amending(1)).await?;
    assert_eq!(status, StatusCode::CONFLICT, "amended before");
    let (_, listed) = lab.ask_as(&koch, "GET", &path, Value::Null).await?;
    assert_eq!(listed["reviews"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["reviews"][0]["kind"], "accept");
    Ok(())
}

#[tokio::test]
async fn a_judgement_is_of_the_result_that_was_seen() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let silent = lab.abstaining(b"b").await?;
    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    let path = |slide| format!("/api/v1/slides/{slide}/reviews");
    let mut old = accept();
    old["task_hash"] = json!("0".repeat(64));
    let mut unknown = accept();
    unknown["task"] = json!("another-task");
    let mut worded = override_to("benign", false);
    worded["text"] = json!("  ");
    let mut reasoned = override_to("benign", false);
    reasoned["reason"] = json!("because");
    let mut same = override_to("tumour", true);
    same["finding"]["grade"] = json!(3);
    for (slide, body, expected) in [
        (slide, old, StatusCode::CONFLICT),
        (slide, unknown, StatusCode::CONFLICT),
        (slide, worded, StatusCode::UNPROCESSABLE_ENTITY),
        (slide, reasoned, StatusCode::UNPROCESSABLE_ENTITY),
        (slide, same, StatusCode::UNPROCESSABLE_ENTITY),
        (silent, accept(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, _) = lab
            .ask_as(&reader, "POST", &path(slide), body.clone())
            .await?;
        assert_eq!(status, expected, "{body}");
    }
    let stranger = path("0".repeat(32).parse()?);
    let (status, _) = lab.ask_as(&reader, "POST", &stranger, impression()).await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let own = override_to("benign", false);
    let (status, _) = lab.ask_as(&reader, "POST", &path(silent), own).await?;
    assert_eq!(status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn a_page_is_told_who_looks_at_it() -> Tested {
    let lab = Lab::open().await?;
    let (_, token) = lab
        .ask(Role::Pathologist, "GET", "/api/v1/me", Value::Null)
        .await?;
    assert_eq!(
        (&token["name"], &token["reviews"]),
        (&json!("test"), &json!(false))
    );
    assert_eq!(token["roles"], json!(["pathologist"]));
    for (role, reviews) in [
        (Role::Admin, true),
        (Role::Pathologist, true),
        (Role::Lis, false),
    ] {
        let person = lab.person("Dr. Gram", role).await?;
        let (_, me) = lab
            .ask_as(&person, "GET", "/api/v1/me", Value::Null)
            .await?;
        assert_eq!(
            (&me["name"], &me["reviews"]),
            (&json!("Dr. Gram"), &json!(reviews))
        );
    }
    Ok(())
}
