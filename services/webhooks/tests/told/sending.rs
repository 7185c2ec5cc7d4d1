use axum::http::StatusCode;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::lab::{Lab, Tested};
use crate::receiver::{Manner, Receiver};

fn is_delivered(delivery: &Value) -> bool {
    delivery["state"] == "delivered"
}

fn was_tried(delivery: &Value) -> bool {
    delivery["n_attempts"].as_u64() > Some(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_once_signed_and_without_what_names_a_patient() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Says(204)).await?;
    let (webhook, secret) = lab.webhook(&receiver.url()).await?;
    let slide = lab.slide(b"a").await?;
    let _two = (lab.dispatch(), lab.dispatch());
    let delivery = lab.delivery(&webhook, is_delivered).await?;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    let told = receiver.verified(&[&secret])?;
    assert_eq!(told.len(), 1, "once, by two that send: {told:?}");
    assert_eq!(told[0]["type"], "slide.received");
    assert_eq!(told[0]["data"], json!({ "slide": slide }));
    assert_eq!(told[0], delivery["payload"]);
    let (headers, body) = &receiver.told()[0];
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(
        headers["webhook-id"],
        delivery["id"].as_str().ok_or("an id")?
    );
    assert!(!format!("{headers:?} {body:?}").contains("CANARY"));
    let forged = Webhook::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")?;
    assert!(forged.verify(body, headers).is_err());
    assert_eq!(
        (&delivery["last_status"], &delivery["n_attempts"]),
        (&json!(204), &json!(1))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_comes_again_with_the_same_id_and_is_signed_anew() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Says(503)).await?;
    let (webhook, secret) = lab.webhook(&receiver.url()).await?;
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    let refused = lab.delivery(&webhook, was_tried).await?;
    assert_eq!(refused["last_status"], 503);
    assert_eq!(refused["state"], "pending");
    let due = refused["next_attempt_at"].as_str().ok_or("a time")?;
    let last = refused["last_attempt_at"].as_str().ok_or("a time")?;
    let [due, last] = [due, last].map(chrono::DateTime::parse_from_rfc3339);
    let pause = (due? - last?).num_milliseconds();
    assert!((4_900..7_000).contains(&pause), "{pause}");

    receiver.change(Manner::Says(200));
    let delivered = lab.delivery(&webhook, is_delivered).await?;
    assert_eq!(delivered["n_attempts"], 2);
    let told = receiver.verified(&[&secret])?;
    assert_eq!(told[0], told[1], "the same bytes");
    let told = receiver.told();
    assert_eq!(told[0].0["webhook-id"], told[1].0["webhook-id"]);
    assert_ne!(
        told[0].0["webhook-timestamp"],
        told[1].0["webhook-timestamp"]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_failure_and_is_not_followed() -> Tested {
    let lab = Lab::open().await?;
    let elsewhere = Receiver::start(Manner::Says(200)).await?;
    let receiver = Receiver::start(Manner::Sends(elsewhere.url())).await?;
    let (webhook, _) = lab.webhook(&receiver.url()).await?;
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    let tried = lab.delivery(&webhook, was_tried).await?;
    assert_eq!(
        (&tried["last_status"], &tried["state"]),
        (&json!(302), &json!("pending"))
    );
    assert_eq!(tried["last_error"], "redirects are not followed");
    assert!(elsewhere.told().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_gone_is_told_nothing_more_until_switched_on_again() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Says(410)).await?;
    let (webhook, secret) = lab.webhook(&receiver.url()).await?;
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    let gone = lab
        .delivery(&webhook, |delivery| delivery["state"] == "failed")
        .await?;
    let (_, shown) = lab.ask("GET", &webhook, Value::Null).await?;
    assert_eq!(shown["standing"], "gone");
    lab.slide(b"b").await?;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(receiver.told().len(), 1);

    receiver.change(Manner::Says(200));
    let on = json!({ "standing": "active" });
    let (status, shown) = lab.ask("PATCH", &webhook, on).await?;
    assert_eq!(
        (status, &shown["standing"]),
        (StatusCode::OK, &json!("active"))
    );
    let id = gone["id"].as_str().ok_or("an id")?;
    let replay = format!("{webhook}/deliveries/{id}/replays");
    let (status, replayed) = lab.ask("POST", &replay, Value::Null).await?;
    assert_eq!(
        (status, &replayed["state"]),
        (StatusCode::CREATED, &json!("pending"))
    );
    lab.delivery(&webhook, is_delivered).await?;
    assert_eq!(receiver.verified(&[&secret])?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_or_is_away_holds_up_nobody_else() -> Tested {
    let lab = Lab::open().await?;
    let hanging = Receiver::start(Manner::Hangs).await?;
    let (hangs, _) = lab.webhook(&hanging.url()).await?;
    // Nobody listens on the discard port.
    let (away, _) = lab.webhook("http://127.0.0.1:9/told").await?;
    let receiver = Receiver::start(Manner::Says(200)).await?;
    let (webhook, secret) = lab.webhook(&receiver.url()).await?;
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    lab.delivery(&webhook, is_delivered).await?;
    assert_eq!(receiver.verified(&[&secret])?.len(), 1);
    let hung = lab.delivery(&hangs, was_tried).await?;
    assert_eq!(hung["last_error"], "the receiver did not answer in time");
    assert_eq!(hung["last_status"], Value::Null);
    let refused = lab.delivery(&away, was_tried).await?;
    assert_eq!(refused["last_error"], "the receiver cannot be connected to");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_verify_while_one_takes_the_place_of_the_other() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Says(200)).await?;
    let (webhook, before) = lab.webhook(&receiver.url()).await?;
    let path = format!("{webhook}/secret");
    let (status, rotated) = lab.ask("POST", &path, Value::Null).await?;
    assert_eq!(status, StatusCode::OK, "{rotated}");
    assert!(rotated["previous_secret_until"].is_string());
    let after = rotated["secret"].as_str().ok_or("a secret")?;
    assert_ne!(after, before);
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    lab.delivery(&webhook, is_delivered).await?;
    assert_eq!(receiver.verified(&[after, &before])?.len(), 1);
    Ok(())
}
