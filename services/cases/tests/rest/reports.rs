//! Who may have a report, and of what. What stands in one is read by `tests/peers/check_report.py`.

use axum::http::StatusCode;
use catalog::Role;
use flow::{HoldReason, SlideStatus};
use serde_json::Value;

use crate::lab::{Lab, Tested};

#[tokio::test]
async fn reports_are_for_pathologists() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let case = lab.in_case(slide, "S26-1").await?;
    for of in [format!("slides/{slide}"), format!("cases/{case}")] {
        for form in ["html", "pdf"] {
            let path = format!("/api/v1/{of}/report.{form}");
            for role in [Role::Lis, Role::Scanner, Role::Engineer] {
                let (status, answer) = lab.ask(role, "GET", &path, Value::Null).await?;
                assert_eq!(status, StatusCode::FORBIDDEN, "{role} {path}: {answer}");
            }
        }
    }
    assert!(!lab.recorded().await?.contains(&"report_made".to_owned()));
    Ok(())
}

#[tokio::test]
async fn there_is_no_report_before_there_is_a_slide_to_show() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    let path = format!("/api/v1/slides/{slide}/report.html");
    let (status, answer) = lab
        .ask(Role::Pathologist, "GET", &path, Value::Null)
        .await?;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    let detail = answer["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("not tiled yet"), "{detail}");
    assert!(!lab.recorded().await?.contains(&"report_made".to_owned()));
    let nobody = format!("/api/v1/slides/{}/report.pdf", "0".repeat(32));
    let (status, _) = lab
        .ask(Role::Pathologist, "GET", &nobody, Value::Null)
        .await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    Ok(())
}

#[tokio::test]
async fn of_a_slide_that_waits_to_be_matched_no_result_is_reported() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.scored(b"a", 0.9).await?;
    lab.store_manifest(slide).await?;
    let case = lab.in_case(slide, "S26-1").await?;
    let reason = HoldReason::Identity;
    let held = SlideStatus::Held { reason };
    lab.deps.catalog.set_status(slide, &held).await?;
    for of in [format!("slides/{slide}"), format!("cases/{case}")] {
        let path = format!("/api/v1/{of}/report.html");
        let (status, page) = lab
            .ask(Role::Pathologist, "GET", &path, Value::Null)
            .await?;
        assert_eq!(status, StatusCode::OK, "{page}");
        let page = page.as_str().ok_or("a page")?;
        assert!(page.contains("Not matched"), "{page}");
        assert!(!page.contains("Result of"), "{page}");
    }
    Ok(())
}
