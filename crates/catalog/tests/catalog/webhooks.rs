//! What the catalog promises about webhooks and what they are told.

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{
    Catalog, CatalogError, LastAttempt, NewSignOff, NewWebhook, PrivateName, SettledAs,
    WebhookKind, WebhookMessage, WebhookMessagePage, WebhookMessageState, WebhookStanding,
};
use flow::{HoldReason, SlideStatus, WebhookId};
use serde_json::json;
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction};

kept_by_both! {
    each_event_is_told_to_whom_it_concerns_and_to_nobody_else
    a_message_is_sent_by_one_at_a_time_and_taken_over_from_who_is_silent
    of_one_receiver_one_message_is_on_its_way
    what_became_of_a_message_is_kept_and_it_can_be_sent_again
    a_new_secret_signs_beside_the_one_before_for_a_while
    a_webhook_that_is_off_or_removed_is_told_nothing
    old_messages_are_forgotten
}

const URL: &str = "https://lis.example/told";

async fn told_of(catalog: &Catalog, kinds: &[WebhookKind]) -> Result<WebhookId, CatalogError> {
    let new = NewWebhook {
        url: URL.to_owned(),
        kinds: kinds.to_vec(),
    };
    Ok(catalog.add_webhook("admin", &new).await?.0)
}

async fn messages(
    catalog: &Catalog,
    webhook: WebhookId,
) -> Result<Vec<WebhookMessage>, CatalogError> {
    let page = WebhookMessagePage {
        webhook,
        state: None,
        after: None,
        limit: 100,
    };
    catalog.webhook_messages(page).await
}

fn until(seconds: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(seconds)
}

fn failed_once() -> LastAttempt {
    LastAttempt {
        at: DateTime::UNIX_EPOCH,
        status: Some(500),
        error: Some("the receiver refused it".to_owned()),
    }
}

async fn slide_with_result(catalog: &Catalog, n: u8) -> Result<(), Error> {
    catalog.register(new_slide(n)).await?;
    let result = prediction(n, "1.0.0", 0.5)?;
    Ok(catalog.record_prediction(id(n), &result).await?)
}

async fn each_event_is_told_to_whom_it_concerns_and_to_nobody_else(place: Place) -> TestResult {
    let catalog = place.open().await?;
    slide_with_result(&catalog, 9).await?;
    let all = told_of(&catalog, &WebhookKind::ALL).await?;
    let failures = told_of(&catalog, &[WebhookKind::SlideFailed]).await?;

    slide_with_result(&catalog, 1).await?;
    let result = prediction(1, "1.0.0", 0.5)?;
    catalog.record_prediction(id(1), &result).await?;
    let held = SlideStatus::Held {
        reason: HoldReason::NoTissue,
    };
    for status in [&SlideStatus::Tiled, &held, &held] {
        catalog.set_status(id(1), status).await?;
    }
    let reason = "damaged".to_owned();
    let quarantined = SlideStatus::Quarantined { reason };
    catalog.set_status(id(1), &quarantined).await?;
    let accession = PrivateName::new("CANARY-1")?;
    let case = catalog.open_case(&accession, None).await?.id;
    for version in [1, 2] {
        let signed = NewSignOff {
            case,
            version,
            signer: "Dr. Gram".to_owned(),
            body: json!({ "statement": "CANARY" }),
        };
        assert!(catalog.add_sign_off(&signed).await?);
        // Messages of one moment have no order.
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }

    let told = messages(&catalog, all).await?;
    let mut kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
    kinds.sort();
    // That of models is told in `watch`.
    let expected = WebhookKind::ALL.into_iter();
    let expected = expected.filter(|kind| *kind != WebhookKind::ModelAlert);
    assert!(kinds.into_iter().eq(expected), "each once: {told:?}");
    assert!(!format!("{told:?}").contains("CANARY"));
    for message in &told {
        let is_of_case = matches!(
            message.kind,
            WebhookKind::CaseSigned | WebhookKind::CaseAmended
        );
        assert_eq!(message.case, is_of_case.then_some(case));
        assert_eq!(message.slide, (!is_of_case).then(|| id(1)));
        let is_result = message.kind == WebhookKind::PredictionReady;
        assert_eq!(message.task.is_some(), is_result);
        assert_eq!(message.state, WebhookMessageState::Pending);
        assert!(
            (Utc::now() - message.at).num_seconds().abs() < 60,
            "{message:?}"
        );
    }
    let told = messages(&catalog, failures).await?;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind, WebhookKind::SlideFailed);
    Ok(())
}

