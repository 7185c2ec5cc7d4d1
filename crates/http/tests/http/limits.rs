//! How often somebody may ask, and be wrong.

use std::num::NonZeroU32;

use coverslip_http::{AccessRules, LimitRules, Rate, Role, Transport};

use crate::provided::Provided;
use crate::server::{Server, TestResult, header, problem};

fn three() -> NonZeroU32 {
    NonZeroU32::new(3).expect("not zero")
}

fn three_failures_a_minute() -> LimitRules {
    LimitRules {
        failures: Some(Rate::per_minute(three())),
        ..LimitRules::default()
    }
}

async fn limited(limits: LimitRules) -> Result<Server, Box<dyn std::error::Error>> {
    let rules = AccessRules {
        limits,
        ..AccessRules::default()
    };
    Server::ruled(Transport::Http, rules).await
}

#[tokio::test]
async fn too_many_wrong_credentials_are_told_when_to_come_again() -> TestResult {
    let server = limited(three_failures_a_minute()).await?;
    let mut statuses = Vec::new();
    for guess in ["Bearer a", "Bearer b", "Bearer c", "Bearer d", "Bearer e"] {
        let answer = server
            .ask("GET", "/whoami", &[("authorization", guess)])
            .await?;
        statuses.push(answer.status().as_u16());
        if answer.status() == 429 {
            let seconds: u64 = header(&answer, "retry-after").parse()?;
            assert!((1..=20).contains(&seconds), "{seconds}");
            let refused = problem(answer).await?;
            assert!(refused["detail"].to_string().contains("from this address"));
        }
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    // Wrong codes and sessions count too, by whatever door.
    let answer = server.ask("GET", "/login?code=guess", &[]).await?;
    assert_eq!(answer.status(), 429);
    let session = [("cookie", "coverslip_session=guess")];
    assert_eq!(server.ask("GET", "/whoami", &session).await?.status(), 429);
    // Whoever is right comes in all the same.
    let good = server.bearer(&[Role::Lis]).await?;
    let answer = server
        .ask("GET", "/whoami", &[("authorization", &good)])
        .await?;
    assert_eq!(answer.status(), 200);
    Ok(())
}

#[tokio::test]
async fn whoever_brings_nothing_is_not_wrong() -> TestResult {
    let server = limited(three_failures_a_minute()).await?;
    for _ in 0..20 {
        assert_eq!(server.ask("GET", "/whoami", &[]).await?.status(), 401);
    }
    let guess = [("authorization", "Bearer guess")];
    assert_eq!(server.ask("GET", "/whoami", &guess).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn an_address_that_was_wrong_too_often_does_not_make_us_ask_the_provider() -> TestResult {
    let provided = Provided::limited(Transport::Http, three_failures_a_minute()).await?;
    let returning = provided.log_in("/auth/login", &["readers"]).await?;
    for _ in 0..3 {
        provided.server.ask("GET", "/login?code=guess", &[]).await?;
    }
    let cookie = [("cookie", returning.cookie.as_str())];
    let answer = provided
        .server
        .ask("GET", &returning.address, &cookie)
        .await?;
    assert_eq!(answer.status(), 429);
    assert_ne!(header(&answer, "retry-after"), "");
    Ok(())
}

#[tokio::test]
async fn requests_are_counted_for_each_credential() -> TestResult {
    let server = limited(LimitRules {
        requests: Some(Rate::per_second(three())),
        ..LimitRules::default()
    })
    .await?;
    let mine = server.bearer(&[Role::Lis]).await?;
    let theirs = server.bearer(&[Role::Lis]).await?;
    let ask = async |bearer: &str| {
        let answer = server
            .ask("GET", "/whoami", &[("authorization", bearer)])
            .await?;
        let after = header(&answer, "retry-after").to_owned();
        Ok::<_, Box<dyn std::error::Error>>((answer.status().as_u16(), after))
    };
    let mut n_refused = 0;
    for _ in 0..100 {
        let (status, after) = ask(&mine).await?;
        if status == 429 {
            assert_eq!(after, "1");
            n_refused += 1;
        }
    }
    // Ten seconds' worth at once, and what came in meanwhile.
    assert!((40..=70).contains(&n_refused), "{n_refused}");
    assert_eq!(ask(&theirs).await?.0, 200, "another's credential");
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(ask(&mine).await?.0, 200, "a while later");
    Ok(())
}

#[tokio::test]
async fn without_rules_nothing_is_counted() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    for _ in 0..200 {
        let guess = [("authorization", "Bearer guess")];
        assert_eq!(server.ask("GET", "/whoami", &guess).await?.status(), 401);
    }
    Ok(())
}
