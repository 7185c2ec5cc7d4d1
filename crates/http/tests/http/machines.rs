//! Machines that come with access tokens of an OpenID provider.

use coverslip_http::{Role, Transport};
use serde_json::json;

use crate::provided::{AUDIENCE, Provided};
use crate::server::{TestResult, header, problem, text};

#[tokio::test]
async fn a_machine_has_the_roles_of_its_groups_and_is_no_person() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let bearer = provided.machine(&["readers", "others"])?;
    let headers = [("authorization", bearer.as_str())];
    let who = text(provided.server.ask("GET", "/whoami", &headers).await?).await?;
    assert!(who.starts_with("scanner-2 #"), "{who}");
    assert_eq!(
        provided
            .server
            .ask("GET", "/label", &headers)
            .await?
            .status(),
        200
    );
    let signed = problem(provided.server.ask("POST", "/sign", &headers).await?).await?;
    assert_eq!(signed["status"], 403);
    let detail = signed["detail"].to_string();
    assert!(detail.contains("only a person"), "{detail}");
    let scanner = provided.machine(&["scanners"])?;
    let answer = provided
        .server
        .ask("GET", "/label", &[("authorization", &scanner)])
        .await?;
    assert_eq!(problem(answer).await?["status"], 403);
    Ok(())
}

#[tokio::test]
async fn a_machine_without_a_role_does_not_come_in() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let bearer = provided.machine(&["others"])?;
    let answer = provided.whoami(&bearer).await?;
    let refused = problem(answer).await?;
    assert_eq!(refused["status"], 403);
    assert!(refused["detail"].to_string().contains("none of the groups"));
    Ok(())
}

#[tokio::test]
async fn a_refusal_says_why_and_nothing_of_the_token() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let key = &provided.provider.key;
    let mut person = provided.claims(AUDIENCE, &["readers"]);
    person["nonce"] = json!("n");
    for (token, why) in [
        (
            key.token("JWT", &provided.claims("another", &["readers"]))?,
            "for somebody else",
        ),
        (key.token("JWT", &person)?, "an ID token"),
        ("a.b".to_owned(), "not three parts"),
        (format!("{}.", "a".repeat(20_000)), "longer than tokens are"),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = provided.whoami(&bearer).await?;
        assert_eq!(
            header(&answer, "www-authenticate"),
            "Bearer realm=\"coverslip\""
        );
        let refused = problem(answer).await?;
        assert_eq!(refused["status"], 401);
        let detail = refused["detail"].to_string();
        assert!(detail.contains(why), "{detail}");
        assert!(
            !detail.contains("7f3a") && !detail.contains("gram"),
            "{detail}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_token_of_the_provider_is_good_as_a_bearer_alone() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let bearer = provided.machine(&["readers"])?;
    let token = bearer.trim_start_matches("Bearer ");
    let cookie = format!("coverslip_session={token}");
    let answer = provided
        .server
        .ask("GET", "/whoami", &[("cookie", &cookie)])
        .await?;
    assert_eq!(answer.status(), 401);
    let link = format!("/login?code={token}");
    assert_eq!(provided.server.ask("GET", &link, &[]).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn tokens_of_our_own_are_good_while_the_provider_is_away() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    provided.provider.set_away(true);
    let theirs = provided.machine(&["readers"])?;
    let answer = provided.whoami(&theirs).await?;
    assert_eq!(problem(answer).await?["status"], 503);
    let ours = provided.server.bearer(&[Role::Lis]).await?;
    let answer = provided.whoami(&ours).await?;
    assert_eq!(answer.status(), 200);
    let guess = [("authorization", "Bearer guess")];
    assert_eq!(
        provided
            .server
            .ask("GET", "/whoami", &guess)
            .await?
            .status(),
        401
    );
    Ok(())
}

#[tokio::test]
async fn a_token_ends_even_while_it_is_remembered() -> TestResult {
    let provided = Provided::start(Transport::Http).await?;
    let mut claims = provided.claims(AUDIENCE, &["readers"]);
    // Within the half minute by which clocks may differ, but for two seconds.
    let end = chrono::Utc::now().timestamp() - 28;
    claims["exp"] = json!(end);
    let bearer = format!("Bearer {}", provided.provider.key.token("JWT", &claims)?);
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(
        provided
            .server
            .ask("GET", "/whoami", &headers)
            .await?
            .status(),
        200
    );
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
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
