use axum::http::StatusCode;
use catalog::Role;
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Person, Tested};
use crate::samples::{accept, override_to};

struct Case<'l> {
    lab: &'l Lab,
    id: String,
}

impl Case<'_> {
    async fn read(&self, person: &Person) -> Result<Value, Failure> {
        let path = format!("/api/v1/cases/{}", self.id);
        let (status, case) = self.lab.ask_as(person, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::OK, "{case}");
        Ok(case)
    }

    async fn sign(&self, person: &Person, body: Value) -> Result<(StatusCode, Value), Failure> {
        let path = format!("/api/v1/cases/{}/sign-off", self.id);
        self.lab.ask_as(person, "POST", &path, body).await
    }
}

#[tokio::test]
async fn only_a_person_signs_and_what_was_signed_is_final() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let id = lab.in_case(slide, "S26-1").await?;
    let case = Case { lab: &lab, id };
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let before = case.read(&gram).await?;
    assert_eq!(before["signed"], json!([]));
    let body = json!({ "seen": before["seen"], "statement": "as called" });
    let path = format!("/api/v1/cases/{}/sign-off", case.id);
    for role in Role::ALL {
        let (status, _) = lab.ask(role, "POST", &path, body.clone()).await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role} by a token");
    }
    for role in [Role::Scanner, Role::Lis, Role::Engineer] {
        let person = lab.person("somebody", role).await?;
        let (status, _) = case.sign(&person, body.clone()).await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role} by a session");
    }
    let (status, signed) = case.sign(&gram, body).await?;
    assert_eq!(status, StatusCode::CREATED, "{signed}");
    assert_eq!(signed["state"], "signed");
    let version = &signed["signed"][0];
    assert_eq!(
        (&version["version"], &version["signer"]),
        (&json!(1), &json!("Dr. Gram"))
    );
    assert_eq!(version["results"][0]["call"], "positive");
    assert_eq!(version["changed_since"], false);
    let (_, worklist) = lab
        .ask(Role::Lis, "GET", "/api/v1/worklist", Value::Null)
        .await?;
    assert_eq!(worklist["cases"], json!([]));
    let signed = "/api/v1/cases?standing=signed";
    let (_, list) = lab.ask(Role::Lis, "GET", signed, Value::Null).await?;
    assert_eq!(list["cases"][0]["id"], case.id.as_str());
    assert!(lab.recorded().await?.contains(&"case_signed".to_owned()));
    Ok(())
}

#[tokio::test]
async fn what_changed_since_it_was_seen_is_not_signed() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let id = lab.in_case(slide, "S26-1").await?;
    let case = Case { lab: &lab, id };
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let seen = case.read(&gram).await?["seen"].clone();
    let review = format!("/api/v1/slides/{slide}/reviews");
    lab.ask_as(&gram, "POST", &review, accept()).await?;
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CONFLICT, "a review came");
    let seen = case.read(&gram).await?["seen"].clone();
    let other = lab.scored(b"b", 0.1).await?;
    lab.in_case(other, "S26-1").await?;
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CONFLICT, "a slide came");
    let seen = case.read(&gram).await?["seen"].clone();
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn unfinished_slides_are_signed_only_where_it_is_said_why() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.1).await?;
    let id = lab.in_case(slide, "S26-1").await?;
    let case = Case { lab: &lab, id };
    let silent = lab.abstaining(b"b").await?;
    lab.in_case(silent, "S26-1").await?;
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let read = case.read(&gram).await?;
    assert_eq!(read["unfinished"], json!([silent]));
    let (status, problem) = case.sign(&gram, json!({ "seen": read["seen"] })).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|d| d.contains(&silent.to_string()))
    );
    let stated = json!({ "seen": read["seen"], "despite_unfinished": "recut ordered" });
    let (status, signed) = case.sign(&gram, stated).await?;
    assert_eq!(status, StatusCode::CREATED, "{signed}");
    assert_eq!(signed["signed"][0]["despite_unfinished"], "recut ordered");
    assert_eq!(signed["signed"][0]["results"][0]["call"], "open");
    Ok(())
}

#[tokio::test]
async fn an_amendment_is_a_new_version_and_the_old_one_stays() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let id = lab.in_case(slide, "S26-1").await?;
    let case = Case { lab: &lab, id };
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let seen = case.read(&gram).await?["seen"].clone();
    let early = json!({ "seen": seen, "amendment": "too early" });
    assert_eq!(case.sign(&gram, early).await?.0, StatusCode::CONFLICT);
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CREATED);
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CONFLICT, "signed before");

    let review = format!("/api/v1/slides/{slide}/reviews");
    let said = override_to("benign", false);
    lab.ask_as(&gram, "POST", &review, said).await?;
    let read = case.read(&gram).await?;
    assert_eq!(read["signed"][0]["changed_since"], true);
    assert_eq!(
        read["signed"][0]["results"][0]["call"], "positive",
        "what was signed stays"
    );
    let amended = json!({ "seen": read["seen"], "amendment": "second look" });
    let (status, read) = case.sign(&gram, amended).await?;
    assert_eq!(status, StatusCode::CREATED, "{read}");
    let versions: Vec<_> = read["signed"]
        .as_array()
        .ok_or("versions")?
        .iter()
        .collect();
    assert_eq!(versions.len(), 2);
    assert_eq!(
        (&versions[0]["version"], &versions[1]["version"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(versions[0]["results"][0]["call"], "negative");
    assert_eq!(versions[1]["results"][0]["call"], "positive");
    assert_eq!(versions[0]["amendment"], "second look");
    Ok(())
}

#[tokio::test]
async fn an_empty_case_is_not_signed() -> Tested {
    let lab = Lab::open().await?;
    let order = json!({ "accession": "S26-1", "patient": "P" });
    let (_, order) = lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    let id = order["case"].as_str().ok_or("a case")?.to_owned();
    let case = Case { lab: &lab, id };
    let gram = lab.person("Dr. Gram", Role::Pathologist).await?;
    let seen = case.read(&gram).await?["seen"].clone();
    let (status, _) = case.sign(&gram, json!({ "seen": seen })).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    Ok(())
}
