//! People who come through an OpenID provider.

use axum::body::Body;
use axum::http::Response;
use coverslip_http::Transport;
use serde_json::{Value, json};

use crate::provided::{Provided, Returning};
use crate::server::{Server, TestResult, header, problem, text};

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn come_back(
    provided: &Provided,
    Returning { cookie, address }: &Returning,
) -> Result<Response<Body>, Box<dyn std::error::Error>> {
    let headers = [("cookie", cookie.as_str()), BROWSER];
    provided.server.ask("GET", address, &headers).await
}

/// All `Set-Cookie` values.
fn cookies(answer: &Response<Body>) -> Vec<String> {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let texts = cookies.filter_map(|value| value.to_str().ok());
    texts.map(str::to_owned).collect()
}

/// The `Cookie` value of a session, if it was begun.
fn session(answer: &Response<Body>) -> Option<String> {
    let mut cookies = cookies(answer).into_iter();
    let session = cookies.find(|cookie| cookie.contains("coverslip_session="))?;
    session.split(';').next().map(str::to_owned)
}

#[tokio::test]
async fn somebody_with_a_role_has_a_session_like_any_other() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let returning = provided
        .log_in("/auth/login?to=/%23/slides/1", &["readers"])
        .await?;
    let answer = come_back(&provided, &returning).await?;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let cookies = cookies(&answer);
    assert_eq!(cookies.len(), 3, "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"));
    assert_eq!(
        cookies[2],
        "coverslip_sign_in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    );
    let session = session(&answer).ok_or("no session")?;
    // A redirect would still be the other site's, and the cookie is for ours alone.
    let page = text(answer).await?;
    assert!(page.contains("content=\"0;url=/#/slides/1\""), "{page}");
    let headers = [
        ("cookie", session.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(
        provided
            .server
            .ask("GET", "/label", &headers)
            .await?
            .status(),
        200
    );
    let signed = provided.server.ask("POST", "/sign", &headers).await?;
    assert_eq!(text(signed).await?, "signed");
    let who = text(provided.server.ask("GET", "/whoami", &headers).await?).await?;
    assert!(who.starts_with("gram #"), "{who}");
    let trail = provided.server.catalog.audit_trail(None, 1).await?;
    assert_eq!(
        (trail[0].actor.as_str(), trail[0].action.as_str()),
        (who.as_str(), "logged_in")
    );
    assert_eq!(trail[0].detail["subject"], "7f3a");
    assert_eq!(trail[0].detail["issuer"], provided.provider.issuer);
    Ok(())
}

#[tokio::test]
async fn on_the_way_the_browser_keeps_a_cookie_that_scripts_do_not_see() -> TestResult {
    for (transport, begin, attributes) in [
        (
            Transport::Http,
            "coverslip_sign_in=",
            "; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
        ),
        (
            Transport::Https,
            "__Host-coverslip_sign_in=",
            "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600",
        ),
    ] {
        let provided = Provided::start(transport).await?;
        let away = provided.server.ask("GET", "/auth/login", &[]).await?;
        let cookie = header(&away, "set-cookie").to_owned();
        assert!(cookie.starts_with(begin), "{cookie}");
        assert!(cookie.ends_with(attributes), "{cookie}");
        assert_eq!(header(&away, "cache-control"), "no-store");
        let secret = cookie.split(['=', '.']).nth(1).unwrap_or_default();
        assert_eq!(secret.len(), 43);
        assert!(
            !header(&away, "location").contains(secret),
            "it stays in the browser"
        );
        let returning = provided.log_in("/auth/login", &["readers"]).await?;
        let answer = come_back(&provided, &returning).await?;
        assert!(session(&answer).is_some());
    }
    Ok(())
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    for to in [
        "//evil.example",
        "///evil.example",
        "/%5Cevil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "%2F%2Fevil.example",
        "/%0d%0aset-cookie:a=b",
        "/%09/evil.example",
        "evil.example",
        "",
    ] {
        let answer = provided
            .server
            .ask("GET", &format!("/auth/login?to={to}"), &[])
            .await?;
        assert_eq!(problem(answer).await?["status"], 400, "{to}");
    }
    let returning = provided
        .log_in("/auth/login?to=/a%22%3E%3Cscript%3E", &["readers"])
        .await?;
    let page = text(come_back(&provided, &returning).await?).await?;
    assert!(!page.contains("<script>"), "{page}");
    Ok(())
}

#[tokio::test]
async fn only_the_browser_that_began_comes_in() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let mine = provided.log_in("/auth/login", &["readers"]).await?;
    let theirs = provided.log_in("/auth/login", &["readers"]).await?;
    let wrong = [
        ("no cookie", String::new(), mine.address.clone()),
        (
            "another's cookie",
            theirs.cookie.clone(),
            mine.address.clone(),
        ),
        (
            "a damaged cookie",
            format!("{}x", mine.cookie),
            mine.address.clone(),
        ),
        (
            "another state",
            mine.cookie.clone(),
            mine.address.replace("state=", "state=x"),
        ),
        (
            "no state",
            mine.cookie.clone(),
            mine.address.replace("state=", "s="),
        ),
        (
            "an empty state",
            mine.cookie.clone(),
            "/auth/callback?code=code-0&state=".to_owned(),
        ),
        ("nothing", mine.cookie.clone(), "/auth/callback".to_owned()),
    ];
    for (name, cookie, address) in wrong {
        let answer = come_back(&provided, &Returning { cookie, address }).await?;
        assert_eq!(answer.status(), 401, "{name}");
        assert_eq!(session(&answer), None, "{name}");
        let page = text(answer).await?;
        assert!(
            page.contains("did not begin to sign in here"),
            "{name}: {page}"
        );
    }
    // None of these used up the code.
    let answer = come_back(&provided, &mine).await?;
    assert!(session(&answer).is_some());
    Ok(())
}

#[tokio::test]
async fn nobody_comes_in_twice_by_one_way() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let returning = provided.log_in("/auth/login", &["readers"]).await?;
    assert!(session(&come_back(&provided, &returning).await?).is_some());
    let again = come_back(&provided, &returning).await?;
    assert_eq!(
        (again.status().as_u16(), session(&again)),
        (401, None),
        "the same code"
    );
    // A provider that gave a second code for one attempt.
    let away = provided.server.ask("GET", "/auth/login", &[]).await?;
    let cookie = header(&away, "set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let url = header(&away, "location").parse()?;
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let back = provided.provider.log_in(&url, |nonce| {
            let mut claims = provided.claims(servers::CLIENT, &["readers"]);
            claims["nonce"] = json!(nonce);
            provided.provider.key.token("JWT", &claims)
        })?;
        let address = format!("/auth/callback?{back}");
        let cookie = cookie.clone();
        let answer = come_back(&provided, &Returning { cookie, address }).await?;
        statuses.push((answer.status().as_u16(), session(&answer).is_some()));
    }
    assert_eq!(statuses, [(200, true), (400, false)]);
    Ok(())
}

