//! What the catalog promises about what models are watched by, and about alerts.

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{
    Catalog, CatalogError, ClosedAlert, Finding, IsoWeek, Model, ModelAlert, ModelAlertKind,
    ModelWatch, NewModel, NewModelAlert, NewModelReference, NewObservation, NewReview, NewWebhook,
    Opinion, OverrideReason, PrivateRemark, SeenResult, WatchKind, WebhookKind,
};
use flow::{Call, EmbeddingSketch, ModelAlertId, Sha256Digest, TaskRef};
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction};

kept_by_both! {
    what_is_compared_of_a_slide_is_kept_once_with_when_it_was_first_scored
    results_from_before_are_found_until_they_are_compared
    judgements_come_with_the_slides_they_are_of
    a_reference_is_only_ever_followed_by_another
    of_one_matter_one_alert_is_open
    an_alert_is_closed_once_with_who_saw_it
    an_alert_is_told_to_webhooks_without_what_it_says
    of_many_who_would_look_one_does
}

fn task() -> Result<TaskRef, Error> {
    Ok(prediction(1, "1.0.0", 0.5)?.task)
}

fn encoder() -> Sha256Digest {
    Sha256Digest::of(b"encoder")
}

fn sketch(value: f32) -> Result<EmbeddingSketch, Error> {
    Ok(EmbeddingSketch::new([value; EmbeddingSketch::AXES])?)
}

fn at(text: &str) -> Result<DateTime<Utc>, Error> {
    Ok(text.parse()?)
}

fn observation(slide: u8, score: f64) -> Result<NewObservation, Error> {
    Ok(NewObservation {
        slide: id(slide),
        task: task()?.hash,
        encoder: encoder(),
        scanner: Some("Phantom 1".to_owned()),
        score: Some(score),
        abstained: false,
        scored_at: at("2026-11-16T00:00:00Z")?,
        sketch: Some(sketch(0.5)?),
    })
}

/// With the task registered.
async fn catalog(place: &Place) -> Result<Catalog, Error> {
    let catalog = place.open().await?;
    let new = NewModel {
        model: Model::Task {
            task: task()?,
            encoder: Some(encoder()),
        },
        criteria: json!({}),
    };
    catalog.register_model("ada", &new).await?;
    Ok(catalog)
}

fn alert(subject: &str, week: &str) -> Result<NewModelAlert, Error> {
    Ok(NewModelAlert {
        model: task()?.hash,
        kind: ModelAlertKind::EmbeddingDistance,
        subject: subject.to_owned(),
        week: week.parse()?,
        detail: json!({ "n_slides": 12 }),
    })
}

async fn alerts(catalog: &Catalog) -> Result<Vec<ModelAlert>, CatalogError> {
    catalog.model_alerts(None, 100).await
}

async fn what_is_compared_of_a_slide_is_kept_once_with_when_it_was_first_scored(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
    let new = observation(1, 0.25)?;
    let nowhere = catalog.observe(&new).await;
    assert!(matches!(nowhere, Err(CatalogError::UnknownSlide { .. })));
    catalog.register(new_slide(1)).await?;
    assert!(!catalog.has_sketch(id(1), encoder()).await?);
    catalog.observe(&new).await?;
    let later = NewObservation {
        score: None,
        abstained: true,
        scored_at: at("2026-11-23T00:00:00Z")?,
        sketch: Some(sketch(0.75)?),
        ..new.clone()
    };
    catalog.observe(&later).await?;
    assert!(catalog.has_sketch(id(1), encoder()).await?);
    let week = IsoWeek::of(new.scored_at);
    let seen = catalog
        .observations(new.task, week.start(), week.end())
        .await?;
    let [seen] = &seen[..] else {
        return Err(format!("{seen:?}").into());
    };
    assert_eq!(
        (seen.slide, seen.score, seen.abstained),
        (id(1), None, true)
    );
    assert_eq!(
        (seen.scored_at, &seen.scanner),
        (new.scored_at, &new.scanner)
    );
    let sketches = catalog.sketches(new.task, week.start(), week.end()).await?;
    assert_eq!(sketches.len(), 1);
    assert_eq!(Some(sketches[0].sketch), new.sketch);
    let after = catalog.observations(new.task, week.end(), week.end() + TimeDelta::weeks(9));
    assert_eq!(after.await?, []);
    Ok(())
}

