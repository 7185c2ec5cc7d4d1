use axum::http::StatusCode;
use coverslip_fhir::ResearchResults;
use flow::Abstention;
use http::FirstReadRule;
use laboratory::{overridden, scored, signed};
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};

fn component<'a>(observation: &'a Value, code: &str) -> Option<&'a Value> {
    let components = observation["component"].as_array()?;
    let is_it = |c: &&Value| c["code"]["coding"][0]["code"] == code;
    components.iter().find(is_it)
}

fn is_marked(resource: &Value) -> bool {
    resource["meta"]["security"][0]["code"] == "HRESCH"
        && resource["meta"]["tag"][0]["code"] == "research_use_only"
}

#[tokio::test]
async fn what_a_task_says_is_never_final_and_what_people_sign_is() -> Tested {
    let lab = Lab::open().await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    let report = format!("/fhir/R4/DiagnosticReport/{case}");
    let slide = result.slide;
    let all = "/fhir/R4/Observation";
    let by = async |kind: &str| -> Result<Value, crate::lab::Failure> {
        let found = lab.found(catalog::Role::Lis, all).await?;
        let start = format!("{slide}-{kind}-");
        let is_it = |o: &Value| o["id"].as_str().is_some_and(|id| id.starts_with(&start));
        Ok(found.into_iter().find(is_it).unwrap_or_default())
    };
    let before = lab.read(&report).await?;
    assert_eq!(before["status"], "preliminary");
    assert!(is_marked(&before));
    let ai = by("ai").await?;
    assert_eq!(
        (&ai["status"], is_marked(&ai)),
        (&json!("preliminary"), true)
    );
    assert_eq!(ai["valueCodeableConcept"]["text"], "tumour");
    let probability = component(&ai, "probability").ok_or("a probability")?;
    assert_eq!(probability["valueQuantity"]["value"], 0.75);
    let set = component(&ai, "prediction-set").ok_or("a set")?;
    assert_eq!(
        set["dataAbsentReason"]["coding"][0]["code"],
        "not-performed"
    );

    overridden(&lab.catalog, &result, "benign", None).await?;
    assert_eq!(by("reader").await?["status"], "preliminary");
    signed(&lab.catalog, case, &[slide], 1).await?;
    let told = lab.read(&report).await?;
    assert_eq!(
        (&told["status"], &told["conclusion"]),
        (&json!("final"), &json!("No tumour.\nCANARY|words"))
    );
    let reader = by("reader").await?;
    let to_reader = format!("Observation/{}", reader["id"].as_str().ok_or("an id")?);
    assert_eq!(told["result"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["result"][0]["reference"], to_reader);
    assert_eq!(reader["status"], "final");
    assert!(!is_marked(&told) && !is_marked(&reader));
    assert_eq!(by("ai").await?["status"], "preliminary");

    overridden(&lab.catalog, &result, "atypia", Some(1)).await?;
    let unsigned = by("reader").await?;
    assert_eq!(
        unsigned["valueCodeableConcept"]["text"], "benign",
        "what was signed stands"
    );
    signed(&lab.catalog, case, &[slide], 2).await?;
    let amended = lab.read(&report).await?;
    assert_eq!(amended["status"], "amended");
    let reader = by("reader").await?;
    assert_eq!(
        (&reader["status"], &reader["valueCodeableConcept"]["text"]),
        (&json!("amended"), &json!("atypia"))
    );
    let target = format!("/fhir/R4/Provenance?target=DiagnosticReport/{case}");
    let signers = lab.found(catalog::Role::Lis, &target).await?;
    assert_eq!(signers.len(), 2);
    assert_eq!(signers[1]["reason"][0]["text"], "recounted");
    let elsewhere = target.replace(&case.to_string(), &"0".repeat(32));
    let none = lab.get(catalog::Role::Lis, &elsewhere).await?;
    assert_eq!(
        (none.status, &none.body["total"]),
        (StatusCode::OK, &json!(0))
    );
    Ok(())
}

#[tokio::test]
async fn a_task_that_gives_no_answer_says_why_in_place_of_one() -> Tested {
    let lab = Lab::open().await?;
    let uncertain = Abstention::Uncertain { n_labels: 2 };
    let unknown = Abstention::CovariatesUnknown {
        covariates: vec!["age".to_owned()],
    };
    for (bytes, abstention, reason, has_figures) in [
        (b"a", uncertain, "unknown", true),
        (b"b", unknown, "temp-unknown", false),
    ] {
        let (_, result) = scored(&lab.catalog, bytes, Some(abstention)).await?;
        let path = format!("/fhir/R4/Observation?_id={}", ai_id(&lab, &result).await?);
        let found = lab.found(catalog::Role::Lis, &path).await?;
        let said = found.first().ok_or("an observation")?;
        assert_eq!(said.get("valueCodeableConcept"), None);
        assert_eq!(said["dataAbsentReason"]["coding"][0]["code"], reason);
        let probability = component(said, "probability").ok_or("a probability")?;
        assert_eq!(probability.get("valueQuantity").is_some(), has_figures);
        assert!(
            component(said, "grade")
                .is_none_or(|grade| grade.get("valueCodeableConcept").is_none())
        );
    }
    Ok(())
}

async fn ai_id(lab: &Lab, result: &flow::Prediction) -> Result<String, crate::lab::Failure> {
    let found = lab
        .found(catalog::Role::Lis, "/fhir/R4/Observation")
        .await?;
    let ids = found.iter().filter_map(|o| o["id"].as_str());
    let start = format!("{}-ai-", result.slide);
    let id = ids.into_iter().find(|id| id.starts_with(&start));
    Ok(id.ok_or("an observation")?.to_owned())
}

#[tokio::test]
async fn what_is_for_research_does_not_leave_unless_told_to() -> Tested {
    let lab = Lab::with_rules(FirstReadRule::Off, ResearchResults::default()).await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    let report = format!("/fhir/R4/DiagnosticReport/{case}");
    let before = lab.read(&report).await?;
    assert_eq!(before["status"], "registered", "{before}");
    assert!(
        !is_marked(&before) && before.get("result").is_none(),
        "{before}"
    );
    let all = "/fhir/R4/Observation";
    let found = lab.found(catalog::Role::Lis, all).await?;
    assert_eq!(found, [] as [Value; 0]);
    // Whoever kept the id of one from elsewhere finds none, nor where it came from.
    let marked = Lab::open().await?;
    scored(&marked.catalog, b"a", None).await?;
    let id = ai_id(&marked, &result).await?;
    for path in [format!("{all}/{id}"), format!("/fhir/R4/Provenance/{id}")] {
        let answered = lab.get(catalog::Role::Lis, &path).await?;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
    }
    overridden(&lab.catalog, &result, "benign", None).await?;
    let found = lab.found(catalog::Role::Lis, all).await?;
    let said: Vec<_> = found.iter().map(|o| &o["status"]).collect();
    assert!(
        !said.is_empty() && said.iter().all(|status| **status == "preliminary"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .all(|o| !is_marked(o) && o.get("device").is_none()),
        "{found:?}"
    );
    signed(&lab.catalog, case, &[result.slide], 1).await?;
    assert_eq!(lab.read(&report).await?["status"], "final");
    Ok(())
}
