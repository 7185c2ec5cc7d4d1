//! Models over REST: registered, evaluated, promoted by a person, compared and rolled back.

use axum::http::StatusCode;
use catalog::Role;
use flow::{Call, Prediction, Sha256Digest, TaskRef};
use serde_json::{Value, json};

use crate::lab::{Failure, Lab};
use crate::samples::{prediction, task_hash};

type Tested = Result<(), Failure>;

fn second() -> Sha256Digest {
    Sha256Digest::of(b"2.0.0")
}

fn registration(version: &str, hash: Sha256Digest) -> Value {
    json!({
        "model": {
            "kind": "task", "id": "phantom-tumour", "version": version, "hash": hash,
            "encoder": Sha256Digest::of(b"encoder"),
        },
        "criteria": {
            "least_slides": 30,
            "figures": [{ "measure": "auc", "limit": { "at_least": 0.9 } }],
        },
    })
}

fn evaluation(hash: Sha256Digest, low: f64) -> Value {
    json!({
        "task": { "id": "phantom-tumour", "version": "2.0.0", "hash": hash },
        "n_slides": 40,
        "figures": { "auc": {
            "state": "measured", "value": 0.97, "n": 40, "low": low, "high": 1.0,
            "method": "bootstrap", "undefined_resamples": 0,
        } },
    })
}

fn path(hash: Sha256Digest, more: &str) -> String {
    format!("/api/v1/models/{hash}{more}")
}

impl Lab {
    async fn engineer(&self, path: &str, body: Value) -> Result<(StatusCode, Value), Failure> {
        let method = if body.is_null() { "GET" } else { "POST" };
        self.ask(Role::Engineer, method, path, body).await
    }

    /// The first version in service, the second registered and in shadow.
    async fn two_versions(&self) -> Tested {
        let first = TaskRef {
            id: "phantom-tumour".parse()?,
            version: "1.0.0".parse()?,
            hash: task_hash(),
        };
        self.deps
            .catalog
            .audit_tasks("score", &[first], &[])
            .await?;
        let (status, row) = self
            .engineer("/api/v1/models", registration("2.0.0", second()))
            .await?;
        assert_eq!(
            (status, &row["state"]),
            (StatusCode::CREATED, &json!("draft"))
        );
        let to = json!({ "state": "shadow", "reason": "to compare" });
        let (status, row) = self.engineer(&path(second(), "/state"), to).await?;
        assert_eq!((status, &row["state"]), (StatusCode::OK, &json!("shadow")));
        Ok(())
    }
}

#[tokio::test]
async fn only_a_person_promotes_and_only_what_meets_its_criteria() -> Tested {
    let lab = Lab::open().await?;
    lab.two_versions().await?;
    let state = path(second(), "/state");
    let active = json!({ "state": "active", "reason": "it is better" });
    let (by_token, _) = lab.engineer(&state, active.clone()).await?;
    assert_eq!(by_token, StatusCode::FORBIDDEN);
    let ada = lab.person("Ada", Role::Engineer).await?;
    let promote = async || lab.ask_as(&ada, "POST", &state, active.clone()).await;
    let (status, refused) = promote().await?;
    assert_eq!(status, StatusCode::CONFLICT);
    let said = |refused: &Value| refused["detail"].as_str().unwrap_or_default().to_owned();
    assert!(said(&refused).contains("no stored evaluation"), "{refused}");

    let evaluations = path(second(), "/evaluations");
    let of_another = evaluation(task_hash(), 0.95);
    let (status, _) = lab.engineer(&evaluations, of_another).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, poor) = lab
        .engineer(&evaluations, evaluation(second(), 0.8))
        .await?;
    assert_eq!(
        (status, &poor["verdict"]["is_met"]),
        (StatusCode::CREATED, &json!(false))
    );
    let (status, refused) = promote().await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        said(&refused).contains("auc must be at least 0.9"),
        "{refused}"
    );
    let (_, good) = lab
        .engineer(&evaluations, evaluation(second(), 0.93))
        .await?;
    assert_eq!(good["number"], 2);
    let (status, row) = promote().await?;
    assert_eq!((status, &row["state"]), (StatusCode::OK, &json!("active")));

    let (_, whole) = lab.engineer(&path(second(), ""), Value::Null).await?;
    let last = whole["history"].as_array().and_then(|all| all.last());
    let last = last.ok_or("a history")?;
    assert_eq!(
        (&last["by"], &last["evaluation"]),
        (&json!("Ada"), &json!(2))
    );
    assert_eq!(last["replaced"], json!(task_hash()));
    assert_eq!(whole["evaluations"][1]["is_met"], true);
    let (status, back) = lab
        .engineer(
            &path(second(), "/rollback"),
            json!({ "reason": "it fails" }),
        )
        .await?;
    assert_eq!(
        (status, &back["hash"]),
        (StatusCode::OK, &json!(task_hash()))
    );
    let (_, all) = lab.engineer("/api/v1/models", Value::Null).await?;
    let states = all["models"].as_array().ok_or("models")?.iter();
    let mut states: Vec<_> = states.map(|one| (&one["version"], &one["state"])).collect();
    states.sort_by_key(|(version, _)| version.to_string());
    let (first, other) = (json!("1.0.0"), json!("2.0.0"));
    assert_eq!(
        states,
        [(&first, &json!("active")), (&other, &json!("shadow"))]
    );
    Ok(())
}

