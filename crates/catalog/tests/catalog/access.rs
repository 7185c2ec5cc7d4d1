//! What the catalog promises about tokens and the audit trail.

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{AuditAction, AuditEvent, NewToken, Role, TokenKind};
use flow::Sha256Digest;
use serde_json::{Value, json};

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::id;

kept_by_both! {
    a_token_is_found_by_its_hash_until_it_is_removed
    the_same_secret_is_never_given_out_twice
    a_login_code_works_once_and_in_time
    a_bearer_token_is_no_login_code
    of_many_who_come_with_one_code_one_gets_in
    of_many_who_spend_the_same_one_does
    only_what_expired_is_cleared_away
    the_audit_trail_is_read_back_newest_first
    the_audit_trail_can_be_neither_changed_nor_shortened
}

fn token(kind: TokenKind, secret: &str, expires_at: Option<DateTime<Utc>>) -> NewToken {
    NewToken {
        slide: None,
        kind,
        name: "scanner 3".to_owned(),
        hash: Sha256Digest::of(secret.as_bytes()),
        roles: vec![Role::Scanner, Role::Lis],
        expires_at,
    }
}

async fn a_token_is_found_by_its_hash_until_it_is_removed(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let hash = Sha256Digest::of(b"a");
    catalog
        .add_token(token(TokenKind::Bearer, "a", None))
        .await?;
    let found = catalog.token_by_hash(&hash).await?.ok_or("no token")?;
    assert_eq!(found.kind, TokenKind::Bearer);
    assert_eq!(found.name, "scanner 3");
    assert_eq!(found.roles, [Role::Scanner, Role::Lis]);
    assert_eq!(found.expires_at, None);
    assert_eq!(catalog.lasting_tokens().await?, [found]);
    assert_eq!(catalog.token_by_hash(&Sha256Digest::of(b"b")).await?, None);
    catalog.remove_token(&hash).await?;
    assert_eq!(catalog.token_by_hash(&hash).await?, None);
    Ok(())
}

async fn the_same_secret_is_never_given_out_twice(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog
        .add_token(token(TokenKind::Bearer, "a", None))
        .await?;
    let again = catalog
        .add_token(token(TokenKind::Session, "a", None))
        .await;
    assert!(again.is_err());
    Ok(())
}

async fn a_login_code_works_once_and_in_time(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let now = Utc::now();
    let end = now + TimeDelta::minutes(15);
    let hash = Sha256Digest::of(b"code");
    catalog
        .add_token(token(TokenKind::LoginCode, "code", Some(end)))
        .await?;
    assert_eq!(catalog.take_login_code(&hash, end).await?, None, "too late");
    let taken = catalog
        .take_login_code(&hash, now)
        .await?
        .ok_or("no code")?;
    assert_eq!(taken.roles, [Role::Scanner, Role::Lis]);
    assert_eq!(catalog.take_login_code(&hash, now).await?, None, "used");
    Ok(())
}

async fn a_bearer_token_is_no_login_code(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let end = Some(Utc::now() + TimeDelta::minutes(15));
    catalog
        .add_token(token(TokenKind::Bearer, "a", end))
        .await?;
    let hash = Sha256Digest::of(b"a");
    assert_eq!(catalog.take_login_code(&hash, Utc::now()).await?, None);
    assert_eq!(catalog.lasting_tokens().await?.len(), 1);
    Ok(())
}

async fn of_many_who_come_with_one_code_one_gets_in(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let now = Utc::now();
    let end = Some(now + TimeDelta::minutes(15));
    catalog
        .add_token(token(TokenKind::LoginCode, "code", end))
        .await?;
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let catalog = catalog.clone();
            let hash = Sha256Digest::of(b"code");
            tokio::spawn(async move { catalog.take_login_code(&hash, now).await })
        })
        .collect();
    let mut n_in = 0;
    for taker in takers {
        n_in += usize::from(taker.await??.is_some());
    }
    assert_eq!(n_in, 1);
    Ok(())
}

async fn of_many_who_spend_the_same_one_does(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let (hash, end) = (
        Sha256Digest::of(b"once"),
        Utc::now() + TimeDelta::minutes(20),
    );
    let spenders: Vec<_> = (0..8)
        .map(|_| {
            let catalog = catalog.clone();
            tokio::spawn(async move { catalog.spend(&hash, end).await })
        })
        .collect();
    let mut n_first = 0;
    for spender in spenders {
        n_first += usize::from(spender.await??);
    }
    assert_eq!(n_first, 1);
    assert!(catalog.spend(&Sha256Digest::of(b"another"), end).await?);
    // It lets nobody in.
    assert_eq!(catalog.take_login_code(&hash, Utc::now()).await?, None);
    assert!(catalog.lasting_tokens().await?.is_empty());
    catalog.remove_expired_tokens(end).await?;
    assert!(catalog.spend(&hash, end).await?, "known no longer");
    Ok(())
}

async fn only_what_expired_is_cleared_away(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let now = Utc::now();
    let kinds = [
        ("old", Some(now - TimeDelta::seconds(1))),
        ("young", Some(now + TimeDelta::seconds(1))),
        ("eternal", None),
    ];
    for (secret, end) in kinds {
        catalog
            .add_token(token(TokenKind::Session, secret, end))
            .await?;
    }
    catalog.remove_expired_tokens(now).await?;
    let mut left = Vec::new();
    for (secret, _) in kinds {
        let hash = Sha256Digest::of(secret.as_bytes());
        left.extend(catalog.token_by_hash(&hash).await?.map(|_| secret));
    }
    assert_eq!(left, ["young", "eternal"]);
    Ok(())
}

async fn the_audit_trail_is_read_back_newest_first(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let events = [
        (AuditAction::LoggedIn, None, Value::Null),
        (AuditAction::MppGiven, Some(id(1)), json!({ "mpp": 0.25 })),
        (AuditAction::PatientImageSeen, Some(id(2)), json!("label")),
    ];
    for (action, slide, detail) in events {
        let actor = "dr who".to_owned();
        let event = AuditEvent {
            actor,
            action,
            slide,
            detail,
        };
        catalog.audit(event).await?;
    }
    let newest = catalog.audit_trail(None, 2).await?;
    let actions: Vec<_> = newest.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["patient_image_seen", "mpp_given"]);
    assert_eq!(newest[1].slide, Some(id(1)));
    assert_eq!(newest[1].detail, json!({ "mpp": 0.25 }));
    assert_eq!(newest[1].actor, "dr who");
    let older = catalog.audit_trail(Some(newest[1].seq), 10).await?;
    assert_eq!(older.len(), 1);
    assert_eq!(older[0].action, "logged_in");
    Ok(())
}

/// With the rights of the process itself.
async fn the_audit_trail_can_be_neither_changed_nor_shortened(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let event = AuditEvent {
        actor: "x".to_owned(),
        action: AuditAction::LoggedIn,
        slide: None,
        detail: Value::Null,
    };
    catalog.audit(event).await?;
    for statement in ["UPDATE audit SET actor = 'y'", "DELETE FROM audit"] {
        let refused = place.execute(statement).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("never")));
    }
    assert_eq!(catalog.audit_trail(None, 9).await?[0].actor, "x");
    Ok(())
}