#[tokio::test]
async fn whoever_has_no_role_does_not_come_in() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    for groups in [&["READERS"][..], &["admin", "pathologist"], &[]] {
        let returning = provided.log_in("/auth/login", groups).await?;
        let answer = come_back(&provided, &returning).await?;
        assert_eq!((answer.status().as_u16(), session(&answer)), (403, None));
        let page = text(answer).await?;
        assert!(page.contains("none of the groups"), "{page}");
        assert!(page.contains("href=\"/auth/login\""), "{page}");
    }
    assert!(
        provided
            .server
            .catalog
            .audit_trail(None, 1)
            .await?
            .is_empty()
    );
    Ok(())
}

#[tokio::test]
async fn somebody_who_turned_back_is_told_so_and_nothing_of_it_is_shown() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let returning = provided.log_in("/auth/login", &["readers"]).await?;
    let state = returning.address.split("state=").nth(1).unwrap_or_default();
    let state = state.split('&').next().unwrap_or_default();
    let address = format!(
        "/auth/callback?error=access_denied&error_description=%3Cscript%3Eswordfish&state={state}"
    );
    let cookie = returning.cookie.clone();
    let answer = come_back(&provided, &Returning { cookie, address }).await?;
    assert_eq!(answer.status(), 401);
    let page = text(answer).await?;
    assert!(page.contains("did not let you in"), "{page}");
    assert!(
        !page.contains("swordfish") && !page.contains("access_denied"),
        "{page}"
    );
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    provided.provider.set_away(true);
    let answer = provided.server.ask("GET", "/auth/login", &[]).await?;
    assert_eq!(problem(answer).await?["status"], 503);
    let answer = provided
        .server
        .ask("GET", "/auth/login", &[BROWSER])
        .await?;
    assert_eq!(answer.status(), 503);
    assert!(text(answer).await?.contains("does not answer"));
    // Login links work on.
    let code = provided
        .server
        .access
        .issue_login_code("dr who", &[])
        .await?;
    let link = format!("/login?code={}", code.reveal());
    assert_eq!(provided.server.ask("GET", &link, &[]).await?.status(), 303);
    Ok(())
}

