use axum::http::StatusCode;
use catalog::Role;
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};

#[tokio::test]
async fn webhooks_are_for_admins_alone_and_each_change_is_on_record() -> Tested {
    let lab = Lab::open().await?;
    let (webhook, _) = lab.webhook("https://lis.example/told").await?;
    let wanted = json!({ "url": "https://lis.example/more", "events": ["case.signed"] });
    let deliveries = format!("{webhook}/deliveries");
    let replay = format!("{deliveries}/msg_{}/replays", "0".repeat(32));
    let secret = format!("{webhook}/secret");
    let requests = [
        ("GET", "/api/v1/webhooks", Value::Null, StatusCode::OK),
        ("POST", "/api/v1/webhooks", wanted, StatusCode::CREATED),
        ("GET", &webhook, Value::Null, StatusCode::OK),
        (
            "PATCH",
            &webhook,
            json!({ "standing": "off" }),
            StatusCode::OK,
        ),
        ("POST", &secret, Value::Null, StatusCode::OK),
        ("GET", &deliveries, Value::Null, StatusCode::OK),
        ("POST", &replay, Value::Null, StatusCode::NOT_FOUND),
        ("DELETE", &webhook, Value::Null, StatusCode::NO_CONTENT),
        ("DELETE", &webhook, Value::Null, StatusCode::NOT_FOUND),
    ];
    for (method, path, body, expected) in requests {
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Admin) {
            let (status, _) = lab.ask_as(role, method, path, body.clone()).await?;
            assert_eq!(status, StatusCode::FORBIDDEN, "{role} {method} {path}");
        }
        let (status, answer) = lab.ask(method, path, body).await?;
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
    let trail = lab.catalog.audit_trail(None, 1_000).await?;
    let n_of = |action: &str| trail.iter().filter(|row| row.action == action).count();
    let counted = [
        "webhook_added",
        "webhook_switched",
        "webhook_rotated",
        "webhook_removed",
    ];
    assert_eq!(counted.map(n_of), [2, 1, 1, 1]);
    Ok(())
}

#[tokio::test]
async fn a_secret_is_shown_once() -> Tested {
    let lab = Lab::open().await?;
    let (webhook, secret) = lab.webhook("https://lis.example/told").await?;
    assert!(secret.starts_with("whsec_"));
    for path in ["/api/v1/webhooks", &webhook] {
        let (_, shown) = lab.ask("GET", path, Value::Null).await?;
        let shown = shown.to_string();
        assert!(
            shown.contains("lis.example") && !shown.contains("whsec_"),
            "{shown}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_remedy() -> Tested {
    let lab = Lab::open().await?;
    let url = "https://lis.example/told";
    for (url, events, word) in [
        (url, json!([]), "events"),
        (url, json!(["case.closed"]), "case.signed"),
        ("lis.example", json!(["case.signed"]), "https://HOST/PATH"),
        ("ftp://lis.example/", json!(["case.signed"]), "https"),
        (
            "https://u:hunter2@lis.example/",
            json!(["case.signed"]),
            "password",
        ),
        (
            "https://lis.example/#told",
            json!(["case.signed"]),
            "fragment",
        ),
        (
            "https://10.0.0.7/told",
            json!(["case.signed"]),
            "--webhook-allow",
        ),
    ] {
        let wanted = json!({ "url": url, "events": events });
        let (status, problem) = lab.ask("POST", "/api/v1/webhooks", wanted).await?;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{url}: {problem}");
        let detail = problem["detail"].as_str().ok_or("a detail")?;
        assert!(
            detail.contains(word) && !detail.contains("hunter2"),
            "{detail}"
        );
    }
    let (_, none) = lab.ask("GET", "/api/v1/webhooks", Value::Null).await?;
    assert_eq!(none["webhooks"], json!([]));
    Ok(())
}
