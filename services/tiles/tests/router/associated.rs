use std::error::Error;

use axum::http::{StatusCode, header};
use http::Role;

use crate::lab::{Lab, TestResult};

async fn bearer(lab: &Lab, role: Role) -> Result<String, Box<dyn Error>> {
    let token = lab.access.issue_token(role.name(), &[role]).await?;
    Ok(format!("Bearer {}", token.reveal()))
}

#[tokio::test]
async fn only_some_roles_see_the_label_and_each_look_is_on_record() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let path = format!("/api/v1/slides/{}/associated/label", painted.slide);
    for role in Role::ALL {
        let bearer = bearer(&lab, role).await?;
        let answer = lab.ask(&path, &[("authorization", &bearer)]).await?;
        if matches!(role, Role::Pathologist | Role::Admin) {
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (StatusCode::OK, "label")
            );
            assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-cache");
        } else {
            answer.problem(StatusCode::FORBIDDEN)?;
        }
    }
    let seen: Vec<String> = lab
        .catalog
        .audit_trail(None, 100)
        .await?
        .into_iter()
        .filter(|event| event.action == "patient_image_seen")
        .filter(|event| event.slide == Some(painted.slide))
        .map(|event| event.actor)
        .collect();
    assert_eq!(seen, ["pathologist", "admin"]);
    Ok(())
}

#[tokio::test]
async fn everybody_sees_the_thumbnail_and_nobody_what_is_not_there() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let base = format!("/api/v1/slides/{}/associated", painted.slide);
    assert_eq!(
        lab.fetch(&format!("{base}/thumbnail")).await?.text(),
        "thumbnail"
    );
    let bearer = bearer(&lab, Role::Admin).await?;
    for name in ["macro", "original", "..%2Foriginal"] {
        let answer = lab
            .ask(&format!("{base}/{name}"), &[("authorization", &bearer)])
            .await?;
        answer.problem(StatusCode::NOT_FOUND)?;
    }
    Ok(())
}

#[tokio::test]
async fn the_manifest_is_handed_out_as_stored() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let path = format!("/api/v1/slides/{}/manifest", painted.slide);
    let answer = lab.fetch(&path).await?;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(answer.body, serde_json::to_vec(&painted.manifest)?);
    Ok(())
}
