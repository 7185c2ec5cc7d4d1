//! Tokens that are as they must be.

use chrono::Utc;
use serde_json::{Value, json};

use crate::lab::{AUDIENCE, Lab, TestResult};

#[tokio::test]
async fn every_algorithm_of_the_list_is_taken() -> TestResult {
    let lab = Lab::open().await?;
    let claims = lab.claims().to_string();
    for (key, algorithm) in [
        (&lab.provider.key, "RS256"),
        (&lab.provider.key, "PS256"),
        (&lab.p256, "ES256"),
        (&lab.ed25519, "EdDSA"),
    ] {
        let header = json!({"alg": algorithm, "kid": key.name}).to_string();
        let machine = lab.machine(&key.sign(&header, &claims)?).await?;
        assert_eq!(machine.id, "service-account-7", "{algorithm}");
        assert_eq!(machine.groups, ["scanners"]);
        assert!(machine.actor().starts_with("scanner-2 #"));
    }
    Ok(())
}

#[tokio::test]
async fn every_type_of_access_token_is_taken() -> TestResult {
    let lab = Lab::open().await?;
    for kind in ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"] {
        let token = lab.provider.key.token(kind, &lab.claims())?;
        assert_eq!(lab.refusal(&token).await, None, "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn what_providers_say_beside_does_no_harm() -> TestResult {
    let lab = Lab::open().await?;
    let now = Utc::now().timestamp();
    for (name, value) in [
        ("aud", json!([AUDIENCE])),
        ("aud", json!(["account", AUDIENCE])),
        ("exp", json!(now - 10)),
        ("exp", json!(now as f64 + 10.5)),
        ("nbf", json!(now + 10)),
        ("iat", json!(now + 10)),
        ("typ", json!("Bearer")),
        ("azp", json!("scanner-2")),
        ("groups", Value::Null),
        ("nested", json!({"a": {"a": 1}})),
    ] {
        let mut claims = lab.claims();
        claims[name] = value.clone();
        let token = lab.provider.key.token("JWT", &claims)?;
        assert_eq!(lab.refusal(&token).await, None, "{name}: {value}");
    }
    let header = r#"{"alg":"RS256","kid":"first","x5t":"abc","x5t#S256":"abc","other":[1]}"#;
    let token = lab.provider.key.sign(header, &lab.claims().to_string())?;
    assert_eq!(lab.refusal(&token).await, None);
    Ok(())
}

#[tokio::test]
async fn without_an_audience_no_token_is_looked_at() -> TestResult {
    let lab = Lab::open().await?;
    let mut config = lab.ours.config().clone();
    config.audience = None;
    let ours = coverslip_identity::Provider::new(config)?;
    let token = lab.provider.key.token("JWT", &lab.claims())?;
    assert!(ours.machine(&token, Utc::now()).await.is_none());
    assert_eq!(lab.provider.n_times_keys_were_asked_for(), 0);
    Ok(())
}
