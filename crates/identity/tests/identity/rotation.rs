//! Keys that come and go, and a provider that is away.

use std::time::{Duration, Instant};

use coverslip_identity::{Provider, ProviderError, Refresh, Refusal, TokenError};
use serde_json::json;
use servers::{KeyKind, SigningKey};
use tokio::time::sleep;

use crate::lab::{Lab, PAUSE, TestResult, begin, impatient};

/// How often the provider was asked for its keys.
fn n_asked(lab: &Lab) -> usize {
    lab.provider.n_times_keys_were_asked_for()
}

#[tokio::test]
async fn a_new_key_is_known_as_soon_as_it_may_be_asked_for() -> TestResult {
    let lab = Lab::refreshing(impatient()).await?;
    let old = lab.provider.key.token("JWT", &lab.claims())?;
    assert_eq!(lab.refusal(&old).await, None);
    let began = Instant::now();
    let next = SigningKey::new(KeyKind::P256, "next")?;
    lab.provider.publish(&[lab.provider.key.jwk(), next.jwk()]);
    let new = next.token("JWT", &lab.claims())?;
    if began.elapsed() < PAUSE / 2 {
        assert_eq!(
            lab.refusal(&new).await,
            Some(Refusal::UnknownKey),
            "asked just now"
        );
    }
    sleep(PAUSE).await;
    assert_eq!(lab.refusal(&new).await, None);
    assert_eq!(lab.refusal(&old).await, None);
    assert_eq!(n_asked(&lab), 2);
    Ok(())
}

#[tokio::test]
async fn many_tokens_of_unknown_keys_are_one_question() -> TestResult {
    let lab = Lab::refreshing(impatient()).await?;
    let good = lab.provider.key.token("JWT", &lab.claims())?;
    assert_eq!(lab.refusal(&good).await, None);
    sleep(PAUSE).await;
    let claims = lab.claims().to_string();
    let tokens: Result<Vec<String>, _> = (0..200)
        .map(|i| {
            let header = json!({"alg": "RS256", "kid": format!("unknown-{i}")}).to_string();
            lab.provider.key.sign(&header, &claims)
        })
        .collect();
    let began = Instant::now();
    let asked: Vec<_> = tokens?
        .into_iter()
        .map(|token| {
            let ours = lab.ours.clone();
            tokio::spawn(async move { ours.machine(&token, chrono::Utc::now()).await })
        })
        .collect();
    for answer in asked {
        let refused = answer.await?.ok_or("no audience")?;
        assert!(matches!(
            refused,
            Err(TokenError::Refused(Refusal::UnknownKey))
        ));
    }
    let n_pauses = began.elapsed().as_millis() / PAUSE.as_millis();
    let n_asked = n_asked(&lab) as u128;
    assert!((2..=2 + n_pauses).contains(&n_asked), "{n_asked} questions");
    Ok(())
}

#[tokio::test]
async fn while_the_provider_is_away_its_keys_are_good_on() -> TestResult {
    let refresh = Refresh {
        every: Duration::from_millis(100),
        ..impatient()
    };
    let lab = Lab::refreshing(refresh).await?;
    let good = lab.provider.key.token("JWT", &lab.claims())?;
    assert_eq!(lab.refusal(&good).await, None);
    lab.provider.set_away(true);
    let next = SigningKey::new(KeyKind::P256, "next")?;
    lab.provider.publish(&[lab.provider.key.jwk(), next.jwk()]);
    let new = next.token("JWT", &lab.claims())?;
    for _ in 0..3 {
        sleep(PAUSE).await;
        assert_eq!(lab.refusal(&good).await, None);
        assert_eq!(lab.refusal(&new).await, Some(Refusal::UnknownKey));
    }
    lab.provider.set_away(false);
    sleep(PAUSE).await;
    assert_eq!(lab.refusal(&new).await, None);
    Ok(())
}

#[tokio::test]
async fn a_key_that_the_provider_withdrew_is_good_no_longer() -> TestResult {
    let refresh = Refresh {
        every: PAUSE,
        ..impatient()
    };
    let lab = Lab::refreshing(refresh).await?;
    let withdrawn = lab.provider.key.token("JWT", &lab.claims())?;
    assert_eq!(lab.refusal(&withdrawn).await, None);
    lab.provider.publish(&[lab.p256.jwk()]);
    sleep(PAUSE * 2).await;
    assert_eq!(lab.refusal(&withdrawn).await, Some(Refusal::UnknownKey));
    let other = lab.p256.token("JWT", &lab.claims())?;
    assert_eq!(lab.refusal(&other).await, None);
    Ok(())
}

#[tokio::test]
async fn a_provider_that_comes_later_is_asked_again() -> TestResult {
    let lab = Lab::refreshing(impatient()).await?;
    lab.provider.set_away(true);
    let good = lab.provider.key.token("JWT", &lab.claims())?;
    let refused = lab.machine(&good).await;
    assert!(matches!(
        refused,
        Err(TokenError::Provider(ProviderError::Fetch(_)))
    ));
    let at_once = lab.machine(&good).await;
    assert!(matches!(
        at_once,
        Err(TokenError::Provider(ProviderError::AskedAMomentAgo))
    ));
    assert!(lab.ours.authorization_url(&begin()?).await.is_err());
    lab.provider.set_away(false);
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(lab.refusal(&good).await, None);
    Ok(())
}

#[tokio::test]
async fn what_a_provider_says_of_itself_must_be_true_and_private() -> TestResult {
    for (member, value) in [
        ("issuer", json!("https://evil.example")),
        ("jwks_uri", json!("http://10.0.0.1/keys")),
        ("jwks_uri", json!(null)),
    ] {
        let lab = Lab::open().await?;
        lab.provider.describe_itself(member, value);
        let good = lab.provider.key.token("JWT", &lab.claims())?;
        let refused = lab.machine(&good).await;
        let is_right = matches!(
            refused,
            Err(TokenError::Provider(
                ProviderError::OtherIssuer | ProviderError::NoEndpoint("set of keys")
            ))
        );
        assert!(is_right, "{member}");
    }
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_an_error_and_no_hang() -> TestResult {
    let lab = Lab::open().await?;
    let mut config = lab.ours.config().clone();
    // A port that nobody listens on.
    config.issuer = "http://127.0.0.1:9/realms/lab".parse()?;
    let ours = Provider::new(config)?;
    let good = lab.provider.key.token("JWT", &lab.claims())?;
    let refused = ours.machine(&good, chrono::Utc::now()).await;
    let refused = refused.ok_or("no audience")?;
    assert!(matches!(
        refused,
        Err(TokenError::Provider(ProviderError::Fetch(_)))
    ));
    Ok(())
}