async fn results_from_before_are_found_until_they_are_compared(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for slide in 1..=3 {
        catalog.register(new_slide(slide)).await?;
        let prediction = prediction(slide, "1.0.0", 0.5)?;
        catalog.record_prediction(id(slide), &prediction).await?;
    }
    catalog.observe(&observation(2, 0.5)?).await?;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = catalog.unobserved(after, 1).await?;
        let Some(row) = page.first() else { break };
        let slide = row.prediction.slide;
        after = Some((slide, row.prediction.task.hash));
        found.push(slide);
    }
    let mut expected = [id(1), id(3)];
    expected.sort();
    assert_eq!(found, expected);
    Ok(())
}

async fn judgements_come_with_the_slides_they_are_of(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let new = observation(1, 0.75)?;
    for slide in 1..=2 {
        catalog.register(new_slide(slide)).await?;
        let result = SeenResult::of(&prediction(slide, "1.0.0", 0.75)?);
        let review = NewReview {
            slide: id(slide),
            reviewer: "Dr. Gram".to_owned(),
            opinion: Opinion::Override {
                result,
                finding: Finding {
                    call: Call {
                        label: "benign".to_owned(),
                        is_positive: false,
                    },
                    grade: None,
                },
                reason: OverrideReason::FalsePositive,
                text: PrivateRemark::new("crush artefact")?,
            },
            amends: None,
        };
        catalog.add_review(&review).await?;
    }
    catalog.observe(&new).await?;
    let since = catalog.judgements_since(new.task, new.scored_at).await?;
    let slides: Vec<_> = since.iter().map(|review| review.slide).collect();
    assert_eq!(slides, [id(1)]);
    let later = new.scored_at + TimeDelta::milliseconds(1);
    assert_eq!(catalog.judgements_since(new.task, later).await?, []);
    Ok(())
}

async fn a_reference_is_only_ever_followed_by_another(place: Place) -> TestResult {
    let catalog = catalog(&place).await?;
    let model = task()?.hash;
    assert_eq!(catalog.model_reference(model).await?, None);
    let stranger = NewModelReference {
        model: Sha256Digest::of(b"stranger"),
        body: json!({}),
        reason: "accepted".to_owned(),
    };
    let refused = catalog.add_model_reference("ada", &stranger).await;
    assert!(matches!(refused, Err(CatalogError::UnknownModel { .. })));
    for number in 1..=2 {
        let new = NewModelReference {
            model,
            body: json!({ "slides": [number] }),
            reason: "accepted".to_owned(),
        };
        assert_eq!(catalog.add_model_reference("ada", &new).await?, number);
    }
    let last = catalog.model_reference(model).await?.ok_or("a reference")?;
    assert_eq!((last.number, last.body), (2, json!({ "slides": [2] })));
    for forbidden in [
        "UPDATE model_references SET body = '{}'",
        "DELETE FROM model_references",
    ] {
        assert!(place.execute(forbidden).await.is_err(), "{forbidden}");
    }
    let found = ModelWatch {
        body: json!({ "scanners": [] }),
        looked_at: at("2026-11-20T00:00:00Z")?,
    };
    let earlier = ModelWatch {
        looked_at: at("2026-11-19T00:00:00Z")?,
        body: json!({}),
    };
    for watch in [&found, &earlier] {
        catalog
            .put_model_watch(model, WatchKind::Drift, watch)
            .await?;
    }
    assert_eq!(
        catalog.model_watch(model, WatchKind::Drift).await?,
        Some(found)
    );
    assert_eq!(
        catalog.model_watch(model, WatchKind::Subgroups).await?,
        None
    );
    Ok(())
}

async fn of_one_matter_one_alert_is_open(place: Place) -> TestResult {
    let catalog = catalog(&place).await?;
    let mut opening = JoinSet::new();
    for _ in 0..8 {
        let (catalog, new) = (catalog.clone(), alert("Phantom 1", "2026-W47")?);
        opening.spawn(async move { catalog.open_model_alert(&new).await });
    }
    let mut n_opened = 0;
    while let Some(opened) = opening.join_next().await {
        n_opened += u32::from(opened??);
    }
    assert_eq!(n_opened, 1);
    let open = async |subject, week| -> Result<bool, Error> {
        Ok(catalog.open_model_alert(&alert(subject, week)?).await?)
    };
    assert!(!open("Phantom 1", "2026-W48").await?, "one is open");
    assert!(open("Phantom 2", "2026-W47").await?, "another scanner");
    let first = alerts(&catalog).await?;
    let first = first.iter().find(|one| one.subject == "Phantom 1");
    let first = first.ok_or("an alert")?.id;
    catalog
        .close_model_alert("ada", first, "a new lamp")
        .await?;
    assert!(
        !open("Phantom 1", "2026-W47").await?,
        "a person closed that"
    );
    assert!(open("Phantom 1", "2026-W48").await?);
    let counted = catalog.n_open_alerts().await?;
    assert_eq!(counted, [(ModelAlertKind::EmbeddingDistance, 2)]);
    let listed = alerts(&catalog).await?;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2].id, first, "closed ones come last");
    Ok(())
}

