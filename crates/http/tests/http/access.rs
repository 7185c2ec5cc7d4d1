//! Who gets in.

use crate::server::{Server, TestResult, header, problem, text};
use catalog::{NewToken, TokenKind};
use chrono::{TimeDelta, Utc};
use coverslip_http::{Role, Secret, Transport};

#[tokio::test]
async fn nothing_but_health_and_login_is_open() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    for uri in [
        "/whoami",
        "/",
        "/metrics",
        "/no/such/thing",
        "/health",
        "/login/",
        "//login",
    ] {
        let answer = server.ask("GET", uri, &[]).await?;
        assert_eq!(
            header(&answer, "www-authenticate"),
            "Bearer realm=\"coverslip\"",
            "{uri}"
        );
        assert_eq!(problem(answer).await?["status"], 401, "{uri}");
    }
    for uri in ["/health/live", "/health/ready"] {
        assert_eq!(server.ask("GET", uri, &[]).await?.status(), 204);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_opens_and_anything_like_it_does_not() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let good = server.bearer(&[Role::Lis]).await?;
    let answer = server
        .ask("GET", "/whoami", &[("authorization", &good)])
        .await?;
    assert_eq!(text(answer).await?, "a test");
    let cut = &good[..good.len() - 1];
    let swapped = good.replace("Bearer", "Basic");
    for wrong in [cut, &swapped, "Bearer", "Bearer ", &format!("{good}A")] {
        let answer = server
            .ask("GET", "/whoami", &[("authorization", wrong)])
            .await?;
        assert_eq!(problem(answer).await?["status"], 401, "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_that_was_removed_no_longer_opens() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let token = server.access.issue_token("leaver", &[Role::Admin]).await?;
    server.catalog.remove_token(&token.hash()).await?;
    let bearer = format!("Bearer {}", token.reveal());
    let answer = server
        .ask("GET", "/whoami", &[("authorization", &bearer)])
        .await?;
    assert_eq!(problem(answer).await?["status"], 401);
    Ok(())
}

#[tokio::test]
async fn a_token_has_an_end_even_while_it_is_remembered() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let secret = Secret::random();
    let token = NewToken {
        slide: None,
        kind: TokenKind::Bearer,
        name: "short".to_owned(),
        hash: secret.hash(),
        roles: vec![Role::Lis],
        expires_at: Some(Utc::now() + TimeDelta::milliseconds(400)),
    };
    server.catalog.add_token(token).await?;
    let bearer = format!("Bearer {}", secret.reveal());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(server.ask("GET", "/whoami", &headers).await?.status(), 200);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(server.ask("GET", "/whoami", &headers).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn a_role_is_needed_where_a_handler_asks_for_one() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    for (role, status) in [
        (Role::Pathologist, 200),
        (Role::Admin, 200),
        (Role::Engineer, 403),
        (Role::Scanner, 403),
        (Role::Lis, 403),
    ] {
        let bearer = server.bearer(&[role]).await?;
        let answer = server
            .ask("GET", "/label", &[("authorization", &bearer)])
            .await?;
        assert_eq!(answer.status(), status, "{role}");
    }
    let bearer = server.bearer(&[Role::Engineer]).await?;
    let answer = server
        .ask("GET", "/label", &[("authorization", &bearer)])
        .await?;
    let detail = problem(answer).await?["detail"].to_string();
    assert!(detail.contains("role pathologist"), "{detail}");
    Ok(())
}

#[tokio::test]
async fn a_login_link_becomes_a_session_once() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let code = server
        .access
        .issue_login_code("dr who", &[Role::Pathologist])
        .await?;
    let link = format!("/login?code={}", code.reveal());
    let looked_at = server.ask("HEAD", &link, &[]).await?;
    assert_eq!(
        header(&looked_at, "set-cookie"),
        "",
        "a link checker uses nothing up"
    );

    let answer = server.ask("GET", &link, &[]).await?;
    assert_eq!(answer.status(), 303);
    assert_eq!(header(&answer, "location"), "/");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let cookie = header(&answer, "set-cookie");
    let (session, attributes) = cookie.split_once("; ").ok_or("no attributes")?;
    assert_eq!(
        attributes,
        "Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"
    );
    let opened = server.ask("GET", "/label", &[("cookie", session)]).await?;
    assert_eq!(opened.status(), 200);

    let again = server.ask("GET", &link, &[]).await?;
    assert_eq!(header(&again, "set-cookie"), "");
    assert_eq!(problem(again).await?["status"], 401);
    let trail = server.catalog.audit_trail(None, 1).await?;
    assert_eq!(
        (trail[0].actor.as_str(), trail[0].action.as_str()),
        ("dr who", "logged_in")
    );
    Ok(())
}

#[tokio::test]
async fn a_code_that_is_too_old_or_none_opens_nothing() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let code = Secret::random();
    let expired = NewToken {
        slide: None,
        kind: TokenKind::LoginCode,
        name: "late".to_owned(),
        hash: code.hash(),
        roles: vec![Role::Admin],
        expires_at: Some(Utc::now() - TimeDelta::seconds(1)),
    };
    server.catalog.add_token(expired).await?;
    for uri in [
        format!("/login?code={}", code.reveal()),
        "/login?code=guess".to_owned(),
    ] {
        let answer = server.ask("GET", &uri, &[]).await?;
        assert_eq!(header(&answer, "set-cookie"), "");
        assert_eq!(problem(answer).await?["status"], 401);
    }
    let without = server.ask("GET", "/login", &[]).await?;
    assert_eq!(problem(without).await?["status"], 400);
    Ok(())
}

