//! Whether tasks are as they were, over REST: references, looks, alerts, and groups of slides.

use axum::http::StatusCode;
use catalog::{
    AuditAction, Finding, IsoWeek, Model, ModelAlertKind, NewModel, NewObservation, NewReview,
    NewSignOff, Opinion, OverrideReason, PrivateName, PrivateRemark, Role, SeenResult, SlidePlace,
};
use chrono::{DateTime, TimeDelta, Utc};
use coverslip_cases::look_at_drift;
use flow::{Call, CovariateValues, EmbeddingSketch, Sha256Digest, SlideId, SlideStatus};
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Tested};
use crate::samples::{prediction, task_hash};

const SCANNERS: [&str; 2] = ["Phantom 1", "Phantom 2"];

/// A number from 0 to 1 that looks drawn.
fn drawn(n: usize) -> f32 {
    let digest = Sha256Digest::of(&n.to_le_bytes());
    f32::from(digest.as_bytes()[0]) / 255.0
}

fn sketch(slide: usize, moved_by: f32) -> Result<EmbeddingSketch, Failure> {
    let value = |axis| drawn(slide * 100 + axis) + moved_by;
    Ok(EmbeddingSketch::new(std::array::from_fn(value))?)
}

fn path(more: &str) -> String {
    format!("/api/v1/models/{}{more}", task_hash())
}

fn weeks_ago(weeks: i64) -> DateTime<Utc> {
    let noon = IsoWeek::of(Utc::now()).start() + TimeDelta::hours(12) - TimeDelta::weeks(weeks);
    // On a Monday morning that is still to come.
    noon.min(Utc::now())
}

impl Lab {
    async fn register_task(&self) -> Tested {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"any"));
        let new = NewModel {
            model: Model::Task {
                task: prediction(slide, 0.5)?.task,
                encoder: Some(Sha256Digest::of(b"encoder")),
            },
            criteria: json!({}),
        };
        self.deps.catalog.register_model("ada", &new).await?;
        Ok(())
    }

    /// So many slides of a scanner that were scored then.
    async fn observed(
        &self,
        (first, n): (usize, usize),
        scanner: &str,
        moved_by: f32,
        scored_at: DateTime<Utc>,
    ) -> Tested {
        for slide in first..first + n {
            let id = self
                .slide(&slide.to_le_bytes(), &SlideStatus::Scored)
                .await?;
            let observation = NewObservation {
                slide: id,
                task: task_hash(),
                encoder: Sha256Digest::of(b"encoder"),
                scanner: Some(scanner.to_owned()),
                score: Some(f64::from(drawn(slide))),
                abstained: slide % 20 == 0,
                scored_at,
                sketch: Some(sketch(slide, moved_by)?),
            };
            self.deps.catalog.observe(&observation).await?;
        }
        Ok(())
    }

    async fn as_engineer(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), Failure> {
        self.ask(Role::Engineer, method, path, body).await
    }

    async fn alert_kinds(&self) -> Result<Vec<(ModelAlertKind, String)>, Failure> {
        let alerts = self.deps.catalog.model_alerts(None, 100).await?;
        Ok(alerts
            .into_iter()
            .map(|alert| (alert.kind, alert.subject))
            .collect())
    }
}

#[tokio::test]
async fn a_scanner_that_sees_otherwise_is_told_of_and_the_other_is_not() -> Tested {
    let lab = Lab::open().await?;
    lab.register_task().await?;
    for (at, scanner) in SCANNERS.into_iter().enumerate() {
        lab.observed((at * 1_000, 40), scanner, 0.0, weeks_ago(3))
            .await?;
        let moved_by = at as f32 * 0.5;
        lab.observed((at * 1_000 + 100, 15), scanner, moved_by, weeks_ago(1))
            .await?;
        lab.observed((at * 1_000 + 200, 5), scanner, 9.0, weeks_ago(0))
            .await?;
    }
    let (status, before) = lab.as_engineer("GET", &path("/drift"), Value::Null).await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        before,
        json!({ "looked_at": null, "reference": null, "found": null })
    );
    let (_, bare) = lab
        .as_engineer("POST", &path("/drift"), Value::Null)
        .await?;
    let week = &bare["found"]["scanners"][0]["weeks"][0];
    assert_eq!(
        (&week["n_slides"], &week["distance"]),
        (&json!(40), &Value::Null)
    );
    assert_eq!(week["abstentions"]["chart"], Value::Null);
    assert_eq!(
        lab.alert_kinds().await?,
        [],
        "there is nothing to compare with"
    );

    let week = IsoWeek::of(weeks_ago(3));
    let reference = json!({ "from": week, "to": week, "reason": "accepted on these" });
    let (by_token, _) = lab
        .as_engineer("POST", &path("/reference"), reference.clone())
        .await?;
    assert_eq!(by_token, StatusCode::FORBIDDEN);
    let ada = lab.person("Ada", Role::Engineer).await?;
    let (status, stored) = lab
        .ask_as(&ada, "POST", &path("/reference"), reference)
        .await?;
    assert_eq!(
        (status, &stored["n_slides"]),
        (StatusCode::CREATED, &json!(80))
    );

    let (status, looked) = lab
        .as_engineer("POST", &path("/drift"), Value::Null)
        .await?;
    assert_eq!(
        (status, &looked["reference"]["number"]),
        (StatusCode::OK, &json!(1))
    );
    for (at, scanner) in looked["found"]["scanners"]
        .as_array()
        .ok_or("scanners")?
        .iter()
        .enumerate()
    {
        assert_eq!(
            scanner["compared_with"],
            json!({ "slides": "of_this_scanner", "n_slides": 40 })
        );
        let weeks = scanner["weeks"].as_array().ok_or("weeks")?;
        assert_eq!(
            (&weeks[0]["n_slides"], &weeks[0]["n_in_reference"]),
            (&json!(0), &json!(40))
        );
        let p_value = weeks[1]["distance"]["p_value"].as_f64().ok_or("a chance")?;
        assert_eq!(p_value < 0.01, at == 1, "{scanner}");
        assert_eq!(weeks[2]["distance"], Value::Null, "five slides say nothing");
        assert_eq!(weeks[2]["is_over"], json!(false));
    }
    let told = [(ModelAlertKind::EmbeddingDistance, "Phantom 2".to_owned())];
    assert_eq!(lab.alert_kinds().await?, told);
    // Another look, by whoever else has the turn, tells nothing anew and finds the same.
    let again = look_at_drift(&lab.deps.catalog, task_hash(), Utc::now()).await?;
    assert_eq!(json!(again), looked["found"]);
    assert_eq!(lab.alert_kinds().await?, told);
    Ok(())
}