async fn a_message_is_sent_by_one_at_a_time_and_taken_over_from_who_is_silent(
    place: Place,
) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    let webhook = told_of(&catalogs[0], &[WebhookKind::SlideReceived]).await?;
    catalogs[1].register(new_slide(1)).await?;
    let (now, end) = (Utc::now(), until(60));
    let mut takers = JoinSet::new();
    for n in 0..8 {
        let catalog = catalogs[n % 2].clone();
        takers.spawn(async move { catalog.claim_webhook_message(now, end).await });
    }
    let mut taken = Vec::new();
    for due in takers.join_all().await {
        taken.extend(due?);
    }
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].url.as_str(), taken[0].secrets.len()), (URL, 1));

    let later = until(61);
    let again = catalogs[1].claim_webhook_message(later, until(120)).await?;
    let again = again.ok_or("its holder is silent")?;
    let delivered = LastAttempt {
        status: Some(200),
        error: None,
        ..failed_once()
    };
    // The first comes back from the dead.
    let late = failed_once();
    let dead = catalogs[0].settle_webhook_message(&taken[0], &late, SettledAs::Failed);
    dead.await?;
    let pending = &messages(&catalogs[0], webhook).await?[0];
    assert_eq!(
        (pending.state, pending.n_attempts),
        (WebhookMessageState::Pending, 0)
    );
    let settled = SettledAs::Delivered;
    catalogs[1]
        .settle_webhook_message(&again, &delivered, settled)
        .await?;
    let done = &messages(&catalogs[0], webhook).await?[0];
    assert_eq!(
        (done.state, done.n_attempts),
        (WebhookMessageState::Delivered, 1)
    );
    assert_eq!(done.last, Some(delivered));
    let none = catalogs[0]
        .claim_webhook_message(until(999), until(1_000))
        .await?;
    assert!(none.is_none());
    Ok(())
}

async fn of_one_receiver_one_message_is_on_its_way(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let first = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    let second = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    for n in 0..3 {
        catalog.register(new_slide(n)).await?;
    }
    let (now, end) = (Utc::now(), until(60));
    let mut on_their_way = Vec::new();
    while let Some(due) = catalog.claim_webhook_message(now, end).await? {
        on_their_way.push(due);
    }
    let mut webhooks: Vec<_> = on_their_way.iter().map(|due| due.message.webhook).collect();
    webhooks.sort();
    let mut both = [first, second];
    both.sort();
    assert_eq!(webhooks, both);
    let again = SettledAs::Again(until(300));
    catalog
        .settle_webhook_message(&on_their_way[0], &failed_once(), again)
        .await?;
    let next = catalog
        .claim_webhook_message(now, end)
        .await?
        .ok_or("the next")?;
    assert_eq!(next.message.webhook, on_their_way[0].message.webhook);
    assert_ne!(next.message.id, on_their_way[0].message.id);
    Ok(())
}

async fn what_became_of_a_message_is_kept_and_it_can_be_sent_again(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let webhook = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    catalog.register(new_slide(1)).await?;
    let claim = async |at| {
        catalog
            .claim_webhook_message(at, at + TimeDelta::seconds(60))
            .await
    };
    let due = claim(Utc::now()).await?.ok_or("a message")?;
    let again = SettledAs::Again(until(5));
    catalog
        .settle_webhook_message(&due, &failed_once(), again)
        .await?;
    assert!(claim(Utc::now()).await?.is_none(), "not before its time");
    let due = claim(until(6)).await?.ok_or("in its time")?;
    assert_eq!(due.message.n_attempts, 1);
    catalog
        .settle_webhook_message(&due, &failed_once(), SettledAs::Failed)
        .await?;
    assert!(claim(until(99_999)).await?.is_none());

    let page = |state| WebhookMessagePage {
        webhook,
        state: Some(state),
        after: None,
        limit: 9,
    };
    let failed = page(WebhookMessageState::Failed);
    let failed = catalog.webhook_messages(failed).await?;
    assert_eq!((failed.len(), failed[0].n_attempts), (1, 2));
    assert_eq!(failed[0].last, Some(failed_once()));
    let replayed = catalog
        .replay_webhook_message("admin", webhook, failed[0].id)
        .await?;
    let replayed = replayed.ok_or("there is one")?;
    assert_eq!(
        (replayed.state, replayed.n_attempts),
        (WebhookMessageState::Pending, 0)
    );
    assert!(claim(Utc::now()).await?.is_some());
    let other = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    let none = catalog
        .replay_webhook_message("admin", other, failed[0].id)
        .await?;
    assert_eq!(none, None, "it is not the other's");
    let trail = catalog.audit_trail(None, 99).await?;
    let replays = trail.iter().filter(|row| row.action == "webhook_replayed");
    assert_eq!(replays.count(), 1);
    Ok(())
}