/// Each secret is good for its own purpose and no other.
#[tokio::test]
async fn secrets_do_not_stand_in_for_each_other() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let token = server.access.issue_token("machine", &[Role::Admin]).await?;
    let as_cookie = format!("coverslip_session={}", token.reveal());
    let answer = server
        .ask("GET", "/whoami", &[("cookie", &as_cookie)])
        .await?;
    assert_eq!(answer.status(), 401, "a token in a cookie");
    let as_code = format!("/login?code={}", token.reveal());
    assert_eq!(
        server.ask("GET", &as_code, &[]).await?.status(),
        401,
        "a token as code"
    );

    let code = server
        .access
        .issue_login_code("person", &[Role::Admin])
        .await?;
    let as_token = format!("Bearer {}", code.reveal());
    let answer = server
        .ask("GET", "/whoami", &[("authorization", &as_token)])
        .await?;
    assert_eq!(answer.status(), 401, "a code as token");
    let session = log_in(&server).await?;
    let secret = session.split_once('=').ok_or("no secret")?.1;
    let as_token = format!("Bearer {secret}");
    let answer = server
        .ask("GET", "/whoami", &[("authorization", &as_token)])
        .await?;
    assert_eq!(answer.status(), 401, "a session as token");
    Ok(())
}

#[tokio::test]
async fn another_site_cannot_change_things_with_our_cookie() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let session = log_in(&server).await?;
    let post = async |headers: &[(&str, &str)]| {
        let with_cookie = [&[("cookie", session.as_str())], headers].concat();
        let answer = server.ask("POST", "/things", &with_cookie).await?;
        Ok::<_, Box<dyn std::error::Error>>(answer.status().as_u16())
    };
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await?, 200);
    assert_eq!(
        post(&[("origin", "http://lab:80"), ("host", "lab:80")]).await?,
        200
    );
    assert_eq!(post(&[("sec-fetch-site", "cross-site")]).await?, 403);
    assert_eq!(
        post(&[("origin", "http://evil"), ("host", "lab:80")]).await?,
        403
    );
    assert_eq!(post(&[]).await?, 403);
    let read = [
        ("cookie", session.as_str()),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(server.ask("GET", "/things", &read).await?.status(), 200);
    let bearer = server.bearer(&[Role::Lis]).await?;
    let machine = server
        .ask("POST", "/things", &[("authorization", &bearer)])
        .await?;
    assert_eq!(machine.status(), 200, "a token is sent on purpose");
    Ok(())
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_it() -> TestResult {
    let server = Server::start(Transport::Https).await?;
    let code = server.access.issue_login_code("dr who", &[]).await?;
    let link = format!("/login?code={}", code.reveal());
    let answer = server.ask("GET", &link, &[]).await?;
    let cookie = header(&answer, "set-cookie");
    assert!(cookie.starts_with("__Host-coverslip_session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=43200"));
    Ok(())
}

#[tokio::test]
async fn people_are_told_how_to_log_in() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for uri in ["/", "/login?code=used"] {
        let answer = server.ask("GET", uri, &browser).await?;
        assert_eq!(answer.status(), 401);
        assert!(header(&answer, "content-type").starts_with("text/html"));
        assert!(text(answer).await?.contains("login link"));
    }
    let change = server.ask("POST", "/things", &browser).await?;
    assert_eq!(problem(change).await?["status"], 401);
    Ok(())
}

async fn log_in(server: &Server) -> Result<String, Box<dyn std::error::Error>> {
    let code = server
        .access
        .issue_login_code("person", &[Role::Admin])
        .await?;
    let link = format!("/login?code={}", code.reveal());
    let answer = server.ask("GET", &link, &[]).await?;
    let cookie = header(&answer, "set-cookie").split(';').next();
    Ok(cookie.unwrap_or_default().to_owned())
}
