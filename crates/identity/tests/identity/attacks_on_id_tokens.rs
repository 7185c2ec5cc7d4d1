//! ID tokens that say who somebody is who is not.

use chrono::Utc;
use coverslip_identity::{Refusal, SignInError};
use serde_json::{Value, json};
use servers::{CLIENT, KeyKind, SigningKey};

use crate::attacks::{with, without};
use crate::lab::{AUDIENCE, Lab, TestResult};

/// What is wrong with the claims of a good ID token.
type Change = fn(&Value) -> Value;

const CHANGES: [(&str, Change, Refusal); 21] = [
    (
        "no nonce",
        |c| without(c, "nonce"),
        Refusal::Missing("nonce"),
    ),
    (
        "another nonce",
        |c| with(c, "nonce", json!("another")),
        Refusal::Nonce,
    ),
    (
        "nonce empty",
        |c| with(c, "nonce", json!("")),
        Refusal::Claim("nonce"),
    ),
    (
        "nonce null",
        |c| with(c, "nonce", Value::Null),
        Refusal::Claim("nonce"),
    ),
    (
        "nonce in a list",
        |c| with(c, "nonce", json!([c["nonce"]])),
        Refusal::Claim("nonce"),
    ),
    (
        "a nonce that begins so",
        |c| {
            let nonce = c["nonce"].as_str().unwrap_or_default();
            with(c, "nonce", json!(nonce[..20]))
        },
        Refusal::Nonce,
    ),
    (
        "for another client",
        |c| with(c, "aud", json!("another")),
        Refusal::Audience,
    ),
    (
        "for the API alone",
        |c| with(c, "aud", json!(AUDIENCE)),
        Refusal::Audience,
    ),
    (
        "for a stranger beside us",
        |c| with(c, "aud", json!([CLIENT, "stranger"])),
        Refusal::Audience,
    ),
    (
        "for two, to nobody",
        |c| with(c, "aud", json!([CLIENT, AUDIENCE])),
        Refusal::AuthorizedParty,
    ),
    (
        "for us, to another",
        |c| with(c, "azp", json!("another")),
        Refusal::AuthorizedParty,
    ),
    (
        "azp no text",
        |c| with(c, "azp", json!(1)),
        Refusal::Claim("azp"),
    ),
    (
        "no audience",
        |c| without(c, "aud"),
        Refusal::Missing("aud"),
    ),
    (
        "another issuer",
        |c| with(c, "iss", json!("https://evil.example")),
        Refusal::Issuer,
    ),
    ("no issuer", |c| without(c, "iss"), Refusal::Missing("iss")),
    ("no subject", |c| without(c, "sub"), Refusal::Missing("sub")),
    (
        "no time of issue",
        |c| without(c, "iat"),
        Refusal::Missing("iat"),
    ),
    ("no end", |c| without(c, "exp"), Refusal::Missing("exp")),
    (
        "expired",
        |c| with(c, "exp", json!(Utc::now().timestamp() - 60)),
        Refusal::Expired,
    ),
    (
        "not valid yet",
        |c| with(c, "nbf", json!(Utc::now().timestamp() + 60)),
        Refusal::NotYet,
    ),
    (
        "a name that is no text",
        |c| with(c, "preferred_username", json!({})),
        Refusal::Claim("preferred_username"),
    ),
];

#[tokio::test]
async fn a_wrong_claim_is_refused_for_its_reason() -> TestResult {
    let lab = Lab::open().await?;
    for (name, change, why) in CHANGES {
        let good = lab.log_in(|nonce| lab.provider.key.token("JWT", &lab.person(nonce)));
        assert_eq!(good.await??.id, "7f3a", "before {name}");
        let wrong = lab.log_in(|nonce| lab.provider.key.token("JWT", &change(&lab.person(nonce))));
        assert_eq!(refusal(wrong.await?), Some(why), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_signature_or_kind_is_refused_for_its_reason() -> TestResult {
    let lab = Lab::open().await?;
    let key = &lab.provider.key;
    let none = lab.log_in(|nonce| {
        let claims = lab.person(nonce).to_string();
        Ok(SigningKey::unsigned(r#"{"alg":"none","kid":"first"}"#, &claims) + ".")
    });
    assert_eq!(refusal(none.await?), Some(Refusal::Algorithm));
    let shared = lab.log_in(|nonce| {
        let claims = lab.person(nonce).to_string();
        let header = r#"{"alg":"HS256","kid":"first"}"#;
        Ok(SigningKey::shared_secret(
            &key.public_bytes(),
            header,
            &claims,
        ))
    });
    assert_eq!(refusal(shared.await?), Some(Refusal::Algorithm));
    let stranger = SigningKey::new(KeyKind::Rsa, "first")?;
    let forged = lab.log_in(|nonce| stranger.token("JWT", &lab.person(nonce)));
    assert_eq!(refusal(forged.await?), Some(Refusal::Signature));
    let access = lab.log_in(|nonce| key.token("at+jwt", &lab.person(nonce)));
    assert_eq!(refusal(access.await?), Some(Refusal::Type));
    let logout = lab.log_in(|nonce| key.token("logout+jwt", &lab.person(nonce)));
    assert_eq!(refusal(logout.await?), Some(Refusal::Type));
    let access = lab.log_in(|_| key.token("JWT", &lab.claims()));
    assert_eq!(refusal(access.await?), Some(Refusal::Audience));
    Ok(())
}

fn refusal<T>(signed_in: Result<T, SignInError>) -> Option<Refusal> {
    match signed_in {
        Err(SignInError::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}