#[tokio::test]
async fn what_a_shadow_says_is_compared_and_shown_nowhere_else() -> Tested {
    let lab = Lab::open().await?;
    lab.two_versions().await?;
    for (bytes, shown, shadow) in [(b"a", 0.75, 0.8), (b"b", 0.75, 0.1), (b"c", 0.1, 0.2)] {
        let slide = lab.scored(bytes, shown).await?;
        let mut said = prediction(slide, shadow)?;
        said.task.version = "2.0.0".parse()?;
        said.task.hash = second();
        said.call = Call {
            label: "CANARY-SHADOW".to_owned(),
            ..said.call
        };
        let said = match shadow > 0.7 {
            true => Prediction {
                call: prediction(slide, shadow)?.call,
                ..said
            },
            false => said,
        };
        lab.deps.catalog.record_shadow_result(slide, &said).await?;
        for of_slide in ["", "/predictions", "/predictions/phantom-tumour"] {
            let of_slide = format!("/api/v1/slides/{slide}{of_slide}");
            let (status, shown) = lab.engineer(&of_slide, Value::Null).await?;
            assert_eq!(status, StatusCode::OK);
            let shown = shown.to_string();
            assert!(
                !shown.contains("CANARY") && !shown.contains("2.0.0"),
                "{shown}"
            );
        }
    }
    let (status, report) = lab
        .engineer(&path(second(), "/shadow"), Value::Null)
        .await?;
    assert_eq!(status, StatusCode::OK);
    let counts = ["n_shadow", "n_both", "n_agree", "n_changed"].map(|n| report[n].as_u64());
    assert_eq!(counts, [Some(3), Some(3), Some(1), Some(2)], "{report}");
    let away = json!({ "shown": "tumour, isup 3", "shadow": "CANARY-SHADOW", "n_slides": 1 });
    let changes = report["changes"].as_array().ok_or("changes")?;
    assert!(changes.contains(&away), "{report}");
    assert_eq!(report["slides"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        report["slides"][0]["shown"]["probability"], 0.75,
        "the farthest apart first"
    );
    assert!(lab.recorded().await?.contains(&"shadow_seen".to_owned()));
    let (status, _) = lab
        .ask(
            Role::Pathologist,
            "GET",
            &path(second(), "/shadow"),
            json!({}),
        )
        .await?;
    assert_eq!(status, StatusCode::FORBIDDEN);
    Ok(())
}

#[tokio::test]
async fn what_is_registered_is_never_redefined() -> Tested {
    let lab = Lab::open().await?;
    let register = async |body: Value| lab.engineer("/api/v1/models", body).await;
    let first = registration("1.0.0", second());
    assert_eq!(register(first.clone()).await?.0, StatusCode::CREATED);
    assert_eq!(register(first.clone()).await?.0, StatusCode::OK);
    let mut other_criteria = first.clone();
    other_criteria["criteria"]["least_slides"] = json!(1);
    assert_eq!(register(other_criteria).await?.0, StatusCode::CONFLICT);
    let other_weights = registration("1.0.0", Sha256Digest::of(b"other"));
    assert_eq!(register(other_weights).await?.0, StatusCode::CONFLICT);
    let mut without_criteria = registration("3.0.0", Sha256Digest::of(b"3"));
    without_criteria["criteria"]["figures"] = json!([]);
    let (status, said) = register(without_criteria).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    let (status, _) = lab
        .engineer(&path(Sha256Digest::of(b"none"), ""), Value::Null)
        .await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    Ok(())
}
