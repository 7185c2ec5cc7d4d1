use axum::http::StatusCode;
use http::Role;

use crate::lab::{Lab, TestResult, Tiled};

fn every_route(tiled: &Tiled) -> Vec<String> {
    let (study, series, instance) = (tiled.study(), tiled.series(), tiled.instance(0));
    let mut routes: Vec<String> = ["/studies", "/series", "/instances"]
        .map(str::to_owned)
        .to_vec();
    for end in ["", "/metadata", "/thumbnail", "/series", "/instances"] {
        routes.push(format!("{study}{end}"));
    }
    for end in ["", "/metadata", "/thumbnail", "/instances"] {
        routes.push(format!("{series}{end}"));
    }
    for end in [
        "",
        "/metadata",
        "/thumbnail",
        "/rendered",
        "/frames/1",
        "/frames/1/rendered",
        "/frames/1/thumbnail",
        "/bulkdata/00282000",
        "/bulkdata/7FE00010",
    ] {
        routes.push(format!("{instance}{end}"));
    }
    routes
}

#[tokio::test]
async fn every_route_wants_a_token_with_a_role_that_may_see_slides() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    let roles = [
        (Role::Admin, StatusCode::OK),
        (Role::Pathologist, StatusCode::OK),
        (Role::Lis, StatusCode::OK),
        (Role::Engineer, StatusCode::OK),
        (Role::Scanner, StatusCode::FORBIDDEN),
    ];
    for (role, expected) in roles {
        let token = lab.access.issue_token(role.name(), &[role]).await?;
        let bearer = format!("Bearer {}", token.reveal());
        for route in every_route(&tiled) {
            let answer = lab.ask(&route, &[("authorization", &bearer)]).await?;
            assert_eq!(answer.status, expected, "{role} {route}: {}", answer.text());
        }
    }
    for route in every_route(&tiled) {
        let answer = lab.ask(&route, &[("authorization", "Bearer x")]).await?;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_uid_or_names_nothing_is_told() -> TestResult {
    let (lab, tiled) = Lab::with_slide().await?;
    for path in [
        "/studies/1.02",
        "/studies/x/metadata",
        "/studies/1.2/series/a/instances",
        "/studies/1.2/series/1.3/instances/1..4/frames/1",
    ] {
        let detail = lab.get(path).await?.problem(StatusCode::BAD_REQUEST)?;
        assert!(detail.contains("UID"), "{path}: {detail}");
    }
    let (study, series) = (tiled.study(), tiled.series());
    for path in [
        "/studies/1.2.3".to_owned(),
        "/studies/2.25.17/metadata".to_owned(),
        format!("{study}/series/1.2/metadata"),
        format!("{study}/series/1.2/instances"),
        format!("{series}/instances/1.2"),
        format!("{}/bulkdata/00100010", tiled.instance(0)),
        format!("{}/nothing", tiled.instance(0)),
    ] {
        assert_eq!(
            lab.get(&path).await?.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_slide_that_is_not_tiled_is_no_study_until_it_is() -> TestResult {
    let lab = Lab::open().await?;
    lab.receive(1).await?;
    assert!(lab.search("/studies").await?.is_empty());
    let tiled = lab.tile(1).await?;
    assert_eq!(lab.search("/studies").await?.len(), 1);
    assert_eq!(lab.get(&tiled.study()).await?.status, StatusCode::OK);
    // One that came after the directory was made is found as well.
    let later = lab.tile(2).await?;
    assert_eq!(lab.get(&later.study()).await?.status, StatusCode::OK);
    Ok(())
}
