//! Tokens that name, bring or mean another key, and headers that ask for more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coverslip_identity::Refusal;
use serde_json::{Value, json};
use servers::{KeyKind, SigningKey};

use super::Attacks;
use crate::lab::Lab;

pub(super) fn on_the_key(lab: &Lab, good: &str) -> Attacks {
    let key = &lab.provider.key;
    let claims = lab.claims().to_string();
    let named_by = |kid: Value| {
        let header = json!({"alg": "RS256", "kid": kid}).to_string();
        key.sign(&header, &claims)
    };
    let stranger = SigningKey::new(KeyKind::Rsa, "stranger")?;
    let brought = |member: &str, value: Value| {
        let header = json!({"alg": "RS256", "kid": "first", member: value}).to_string();
        stranger.sign(&header, &claims)
    };
    let mut attacks = Vec::new();
    for (name, kid) in [
        ("kid leads to a file", json!("../../../../dev/null")),
        ("kid with a quote", json!("first' OR '1'='1")),
        ("kid with a command", json!("first;id")),
        ("kid with a zero", json!("first\0")),
        ("kid with a line feed", json!("first\n")),
        ("kid empty", json!("")),
        ("kid a list", json!(["first"])),
        ("kid a number", json!(1)),
        ("kid too long", json!("a".repeat(500))),
    ] {
        attacks.push((name, named_by(kid)?, Refusal::KeyName));
    }
    attacks.push((
        "no kid",
        key.sign(r#"{"alg":"RS256"}"#, &claims)?,
        Refusal::KeyName,
    ));
    for (name, kid) in [
        ("kid is a file", "/dev/null"),
        ("kid is a URL", "https://evil.example/keys"),
        ("kid of no key", "fourth"),
        ("kid in other letters", "FIRST"),
        ("kid of a key for encryption", "encryption"),
        ("kid of a shared secret", "shared"),
    ] {
        attacks.push((name, named_by(json!(kid))?, Refusal::UnknownKey));
    }
    attacks.push((
        "a stranger's key",
        stranger.token("JWT", &lab.claims())?,
        Refusal::UnknownKey,
    ));
    for (name, token) in [
        (
            "RS256 by the name of a P-256 key",
            named_by(json!("second"))?,
        ),
        ("RS256 by a key for PS256 alone", named_by(json!("pss"))?),
        (
            "ES256 by the name of an RSA key",
            lab.p256.sign(r#"{"alg":"ES256","kid":"first"}"#, &claims)?,
        ),
        (
            "EdDSA by the name of a P-256 key",
            lab.ed25519
                .sign(r#"{"alg":"EdDSA","kid":"second"}"#, &claims)?,
        ),
    ] {
        attacks.push((name, token, Refusal::KeyAlgorithm));
    }
    let link = json!("https://evil.example/keys");
    for (name, token) in [
        ("jwk", brought("jwk", stranger.jwk())?),
        ("jwk that is ours", brought("jwk", key.jwk())?),
        ("jku", brought("jku", link.clone())?),
        ("x5u", brought("x5u", link)?),
        ("x5c", brought("x5c", json!([STANDARD.encode(good)]))?),
    ] {
        attacks.push((name, token, Refusal::BroughtKey));
    }
    Ok(attacks)
}

pub(super) fn on_the_header(lab: &Lab) -> Attacks {
    let key = &lab.provider.key;
    let claims = lab.claims().to_string();
    let mut attacks = Vec::new();
    for (name, header, why) in [
        (
            "crit",
            r#"{"alg":"RS256","kid":"first","crit":["exp"],"exp":1}"#,
            Refusal::Critical,
        ),
        (
            "crit empty",
            r#"{"alg":"RS256","kid":"first","crit":[]}"#,
            Refusal::Critical,
        ),
        (
            "b64 false",
            r#"{"alg":"RS256","kid":"first","b64":false,"crit":["b64"]}"#,
            Refusal::Critical,
        ),
        (
            "b64 without crit",
            r#"{"alg":"RS256","kid":"first","b64":false}"#,
            Refusal::Critical,
        ),
        (
            "zip",
            r#"{"alg":"RS256","kid":"first","zip":"DEF"}"#,
            Refusal::Wrapped,
        ),
        (
            "nested",
            r#"{"alg":"RS256","kid":"first","cty":"JWT"}"#,
            Refusal::Wrapped,
        ),
        (
            "enc",
            r#"{"alg":"RS256","kid":"first","enc":"A128GCM"}"#,
            Refusal::Wrapped,
        ),
        (
            "alg twice, none last",
            r#"{"alg":"RS256","kid":"first","alg":"none"}"#,
            Refusal::Duplicate,
        ),
        (
            "alg twice, none first",
            r#"{"alg":"none","kid":"first","alg":"RS256"}"#,
            Refusal::Duplicate,
        ),
        (
            "kid twice",
            r#"{"alg":"RS256","kid":"first","kid":"second"}"#,
            Refusal::Duplicate,
        ),
        (
            "alg twice, once escaped",
            r#"{"alg":"RS256","kid":"first","\u0061lg":"none"}"#,
            Refusal::Duplicate,
        ),
        (
            "typ of a proof",
            r#"{"alg":"RS256","kid":"first","typ":"dpop+jwt"}"#,
            Refusal::Type,
        ),
        (
            "typ of a logout",
            r#"{"alg":"RS256","kid":"first","typ":"logout+jwt"}"#,
            Refusal::Type,
        ),
        (
            "typ of an event",
            r#"{"alg":"RS256","kid":"first","typ":"secevent+jwt"}"#,
            Refusal::Type,
        ),
        (
            "typ a number",
            r#"{"alg":"RS256","kid":"first","typ":1}"#,
            Refusal::Type,
        ),
        ("header a list", r#"["RS256"]"#, Refusal::Json),
        ("header no JSON", "RS256", Refusal::Json),
        (
            "header with more behind it",
            r#"{"alg":"RS256","kid":"first"}{}"#,
            Refusal::Json,
        ),
        ("header empty", "", Refusal::Json),
    ] {
        attacks.push((name, key.sign(header, &claims)?, why));
    }
    let long = json!({"alg": "RS256", "kid": "first", "x": "a".repeat(3000)}).to_string();
    attacks.push((
        "header too long",
        key.sign(&long, &claims)?,
        Refusal::TooLong,
    ));
    Ok(attacks)
}
