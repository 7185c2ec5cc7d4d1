//! Tokens that the provider signed, and that are of another time, for somebody or something else.

use chrono::Utc;
use coverslip_identity::Refusal;
use serde_json::{Value, json};

use super::{Attacks, with, without};
use crate::lab::{AUDIENCE, Lab};

pub(super) fn on_the_times(lab: &Lab) -> Attacks {
    let now = Utc::now().timestamp();
    let mut attacks = Vec::new();
    for (name, claim, value, why) in [
        ("expired", "exp", json!(now - 60), Refusal::Expired),
        ("expired long ago", "exp", json!(0), Refusal::Expired),
        (
            "exp a text",
            "exp",
            json!((now + 300).to_string()),
            Refusal::Claim("exp"),
        ),
        ("exp null", "exp", Value::Null, Refusal::Claim("exp")),
        (
            "exp beyond time",
            "exp",
            json!(1e300),
            Refusal::Claim("exp"),
        ),
        (
            "exp the highest number",
            "exp",
            json!(u64::MAX),
            Refusal::Claim("exp"),
        ),
        ("exp before 1970", "exp", json!(-1), Refusal::Claim("exp")),
        (
            "exp in milliseconds of today",
            "exp",
            json!(now * 1000),
            Refusal::Claim("exp"),
        ),
        ("not valid yet", "nbf", json!(now + 120), Refusal::NotYet),
        ("nbf a text", "nbf", json!("now"), Refusal::Claim("nbf")),
        (
            "issued tomorrow",
            "iat",
            json!(now + 86_400),
            Refusal::Future,
        ),
        ("iat a list", "iat", json!([now]), Refusal::Claim("iat")),
    ] {
        let claims = with(&lab.claims(), claim, value);
        attacks.push((name, lab.provider.key.token("JWT", &claims)?, why));
    }
    let endless = without(&lab.claims(), "exp");
    attacks.push((
        "no exp",
        lab.provider.key.token("JWT", &endless)?,
        Refusal::Missing("exp"),
    ));
    Ok(attacks)
}

pub(super) fn on_the_claims(lab: &Lab) -> Attacks {
    let key = &lab.provider.key;
    let issuer = &lab.provider.issuer;
    let mut attacks = Vec::new();
    for (name, claim, value, why) in [
        (
            "another issuer",
            "iss",
            json!("https://evil.example"),
            Refusal::Issuer,
        ),
        (
            "our issuer with a slash",
            "iss",
            json!(format!("{issuer}/")),
            Refusal::Issuer,
        ),
        (
            "our issuer with a space",
            "iss",
            json!(format!("{issuer} ")),
            Refusal::Issuer,
        ),
        (
            "our issuer in capitals",
            "iss",
            json!(issuer.to_uppercase()),
            Refusal::Issuer,
        ),
        (
            "our issuer and what follows",
            "iss",
            json!(format!("{issuer}.evil.example")),
            Refusal::Issuer,
        ),
        (
            "issuers in a list",
            "iss",
            json!([issuer]),
            Refusal::Claim("iss"),
        ),
        (
            "another audience",
            "aud",
            json!("another-api"),
            Refusal::Audience,
        ),
        (
            "others in a list",
            "aud",
            json!(["a", "b"]),
            Refusal::Audience,
        ),
        (
            "our audience and what follows",
            "aud",
            json!(format!("{AUDIENCE}-2")),
            Refusal::Audience,
        ),
        (
            "a part of our audience",
            "aud",
            json!("coverslip"),
            Refusal::Audience,
        ),
        (
            "our audience in capitals",
            "aud",
            json!(AUDIENCE.to_uppercase()),
            Refusal::Audience,
        ),
        (
            "our audience among words",
            "aud",
            json!(format!("a {AUDIENCE}")),
            Refusal::Audience,
        ),
        ("audience of stars", "aud", json!("*"), Refusal::Audience),
        ("an empty list", "aud", json!([]), Refusal::Claim("aud")),
        (
            "a list in a list",
            "aud",
            json!([[AUDIENCE]]),
            Refusal::Claim("aud"),
        ),
        (
            "a number in the list",
            "aud",
            json!([AUDIENCE, 1]),
            Refusal::Claim("aud"),
        ),
        (
            "audience an object",
            "aud",
            json!({AUDIENCE: true}),
            Refusal::Claim("aud"),
        ),
        ("audience true", "aud", json!(true), Refusal::Claim("aud")),
        ("subject empty", "sub", json!(""), Refusal::Claim("sub")),
        ("subject a number", "sub", json!(7), Refusal::Claim("sub")),
        (
            "subject with a line feed",
            "sub",
            json!("a\nb"),
            Refusal::Claim("sub"),
        ),
        (
            "subject too long",
            "sub",
            json!("a".repeat(300)),
            Refusal::Claim("sub"),
        ),
    ] {
        attacks.push((
            name,
            key.token("JWT", &with(&lab.claims(), claim, value))?,
            why,
        ));
    }
    for (name, claim) in [
        ("no issuer", "iss"),
        ("no audience", "aud"),
        ("no subject", "sub"),
    ] {
        let token = key.token("JWT", &without(&lab.claims(), claim))?;
        attacks.push((name, token, Refusal::Missing(claim)));
    }
    Ok(attacks)
}

/// Tokens of the provider that are for something else.
pub(super) fn on_the_kind(lab: &Lab) -> Attacks {
    let key = &lab.provider.key;
    let claims = lab.claims();
    let id_token = with(&lab.person("n"), "aud", json!(AUDIENCE));
    let mut attacks = vec![
        (
            "an ID token",
            key.token("JWT", &id_token)?,
            Refusal::IdToken,
        ),
        (
            "an ID token without type",
            key.sign(r#"{"alg":"RS256","kid":"first"}"#, &id_token.to_string())?,
            Refusal::IdToken,
        ),
    ];
    for (name, claim, value, why) in [
        (
            "an ID token by its hash",
            "at_hash",
            json!("a"),
            Refusal::IdToken,
        ),
        (
            "an ID token by its code",
            "c_hash",
            json!("a"),
            Refusal::IdToken,
        ),
        (
            "an ID token of Keycloak",
            "typ",
            json!("ID"),
            Refusal::IdToken,
        ),
        (
            "a refresh token of Keycloak",
            "typ",
            json!("Refresh"),
            Refusal::Type,
        ),
        ("a logout token", "events", json!({}), Refusal::Type),
    ] {
        attacks.push((name, key.token("JWT", &with(&claims, claim, value))?, why));
    }
    for (name, claim) in [
        ("at+jwt without its client", "client_id"),
        ("at+jwt without its id", "jti"),
        ("at+jwt without its time", "iat"),
    ] {
        let token = key.token("at+jwt", &without(&claims, claim))?;
        attacks.push((name, token, Refusal::Missing(claim)));
    }
    Ok(attacks)
}