async fn an_alert_is_closed_once_with_who_saw_it(place: Place) -> TestResult {
    let catalog = catalog(&place).await?;
    catalog
        .open_model_alert(&alert("Phantom 1", "2026-W47")?)
        .await?;
    let id = alerts(&catalog).await?[0].id;
    for person in ["ada", "ada", "grace"] {
        catalog.see_model_alert(person, id).await?;
    }
    let closed = catalog.close_model_alert("grace", id, "a new lamp").await?;
    let ClosedAlert::Done(closed) = closed else {
        return Err(format!("{closed:?}").into());
    };
    let seen: Vec<_> = closed
        .seen
        .iter()
        .map(|seen| seen.person.as_str())
        .collect();
    assert_eq!(seen, ["ada", "grace"]);
    let again = catalog.close_model_alert("ada", id, "it was I").await?;
    let ClosedAlert::Before(again) = again else {
        return Err(format!("{again:?}").into());
    };
    assert_eq!(again, closed);
    let nowhere = ModelAlertId::from_bytes([9; 16]);
    let unknown = catalog.close_model_alert("ada", nowhere, "none").await;
    assert!(matches!(unknown, Err(CatalogError::UnknownAlert { .. })));
    for forbidden in [
        "UPDATE model_alerts SET closed_reason = 'another'",
        "UPDATE model_alerts SET week = '2026-W01'",
        "DELETE FROM model_alerts",
    ] {
        assert!(place.execute(forbidden).await.is_err(), "{forbidden}");
    }
    let trail = catalog.audit_trail(None, 100).await?;
    let count = |action: &str| trail.iter().filter(|row| row.action == action).count();
    assert_eq!(count("model_alert_opened"), 1);
    assert_eq!(count("model_alert_seen"), 2);
    assert_eq!(count("model_alert_closed"), 1);
    Ok(())
}

async fn an_alert_is_told_to_webhooks_without_what_it_says(place: Place) -> TestResult {
    let catalog = catalog(&place).await?;
    let webhook = NewWebhook {
        url: "https://lis.example/told".to_owned(),
        kinds: vec![WebhookKind::ModelAlert],
    };
    catalog.add_webhook("admin", &webhook).await?;
    catalog
        .open_model_alert(&alert("CANARY", "2026-W47")?)
        .await?;
    let now = Utc::now();
    let due = catalog.claim_webhook_message(now, now + TimeDelta::minutes(1));
    let due = due.await?.ok_or("a message")?.message;
    assert_eq!(due.kind, WebhookKind::ModelAlert);
    assert_eq!((due.task, due.slide), (Some(task()?.id), None));
    assert_eq!(due.alert, Some(alerts(&catalog).await?[0].id));
    Ok(())
}

async fn of_many_who_would_look_one_does(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let now = Utc::now();
    let mut turns = JoinSet::new();
    for _ in 0..8 {
        let catalog = catalog.clone();
        let until = now + TimeDelta::minutes(30);
        turns.spawn(async move { catalog.take_watch_turn(now, until).await });
    }
    let mut n_turns = 0;
    while let Some(turn) = turns.join_next().await {
        n_turns += u32::from(turn??);
    }
    assert_eq!(n_turns, 1);
    catalog.end_watch_turn(now + TimeDelta::days(1)).await?;
    let next = async |after| {
        catalog
            .take_watch_turn(now + after, now + after + TimeDelta::hours(1))
            .await
    };
    assert!(!next(TimeDelta::hours(23)).await?);
    assert!(next(TimeDelta::hours(25)).await?);
    assert!(!next(TimeDelta::hours(25)).await?, "another has it");
    assert!(next(TimeDelta::hours(27)).await?, "whoever had it died");
    Ok(())
}