#[tokio::test]
async fn people_are_shown_where_to_sign_in() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let answer = provided
        .server
        .ask("GET", "/slides/0.dzi?a=b", &[BROWSER])
        .await?;
    assert_eq!(answer.status(), 401);
    let page = text(answer).await?;
    assert!(
        page.contains("href=\"/auth/login?to=%2Fslides%2F0.dzi%3Fa%3Db\""),
        "{page}"
    );
    let methods = text(provided.server.ask("GET", "/auth/methods", &[]).await?).await?;
    assert_eq!(
        serde_json::from_str::<Value>(&methods)?,
        json!({"sign_in": "/auth/login"})
    );

    let without = Server::start(Transport::Http).await?;
    let methods = text(without.ask("GET", "/auth/methods", &[]).await?).await?;
    assert_eq!(
        serde_json::from_str::<Value>(&methods)?,
        json!({"sign_in": null})
    );
    for address in ["/auth/login", "/auth/callback?code=a&state=b"] {
        let answer = without.ask("GET", address, &[]).await?;
        assert_eq!(problem(answer).await?["status"], 404);
    }
    Ok(())
}

#[tokio::test]
async fn logging_out_ends_the_session_here_and_there() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let returning = provided.log_in("/auth/login", &["readers"]).await?;
    let answer = come_back(&provided, &returning).await?;
    let session = session(&answer).ok_or("no session")?;
    let both = format!("{session}; coverslip_provided=1");
    let from_us = ("sec-fetch-site", "same-origin");
    let log_out = async |cookie: &str, site: (&str, &str)| {
        let headers = [("cookie", cookie), site];
        provided.server.ask("POST", "/auth/logout", &headers).await
    };
    let forced = log_out(&both, ("sec-fetch-site", "cross-site")).await?;
    assert_eq!(forced.status(), 403);
    let answer = log_out(&both, from_us).await?;
    assert_eq!(answer.status(), 200);
    for cookie in cookies(&answer) {
        assert!(
            cookie.contains("=; ") && cookie.ends_with("; Max-Age=0"),
            "{cookie}"
        );
    }
    let answer: Value = serde_json::from_str(&text(answer).await?)?;
    let to = answer["to"].as_str().unwrap_or_default();
    assert!(
        to.starts_with(&format!("{}/logout?", provided.provider.issuer)),
        "{to}"
    );
    let headers = [("cookie", session.as_str())];
    assert_eq!(
        provided
            .server
            .ask("GET", "/label", &headers)
            .await?
            .status(),
        401
    );
    assert_eq!(log_out(&both, from_us).await?.status(), 401);
    let trail = provided.server.catalog.audit_trail(None, 1).await?;
    assert_eq!(trail[0].action, "logged_out");
    Ok(())
}

#[tokio::test]
async fn a_session_of_a_link_logs_out_here_alone() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let code = provided
        .server
        .access
        .issue_login_code("dr who", &[])
        .await?;
    let link = format!("/login?code={}", code.reveal());
    let begun = provided.server.ask("GET", &link, &[]).await?;
    let session = session(&begun).ok_or("no session")?;
    let headers = [
        ("cookie", session.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = provided
        .server
        .ask("POST", "/auth/logout", &headers)
        .await?;
    assert_eq!(text(answer).await?, r#"{"to":"/"}"#);
    assert_eq!(
        provided
            .server
            .ask("GET", "/whoami", &headers)
            .await?
            .status(),
        401
    );
    Ok(())
}
