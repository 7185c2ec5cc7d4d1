//! What those who got in are told when something is wrong.

use crate::server::{Server, TestResult, header, problem};
use axum::body::Body;
use axum::http::Request;
use axum::response::IntoResponse;
use coverslip_http::{ApiError, Role, Transport};
use store::StoreError;

#[tokio::test]
async fn what_is_not_there_is_a_problem() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Lis]).await?;
    let headers = [("authorization", bearer.as_str()), ("accept", "text/html")];
    let answer = server.ask("GET", "/no/such/thing", &headers).await?;
    let problem = problem(answer).await?;
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["type"], "urn:coverslip:problem:not-found");
    Ok(())
}

#[tokio::test]
async fn a_method_that_is_not_there_is_a_problem_that_names_those_there_are() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Lis]).await?;
    let answer = server
        .ask("DELETE", "/things", &[("authorization", &bearer)])
        .await?;
    let allowed = header(&answer, "allow");
    assert!(
        allowed.contains("GET") && allowed.contains("POST"),
        "{allowed}"
    );
    assert_eq!(problem(answer).await?["status"], 405);
    Ok(())
}

#[tokio::test]
async fn input_that_is_not_valid_is_named() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Lis]).await?;
    for (uri, names) in [
        (
            "/slides/xyz",
            "slide id `xyz` is not valid: 32 hexadecimal digits",
        ),
        ("/search?limit=-1", "limit"),
        ("/search", "limit"),
    ] {
        let answer = server
            .ask("GET", uri, &[("authorization", &bearer)])
            .await?;
        let problem = problem(answer).await?;
        assert_eq!(problem["status"], 400, "{uri}");
        assert!(problem["detail"].to_string().contains(names), "{problem}");
    }
    Ok(())
}

#[tokio::test]
async fn a_json_body_is_parsed_or_refused_by_name() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Lis]).await?;
    let too_long = format!("{{\"mpp\": 1{}}}", " ".repeat(3_000_000));
    for (body, content_type, status) in [
        ("{\"mpp\": 0.25}", "application/json", 200),
        ("{\"mpp\": 0.25", "application/json", 400),
        ("{\"mpp\": -1}", "application/json", 422),
        ("{}", "application/json", 422),
        ("mpp=0.25", "application/x-www-form-urlencoded", 415),
        (too_long.as_str(), "application/json", 413),
    ] {
        let request = Request::post("/mpp")
            .header("authorization", &bearer)
            .header("content-type", content_type)
            .body(Body::from(body.to_owned()))?;
        let answer = server.send(request).await;
        assert_eq!(answer.status(), status);
        if status != 200 {
            problem(answer).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn causes_on_our_side_stay_on_our_side() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Admin]).await?;
    let answer = server
        .ask("GET", "/broken", &[("authorization", &bearer)])
        .await?;
    let problem = problem(answer).await?;
    assert_eq!(problem["status"], 500);
    assert!(!problem.to_string().contains("swordfish"), "{problem}");
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_an_id_of_its_own() -> TestResult {
    let server = Server::start(Transport::Http).await?;
    let bearer = server.bearer(&[Role::Lis]).await?;
    let mut ids = std::collections::BTreeSet::new();
    for (uri, authorization) in [
        ("/whoami", bearer.as_str()),
        ("/whoami", ""),
        ("/health/live", ""),
    ] {
        let answer = server
            .ask("GET", uri, &[("authorization", authorization)])
            .await?;
        let policy = header(&answer, "content-security-policy");
        assert!(policy.starts_with("default-src 'self'; img-src 'self' blob: data:;"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        ids.insert(header(&answer, "x-request-id").to_owned());
    }
    assert_eq!(ids.len(), 3);
    Ok(())
}

#[test]
fn storage_and_catalog_errors_have_fitting_answers() {
    let status = |error: ApiError| error.into_response().status().as_u16();
    let disk = |kind: std::io::ErrorKind| StoreError::Object {
        action: "write",
        key: "slides/x/original".to_owned(),
        source: kind.into(),
    };
    let key = "slides/x/original".to_owned();
    assert_eq!(status(StoreError::NotFound { key }.into()), 404);
    assert_eq!(status(disk(std::io::ErrorKind::StorageFull).into()), 507);
    assert_eq!(
        status(disk(std::io::ErrorKind::PermissionDenied).into()),
        500
    );
    let id = flow::SlideId::from_digest(&flow::Sha256Digest::of(b"x"));
    assert_eq!(
        status(catalog::CatalogError::UnknownSlide { id }.into()),
        404
    );
}
