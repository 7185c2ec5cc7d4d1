use axum::http::{StatusCode, header};

use crate::lab::{Lab, TestResult};

#[tokio::test]
async fn the_page_is_asked_for_again_and_its_parts_never() -> TestResult {
    let lab = Lab::open().await?;
    let page = lab.fetch("/").await?;
    assert_eq!(
        page.header(header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert_eq!(page.header(header::CACHE_CONTROL), "private, no-cache");
    let tag = page.header(header::ETAG).to_owned();
    let again = lab.ask("/", &[("if-none-match", &tag)]).await?;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let text = page.text();
    let parts = text.split('"').filter(|part| part.starts_with("/assets/"));
    for part in parts {
        let asset = lab.fetch(part).await?;
        assert_eq!(
            asset.header(header::CACHE_CONTROL),
            "private, max-age=31536000, immutable"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_page_may_run_its_own_script_and_no_other() -> TestResult {
    let lab = Lab::open().await?;
    let page = lab.fetch("/").await?;
    let policy = page.header(header::CONTENT_SECURITY_POLICY).to_owned();
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = page.text();
    let n_scripts = viewer::scripts_in(&text).count();
    assert_eq!(policy.matches("'sha256-").count(), n_scripts);
    let expected = http::content_policy_with(viewer::scripts_in(&text));
    assert_eq!(policy, expected);
    // What a browser holds already comes with it too, or it would not run.
    let tag = page.header(header::ETAG).to_owned();
    let again = lab.ask("/", &[("if-none-match", &tag)]).await?;
    assert_eq!(again.header(header::CONTENT_SECURITY_POLICY), policy);
    Ok(())
}

#[tokio::test]
async fn other_paths_are_not_the_page() -> TestResult {
    let lab = Lab::open().await?;
    for path in [
        "/assets/none.js",
        "/assets/../Cargo.toml",
        "/nothing",
        "/api/v1/nothing",
    ] {
        lab.get(path).await?.problem(StatusCode::NOT_FOUND)?;
    }
    Ok(())
}