async fn a_new_secret_signs_beside_the_one_before_for_a_while(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let new = NewWebhook {
        url: URL.to_owned(),
        kinds: vec![WebhookKind::SlideReceived],
    };
    let (webhook, first) = catalog.add_webhook("admin", &new).await?;
    let second = catalog
        .rotate_webhook_secret("admin", webhook, until(100))
        .await?;
    let second = second.ok_or("there is one")?;
    assert_ne!(first, second);
    catalog.register(new_slide(1)).await?;
    let due = catalog
        .claim_webhook_message(Utc::now(), until(10))
        .await?
        .ok_or("due")?;
    assert_eq!(due.secrets, [second.clone(), first]);
    let late = catalog
        .claim_webhook_message(until(101), until(110))
        .await?
        .ok_or("due")?;
    assert_eq!(late.secrets, [second]);
    assert!(!format!("{late:?}").contains("whsec_"));
    let trail = format!("{:?}", catalog.audit_trail(None, 99).await?);
    assert!(
        trail.contains("webhook_rotated") && !trail.contains("whsec_"),
        "{trail}"
    );
    assert!(!trail.contains(URL), "a URL may hold a key: {trail}");
    let unknown = WebhookId::from_bytes([7; 16]);
    let none = catalog
        .rotate_webhook_secret("admin", unknown, until(1))
        .await?;
    assert_eq!(none, None);
    Ok(())
}

async fn a_webhook_that_is_off_or_removed_is_told_nothing(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let webhook = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    catalog.register(new_slide(1)).await?;
    let off = WebhookStanding::Off;
    assert!(catalog.set_webhook_standing("admin", webhook, off).await?);
    catalog.register(new_slide(2)).await?;
    let claim = async || catalog.claim_webhook_message(Utc::now(), until(60)).await;
    assert!(claim().await?.is_none());
    let told = messages(&catalog, webhook).await?;
    assert_eq!(told.len(), 1, "nothing is kept for it while it is off");
    assert_eq!(told[0].state, WebhookMessageState::Failed);

    let on = WebhookStanding::Active;
    assert!(catalog.set_webhook_standing("admin", webhook, on).await?);
    catalog.register(new_slide(3)).await?;
    assert!(claim().await?.is_some());
    let found = catalog.webhook(webhook).await?.ok_or("there is one")?;
    assert_eq!((found.standing, found.url.as_str()), (on, URL));
    assert_eq!(catalog.webhooks().await?, [found]);
    assert!(catalog.remove_webhook("admin", webhook).await?);
    assert!(!catalog.remove_webhook("admin", webhook).await?);
    catalog.register(new_slide(4)).await?;
    assert!(claim().await?.is_none());
    assert!(messages(&catalog, webhook).await?.is_empty());
    Ok(())
}

async fn old_messages_are_forgotten(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let webhook = told_of(&catalog, &[WebhookKind::SlideReceived]).await?;
    for n in 0..2 {
        catalog.register(new_slide(n)).await?;
    }
    let due = catalog
        .claim_webhook_message(Utc::now(), until(60))
        .await?
        .ok_or("due")?;
    let settled = SettledAs::Delivered;
    catalog
        .settle_webhook_message(&due, &failed_once(), settled)
        .await?;
    assert_eq!(
        catalog.forget_webhook_messages(until(-60)).await?,
        0,
        "young"
    );
    assert_eq!(
        catalog.forget_webhook_messages(until(60)).await?,
        1,
        "settled"
    );
    let left = messages(&catalog, webhook).await?;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].state, WebhookMessageState::Pending);
    Ok(())
}
