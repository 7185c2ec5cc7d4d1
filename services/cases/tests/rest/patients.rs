//! What all cases of a patient say together.

use axum::http::StatusCode;
use catalog::Role;
use flow::{ClassProbability, Prediction, SlideId, SlideStatus};
use http::FirstReadRule;
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Tested};
use crate::samples::{impression, prediction};

const PATH: &str = "/api/v1/patients/results";

async fn cut_from(lab: &Lab, slide: SlideId, (accession, part, block): Place<'_>) -> Tested {
    let path = format!("/api/v1/slides/{slide}/case");
    let order = json!({ "accession": accession, "patient": "CANARY-7" });
    lab.ask(Role::Lis, "POST", "/api/v1/orders", order).await?;
    let place = json!({ "accession": accession, "part": part, "block": block });
    let (status, case) = lab.ask(Role::Lis, "PUT", &path, place).await?;
    assert_eq!(status, StatusCode::OK, "{case}");
    Ok(())
}

type Place<'a> = (&'a str, &'a str, &'a str);

/// A slide that a task for lymph nodes gave this class.
async fn sized(lab: &Lab, bytes: &[u8], class: &str) -> Result<SlideId, Failure> {
    let id = lab.slide(bytes, &SlideStatus::Scored).await?;
    let mut result = Prediction {
        grade: None,
        ..prediction(id, 0.9)?
    };
    result.task.id = "lymph-nodes".parse()?;
    class.clone_into(&mut result.call.label);
    result.class_probabilities = vec![ClassProbability {
        label: class.to_owned(),
        probability: 0.9,
    }];
    lab.deps.catalog.record_prediction(id, &result).await?;
    Ok(id)
}

async fn of_patient(lab: &Lab, patient: &str) -> Result<(StatusCode, Value), Failure> {
    let asked = json!({ "patient": patient });
    lab.ask(Role::Lis, "POST", PATH, asked).await
}

#[tokio::test]
async fn cases_of_a_patient_are_one_answer_and_blocks_are_counted_as_nodes() -> Tested {
    let lab = Lab::open().await?;
    for (bytes, class, place) in [
        (b"a", "negative", ("S26-1", "B", "B1")),
        (b"b", "macro", ("S26-1", "B", "B1")),
        (b"c", "micro", ("S26-1", "B", "B2")),
        (b"d", "itc", ("S26-2", "B", "B1")),
        (b"e", "negative", ("S26-2", "C", "B1")),
    ] {
        cut_from(&lab, sized(&lab, bytes, class).await?, place).await?;
    }
    let (status, patient) = of_patient(&lab, "CANARY-7").await?;
    assert_eq!(status, StatusCode::OK, "{patient}");
    assert_eq!(patient["cases"].as_array().map(Vec::len), Some(2));
    assert_eq!(patient["results"][0]["n_slides"], 5);
    assert_eq!(
        patient["blocks"],
        json!([{
            "task": "lymph-nodes",
            "n_blocks": 4,
            "n_positive": 2,
            "n_negative": 2,
            "n_open": 0,
            "nodes": { "n_macro": 1, "n_micro": 1, "n_itc": 1, "n_negative": 1, "stage": "pN1" },
        }])
    );

    let graded = lab.scored(b"f", 0.9).await?;
    cut_from(&lab, graded, ("S26-3", "A", "A1")).await?;
    let (_, patient) = of_patient(&lab, "CANARY-7").await?;
    let tumour = &patient["results"][1];
    assert_eq!(
        (&tumour["call"], &tumour["worst_grade"]),
        (&json!("positive"), &json!(3))
    );
    assert_eq!(tumour["without"].as_array().map(Vec::len), Some(5));
    let counts = &patient["blocks"];
    assert_eq!(
        counts[0]["nodes"]["stage"],
        Value::Null,
        "a block has no answer"
    );
    assert_eq!(
        (&counts[1]["n_positive"], &counts[1]["n_open"]),
        (&json!(1), &json!(4))
    );
    Ok(())
}

#[tokio::test]
async fn a_patient_nobody_named_is_not_there_and_is_not_repeated() -> Tested {
    let lab = Lab::open().await?;
    let (status, problem) = of_patient(&lab, "CANARY-8").await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!problem.to_string().contains("CANARY"), "{problem}");
    for role in [Role::Scanner, Role::Engineer] {
        let (status, _) = lab
            .ask(role, "POST", PATH, json!({ "patient": "CANARY-8" }))
            .await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role}");
    }
    Ok(())
}

#[tokio::test]
async fn one_unread_slide_keeps_the_patients_results_back() -> Tested {
    let lab = Lab::with_rule(FirstReadRule::Required).await?;
    let slides = [lab.scored(b"a", 0.9).await?, lab.scored(b"b", 0.1).await?];
    for (slide, accession) in slides.iter().zip(["S26-1", "S26-2"]) {
        cut_from(&lab, *slide, (accession, "A", "A1")).await?;
    }
    let reader = lab.person("Dr. Gram", Role::Pathologist).await?;
    for slide in slides {
        let asked = json!({ "patient": "CANARY-7" });
        let (_, patient) = lab.ask_as(&reader, "POST", PATH, asked).await?;
        assert_eq!(patient["awaits_impression"], true);
        assert_eq!(
            (&patient["results"], &patient["blocks"]),
            (&Value::Null, &Value::Null)
        );
        let reviews = format!("/api/v1/slides/{slide}/reviews");
        lab.ask_as(&reader, "POST", &reviews, impression()).await?;
    }
    let asked = json!({ "patient": "CANARY-7" });
    let (_, patient) = lab.ask_as(&reader, "POST", PATH, asked).await?;
    assert_eq!(patient["awaits_impression"], false);
    assert_eq!(patient["results"][0]["call"], "positive");
    Ok(())
}
