use axum::body::Body;
use axum::http::{Request, StatusCode};
use catalog::Role;

use crate::lab::{ACCESSION, Lab, PATIENT, Tested, order};

const KINDS: [&str; 6] = [
    "ServiceRequest",
    "Specimen",
    "ImagingStudy",
    "Observation",
    "DiagnosticReport",
    "Provenance",
];

#[tokio::test]
async fn resources_are_for_those_with_a_role_and_refusals_are_outcomes() -> Tested {
    let lab = Lab::open().await?;
    let (_, result) = lab.scored(b"a", None).await?;
    for kind in KINDS {
        for role in [Role::Scanner, Role::Engineer] {
            for rest in [String::new(), format!("/{}", result.slide)] {
                let path = format!("/fhir/R4/{kind}{rest}");
                let refused = lab.get(role, &path).await?;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role} {path}");
                assert_eq!(refused.body["resourceType"], "OperationOutcome");
            }
        }
    }
    for (role, kind, expected) in [
        (Role::Engineer, "Device", StatusCode::OK),
        (Role::Scanner, "Device", StatusCode::FORBIDDEN),
        (Role::Lis, "AuditEvent", StatusCode::FORBIDDEN),
        (Role::Admin, "AuditEvent", StatusCode::OK),
        (Role::Scanner, "metadata", StatusCode::OK),
        (Role::Lis, "Patient", StatusCode::NOT_FOUND),
        (Role::Lis, "Observation/x/y", StatusCode::NOT_FOUND),
    ] {
        let answered = lab.get(role, &format!("/fhir/R4/{kind}")).await?;
        assert_eq!(
            answered.status, expected,
            "{role} {kind}: {}",
            answered.body
        );
        assert_eq!(answered.content_type, "application/fhir+json");
    }
    for kind in KINDS.into_iter().filter(|kind| *kind != "ServiceRequest") {
        let path = format!("/fhir/R4/{kind}");
        let sent = lab.ask(Role::Admin, "POST", &path, &[], "{}".to_owned());
        let status = sent.await?.status;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{kind}");
    }
    let nobody = Request::get("/fhir/R4/metadata").body(Body::empty())?;
    let refused = lab.answered(nobody).await?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.body["issue"][0]["code"], "login");
    Ok(())
}

#[tokio::test]
async fn what_names_a_patient_is_searched_by_a_body_and_put_on_record() -> Tested {
    let lab = Lab::open().await?;
    lab.send(&[], &order()).await?;
    lab.scored(b"a", None).await?;
    for kind in [
        "ServiceRequest",
        "Specimen",
        "ImagingStudy",
        "DiagnosticReport",
    ] {
        for form in [
            format!("identifier={ACCESSION}"),
            format!("subject={PATIENT}"),
        ] {
            let refused = lab
                .get(Role::Lis, &format!("/fhir/R4/{kind}?{form}"))
                .await?;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{kind} {form}");
            let path = format!("/fhir/R4/{kind}/_search");
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let found = lab
                .ask(Role::Lis, "POST", &path, &headers, form.clone())
                .await?;
            assert_eq!(found.body["total"], 1, "{kind} {form}: {}", found.body);
            let links = found.body["link"].to_string();
            assert!(!links.contains("CANARY"), "{links}");
            let torn = lab.ask(Role::Lis, "POST", &path, &headers, format!("{form}%00"));
            assert_eq!(torn.await?.status, StatusCode::BAD_REQUEST, "{kind} {form}");
            let strange = form.replace("CANARY", "OTHER");
            let none = lab.ask(Role::Lis, "POST", &path, &headers, strange).await?;
            assert_eq!(none.body["total"], 0, "{kind}: {}", none.body);
        }
    }
    let recorded = lab.catalog.audit_trail(None, 100).await?;
    for action in ["orders_seen", "case_seen"] {
        assert!(recorded.iter().any(|row| row.action == action), "{action}");
    }
    assert!(
        recorded
            .iter()
            .all(|row| !row.detail.to_string().contains("CANARY"))
    );
    Ok(())
}