#[tokio::test]
async fn an_alert_is_seen_and_closed_by_a_person_with_a_reason() -> Tested {
    let lab = Lab::open().await?;
    lab.register_task().await?;
    lab.observed((0, 40), "Phantom 1", 0.0, weeks_ago(3))
        .await?;
    lab.observed((100, 15), "Phantom 1", 1.0, weeks_ago(1))
        .await?;
    let ada = lab.person("Ada", Role::Engineer).await?;
    let week = IsoWeek::of(weeks_ago(3));
    let reference =
        json!({ "from": week, "to": week, "scanners": ["Phantom 1"], "reason": "these" });
    lab.ask_as(&ada, "POST", &path("/reference"), reference)
        .await?;
    lab.as_engineer("POST", &path("/drift"), Value::Null)
        .await?;

    let (_, by_token) = lab
        .as_engineer("GET", "/api/v1/alerts", Value::Null)
        .await?;
    assert_eq!(by_token["alerts"][0]["seen"], json!([]));
    let (_, seen) = lab
        .ask_as(&ada, "GET", "/api/v1/alerts", Value::Null)
        .await?;
    assert_eq!(seen["alerts"][0]["seen"][0]["by"], "Ada");
    let id = seen["alerts"][0]["id"].as_str().ok_or("an id")?;
    let close = format!("/api/v1/alerts/{id}/close");
    let reason = json!({ "reason": "the lamp was replaced" });
    let (by_token, _) = lab.as_engineer("POST", &close, reason.clone()).await?;
    assert_eq!(by_token, StatusCode::FORBIDDEN);
    let (without, _) = lab
        .ask_as(&ada, "POST", &close, json!({ "reason": " " }))
        .await?;
    assert_eq!(without, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, closed) = lab.ask_as(&ada, "POST", &close, reason.clone()).await?;
    assert_eq!(
        (status, &closed["closed"]["by"]),
        (StatusCode::OK, &json!("Ada"))
    );
    let (again, _) = lab.ask_as(&ada, "POST", &close, reason).await?;
    assert_eq!(again, StatusCode::CONFLICT);
    lab.as_engineer("POST", &path("/drift"), Value::Null)
        .await?;
    let (_, after) = lab
        .as_engineer("GET", "/api/v1/alerts", Value::Null)
        .await?;
    assert_eq!(after["alerts"].as_array().map(Vec::len), Some(1), "{after}");
    let (status, _) = lab
        .ask(Role::Pathologist, "GET", "/api/v1/alerts", Value::Null)
        .await?;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let recorded = lab.recorded().await?;
    for action in [
        AuditAction::ModelReferenceStored,
        AuditAction::ModelAlertOpened,
        AuditAction::ModelAlertSeen,
        AuditAction::ModelAlertClosed,
    ] {
        let n = recorded
            .iter()
            .filter(|name| *name == action.name())
            .count();
        assert_eq!(n, 1, "{}", action.name());
    }
    Ok(())
}

