//! Access tokens that somebody made to get in with. Each is refused, and for its own reason.

mod claims;
mod form;
mod key;
mod signature;

use std::collections::HashSet;

use coverslip_identity::Refusal;
use serde_json::{Value, json};

use self::claims::{on_the_claims, on_the_kind, on_the_times};
use self::form::on_the_form;
use self::key::{on_the_header, on_the_key};
use self::signature::{on_the_algorithm, on_the_signature};
use crate::lab::{Lab, TestResult};

type Attack = (&'static str, String, Refusal);
type Attacks = Result<Vec<Attack>, Box<dyn std::error::Error>>;

const GOOD: &str = r#"{"alg":"RS256","kid":"first","typ":"JWT"}"#;

#[tokio::test]
async fn all_attacks_are_refused_for_their_reason() -> TestResult {
    let lab = Lab::open().await?;
    publish_traps(&lab)?;
    let good = lab.provider.key.sign(GOOD, &lab.claims().to_string())?;
    let mut attacks = Vec::new();
    for some in [
        on_the_algorithm(&lab, &good)?,
        on_the_signature(&lab, &good)?,
        on_the_key(&lab, &good)?,
        on_the_header(&lab)?,
        on_the_form(&lab, &good)?,
        on_the_times(&lab)?,
        on_the_claims(&lab)?,
        on_the_kind(&lab)?,
    ] {
        attacks.extend(some);
    }
    let names: HashSet<&str> = attacks.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names.len(), attacks.len(), "two attacks of one name");
    assert!(attacks.len() >= 40, "{}", attacks.len());
    for (name, token, why) in &attacks {
        assert_eq!(lab.refusal(&good).await, None, "before {name}");
        assert_eq!(lab.refusal(token).await, Some(*why), "{name}");
    }
    // Keys that are not known were asked for again once at most, and that is too early here.
    assert_eq!(lab.provider.n_times_keys_were_asked_for(), 1);
    Ok(())
}

/// Keys that a provider may have among the others, and that verify nothing.
fn publish_traps(lab: &Lab) -> TestResult {
    let mut for_encryption = lab.provider.key.jwk();
    for_encryption["kid"] = json!("encryption");
    for_encryption["use"] = json!("enc");
    let mut only_pss = lab.provider.key.jwk();
    only_pss["kid"] = json!("pss");
    only_pss["alg"] = json!("PS256");
    let shared = json!({"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "alg": "HS256"});
    lab.provider.publish(&[
        lab.provider.key.jwk(),
        lab.p256.jwk(),
        lab.ed25519.jwk(),
        for_encryption,
        only_pss,
        shared,
    ]);
    Ok(())
}

fn named(attacks: Vec<(&'static str, String)>, why: Refusal) -> Vec<Attack> {
    let attacks = attacks.into_iter();
    attacks.map(|(name, token)| (name, token, why)).collect()
}

pub(crate) fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

pub(crate) fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    if let Some(members) = claims.as_object_mut() {
        members.remove(name);
    }
    claims
}
