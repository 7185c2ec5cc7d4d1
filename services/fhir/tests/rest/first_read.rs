//! Where the first read is required, no resource tells a pathologist anything of a result before it.

use axum::http::StatusCode;
use catalog::{Impression, NewReview, Opinion, Role};
use http::FirstReadRule;
use laboratory::{overridden, scored, signed};

use crate::lab::{Lab, Tested};

#[tokio::test]
async fn nothing_tells_of_a_result_before_the_first_read() -> Tested {
    let lab = Lab::with_rule(FirstReadRule::Required).await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    overridden(&lab.catalog, &result, "benign", None).await?;
    signed(&lab.catalog, case, &[result.slide], 1).await?;
    let shown = lab.found(Role::Lis, "/fhir/R4/Observation").await?;
    assert_eq!(shown.len(), 2, "those who pass results on are not bound");
    let mut routes = vec![
        format!("/fhir/R4/DiagnosticReport/{case}"),
        format!("/fhir/R4/Provenance/{case}-v1"),
    ];
    for observation in &shown {
        let id = observation["id"].as_str().ok_or("an id")?;
        routes.push(format!("/fhir/R4/Observation/{id}"));
        if id.contains("-ai-") {
            routes.push(format!("/fhir/R4/Provenance/{id}"));
        }
    }
    let lists = ["DiagnosticReport", "Observation"].map(|kind| format!("/fhir/R4/{kind}"));
    for role in [Role::Pathologist, Role::Admin] {
        for route in &routes {
            let refused = lab.get(role, route).await?;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role} {route}");
            let issue = &refused.body["issue"][0];
            assert_eq!(issue["code"], "forbidden");
            let remedy = issue["diagnostics"].as_str().unwrap_or_default();
            assert!(remedy.contains("record your impression"), "{issue}");
        }
        for list in &lists {
            let bundle = lab.get(role, list).await?.body;
            assert_eq!(
                bundle["entry"].as_array().map(Vec::len),
                Some(1),
                "{bundle}"
            );
            assert_eq!(bundle["entry"][0]["search"]["mode"], "outcome");
            assert_eq!(bundle["total"], 0);
        }
    }
    let impression = NewReview {
        slide: result.slide,
        reviewer: Role::Pathologist.name().to_owned(),
        opinion: Opinion::Impression {
            impression: Impression::Suspicious,
            text: None,
            blind: true,
        },
        amends: None,
    };
    lab.catalog.add_review(&impression).await?;
    for route in routes.iter().chain(&lists) {
        let answered = lab.get(Role::Pathologist, route).await?;
        assert_eq!(
            answered.status,
            StatusCode::OK,
            "{route}: {}",
            answered.body
        );
    }
    Ok(())
}
