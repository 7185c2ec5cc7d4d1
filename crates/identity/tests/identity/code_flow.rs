//! People on their way to the provider and back.

use std::collections::HashMap;

use coverslip_identity::{Provider, Refresh, SignInError};
use serde_json::json;
use servers::CLIENT_SECRET;

use crate::attacks::with;
use crate::lab::{Lab, TestResult, begin, code, config};

#[tokio::test]
async fn somebody_comes_back_as_who_they_are() -> TestResult {
    let lab = Lab::open().await?;
    let key = &lab.provider.key;
    let gram = lab
        .log_in(|nonce| key.token("JWT", &lab.person(nonce)))
        .await??;
    assert_eq!((gram.id.as_str(), gram.name.as_str()), ("7f3a", "gram"));
    assert_eq!(gram.groups, ["readers"]);
    assert_eq!(gram.issuer, lab.provider.issuer);
    let renamed = |nonce: &str| {
        with(
            &lab.person(nonce),
            "preferred_username",
            json!("gram-stain"),
        )
    };
    let same = lab
        .log_in(|nonce| key.token("JWT", &renamed(nonce)))
        .await??;
    let digits = |actor: &str| actor.rsplit('#').next().unwrap_or_default().to_owned();
    assert_eq!(digits(&same.actor()), digits(&gram.actor()));
    let other = |nonce: &str| with(&lab.person(nonce), "sub", json!("9"));
    let other = lab
        .log_in(|nonce| key.token("JWT", &other(nonce)))
        .await??;
    assert_ne!(other.actor(), gram.actor());
    Ok(())
}

#[tokio::test]
async fn the_provider_is_asked_by_code_and_s256() -> TestResult {
    let lab = Lab::open().await?;
    let (first, second) = (begin()?, begin()?);
    let url = lab.ours.authorization_url(&first).await?;
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert!(
        url.as_str()
            .starts_with(&format!("{}/authorize?", lab.provider.issuer))
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "viewer"),
        ("redirect_uri", "https://slides.example/auth/callback"),
        ("scope", "openid profile groups"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(query[name], value);
    }
    let other = lab.ours.authorization_url(&second).await?;
    let other: HashMap<_, _> = other.query_pairs().into_owned().collect();
    for secret in ["state", "nonce", "code_challenge"] {
        assert_eq!(query[secret].len(), 43, "{secret}");
        assert_ne!(query[secret], other[secret], "{secret}");
    }
    Ok(())
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_own_attempt() -> TestResult {
    let lab = Lab::open().await?;
    let (attempt, another) = (begin()?, begin()?);
    let log_in = async || {
        let url = lab.ours.authorization_url(&attempt).await?;
        let id_token = |nonce: &str| lab.provider.key.token("JWT", &lab.person(nonce));
        code(&lab.provider.log_in(&url, id_token)?)
    };
    let stolen = lab.ours.redeem(&another, &log_in().await?, None).await;
    assert!(matches!(stolen, Err(SignInError::Code)), "PKCE");
    let good = log_in().await?;
    assert_eq!(lab.ours.redeem(&attempt, &good, None).await?.id, "7f3a");
    let again = lab.ours.redeem(&attempt, &good, None).await;
    assert!(matches!(again, Err(SignInError::Code)), "a second time");
    for wrong in ["", "code-99", &"a".repeat(5000)] {
        let guessed = lab.ours.redeem(&attempt, wrong, None).await;
        assert!(matches!(guessed, Err(SignInError::Code)));
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_taken() -> TestResult {
    let lab = Lab::open().await?;
    let issuer = lab.provider.issuer.clone();
    let come_back = async |answering: Option<&str>| {
        let attempt = begin()?;
        let url = lab.ours.authorization_url(&attempt).await?;
        let id_token = |nonce: &str| lab.provider.key.token("JWT", &lab.person(nonce));
        let code = code(&lab.provider.log_in(&url, id_token)?)?;
        let redeemed = lab.ours.redeem(&attempt, &code, answering).await;
        Ok::<_, Box<dyn std::error::Error>>(redeemed)
    };
    assert!(come_back(Some(&issuer)).await?.is_ok());
    assert!(come_back(None).await?.is_ok());
    let mixed_up = come_back(Some("https://evil.example")).await?;
    assert!(matches!(mixed_up, Err(SignInError::OtherProvider)));
    Ok(())
}

#[tokio::test]
async fn whoever_names_itself_must() -> TestResult {
    let lab = Lab::open().await?;
    let member = "authorization_response_iss_parameter_supported";
    lab.provider.describe_itself(member, json!(true));
    let unnamed = lab.log_in(|nonce| lab.provider.key.token("JWT", &lab.person(nonce)));
    assert!(matches!(unnamed.await?, Err(SignInError::OtherProvider)));
    Ok(())
}

#[tokio::test]
async fn a_wrong_secret_is_our_own_fault() -> TestResult {
    let lab = Lab::open().await?;
    for (secret, is_good) in [(CLIENT_SECRET, true), ("guess", false)] {
        let ours = Provider::new(config(&lab.provider, secret, Refresh::default())?)?;
        let attempt = begin()?;
        let url = ours.authorization_url(&attempt).await?;
        let id_token = |nonce: &str| lab.provider.key.token("JWT", &lab.person(nonce));
        let code = code(&lab.provider.log_in(&url, id_token)?)?;
        match ours.redeem(&attempt, &code, None).await {
            Ok(_) => assert!(is_good),
            Err(error) => assert!(!is_good && matches!(error, SignInError::Client), "{error}"),
        }
    }
    Ok(())
}

#[tokio::test]
async fn people_log_out_there_too_where_there_is_a_place() -> TestResult {
    let lab = Lab::open().await?;
    let url = lab.ours.end_session_url().await.ok_or("no place")?;
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert!(
        url.as_str()
            .starts_with(&format!("{}/logout?", lab.provider.issuer))
    );
    assert_eq!(query["client_id"], "viewer");
    assert_eq!(query["post_logout_redirect_uri"], "https://slides.example/");
    let silent = Lab::open().await?;
    silent
        .provider
        .describe_itself("end_session_endpoint", json!(null));
    assert_eq!(silent.ours.end_session_url().await, None);
    Ok(())
}
