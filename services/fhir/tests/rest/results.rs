use axum::http::StatusCode;
use flow::Abstention;
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
    let (case, result) = lab.scored(b"a", None).await?;
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

    lab.overridden(&result, "benign", None).await?;
    assert_eq!(by("reader").await?["status"], "preliminary");
    lab.signed(case, &[slide], 1).await?;
    let signed = lab.read(&report).await?;
    assert_eq!(
        (&signed["status"], &signed["conclusion"]),
        (&json!("final"), &json!("No tumour."))
    );
    let reader = by("reader").await?;
    let to_reader = format!("Observation/{}", reader["id"].as_str().ok_or("an id")?);
    assert_eq!(
        signed["result"].as_array().map(Vec::len),
        Some(1),
        "{signed}"
    );
    assert_eq!(signed["result"][0]["reference"], to_reader);
    assert_eq!(reader["status"], "final");
    assert!(!is_marked(&signed) && !is_marked(&reader));
    assert_eq!(by("ai").await?["status"], "preliminary");

    lab.overridden(&result, "atypia", Some(1)).await?;
    let unsigned = by("reader").await?;
    assert_eq!(
        unsigned["valueCodeableConcept"]["text"], "benign",
        "what was signed stands"
    );
    lab.signed(case, &[slide], 2).await?;
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
        let (_, result) = lab.scored(bytes, Some(abstention)).await?;
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