#[tokio::test]
async fn a_reference_that_says_nothing_is_refused() -> Tested {
    let lab = Lab::open().await?;
    lab.register_task().await?;
    lab.observed((0, 9), "Phantom 1", 0.0, weeks_ago(1)).await?;
    let ada = lab.person("Ada", Role::Engineer).await?;
    let (from, to) = (IsoWeek::of(weeks_ago(1)), IsoWeek::of(weeks_ago(2)));
    for (wrong, status) in [
        (
            json!({ "from": from, "to": from, "reason": "nine" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "from": from, "to": to, "reason": "backwards" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "from": "2026-47", "to": from, "reason": "no week" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "from": from, "to": from, "reason": "", "scanners": [] }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let (found, said) = lab.ask_as(&ada, "POST", &path("/reference"), wrong).await?;
        assert_eq!(found, status, "{said}");
    }
    let nowhere = format!("/api/v1/models/{}/drift", Sha256Digest::of(b"none"));
    let (status, _) = lab.as_engineer("GET", &nowhere, Value::Null).await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    Ok(())
}

/// Of 90 slides 60 are signed, and of one site the task misses eight tumours of ten.
#[tokio::test]
async fn a_group_that_fares_worse_is_told_of_with_what_was_not_reviewed() -> Tested {
    let lab = Lab::open().await?;
    lab.register_task().await?;
    let catalog = &lab.deps.catalog;
    for n in 0..90_usize {
        let id = lab.slide(&n.to_le_bytes(), &SlideStatus::Scored).await?;
        let is_positive = n % 2 == 0;
        let site = if n % 3 == 0 { "lung" } else { "colon" };
        let is_missed = site == "lung" && is_positive && n >= 12;
        let score = if is_positive && !is_missed { 0.9 } else { 0.1 };
        let result = prediction(id, score)?;
        catalog.record_prediction(id, &result).await?;
        let observation = NewObservation {
            slide: id,
            task: task_hash(),
            encoder: result.encoder.hash,
            scanner: Some(SCANNERS[n % 2].to_owned()),
            score: Some(score),
            abstained: false,
            scored_at: Utc::now(),
            sketch: None,
        };
        catalog.observe(&observation).await?;
        if n >= 60 {
            continue;
        }
        let values = [("Site", site), ("age", "63")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let values = CovariateValues::new(values.into())?;
        catalog.give_covariates("lis", id, &values).await?;
        let accession = PrivateName::new(&format!("S26-{n}"))?;
        let case = catalog.open_case(&accession, None).await?.id;
        let place = SlidePlace {
            case,
            part: None,
            block: None,
            stain: None,
        };
        catalog.put_in_case("lis", id, &place).await?;
        let seen = SeenResult::of(&result);
        let opinion = match is_missed {
            false => Opinion::Accept {
                result: seen,
                text: None,
            },
            true => Opinion::Override {
                result: seen,
                finding: Finding {
                    call: Call {
                        label: "tumour".to_owned(),
                        is_positive: true,
                    },
                    grade: None,
                },
                reason: OverrideReason::FalseNegative,
                text: PrivateRemark::new("a tumour")?,
            },
        };
        let review = NewReview {
            slide: id,
            reviewer: "Dr. Gram".to_owned(),
            opinion,
            amends: None,
        };
        catalog.add_review(&review).await?;
        let sign_off = NewSignOff {
            case,
            version: 1,
            signer: "Dr. Gram".to_owned(),
            body: json!({}),
        };
        catalog.add_sign_off(&sign_off).await?;
    }
    let (status, answer) = lab
        .as_engineer("POST", &path("/subgroups"), Value::Null)
        .await?;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let found = &answer["found"];
    assert_eq!(
        (&found["n_scored"], &found["n_signed"]),
        (&json!(90), &json!(60))
    );
    let caution = found["caution"].as_str().unwrap_or_default();
    assert!(
        caution.contains("67 %") && caution.contains("no matter of chance"),
        "{caution}"
    );
    let columns = found["columns"].as_array().ok_or("columns")?;
    let names: Vec<_> = columns
        .iter()
        .filter_map(|column| column["column"].as_str())
        .collect();
    assert_eq!(names, ["site", "scanner", "age"]);
    let lung = &columns[0]["groups"][1];
    assert_eq!(
        (&lung["value"], &lung["n_slides"]),
        (&json!("lung"), &json!(20))
    );
    let figure = &lung["figures"]["sensitivity"];
    assert_eq!(figure["value"], json!(0.2), "{figure}");
    assert_eq!(
        columns[1]["groups"][0]["suppressed"],
        "fewer_than_five_cases_of_a_class"
    );
    assert_eq!(columns[2]["groups"][0]["value"], "55 to 69");
    let gap = &found["gaps"][0];
    assert_eq!(
        (&gap["value"], &gap["measure"]),
        (&json!("lung"), &json!("sensitivity"))
    );
    let told = lab.alert_kinds().await?;
    let gap = (
        ModelAlertKind::SubgroupGap,
        "site: lung, sensitivity".to_owned(),
    );
    assert!(told.contains(&gap), "{told:?}");
    let (_, stored) = lab
        .as_engineer("GET", &path("/subgroups"), Value::Null)
        .await?;
    assert_eq!(stored["found"], *found);
    Ok(())
}
