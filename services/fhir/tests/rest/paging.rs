use std::collections::BTreeSet;

use catalog::Role;
use laboratory::{scored, signed};
use serde_json::{Value, json};

use crate::lab::{Failure, Lab, Tested, order};

/// Ids in the order in which the `next` links give them.
async fn followed(lab: &Lab, role: Role, first: &str) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let bundle = lab.get(role, &path).await?.body;
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        ids.extend(
            entries
                .iter()
                .filter_map(|e| Some(e["resource"]["id"].as_str()?.to_owned())),
        );
        let links = bundle["link"].as_array().cloned().unwrap_or_default();
        let link = links.iter().find(|link| link["relation"] == "next");
        let link = link.and_then(|link| link["url"].as_str());
        next = link.and_then(|url| Some(format!("/fhir{}", url.split_once("/fhir")?.1)));
        assert!(ids.len() < 1_000, "the links go in a circle");
    }
    Ok(ids)
}

#[tokio::test]
async fn links_lead_to_every_resource_once() -> Tested {
    let lab = Lab::open().await?;
    for n in 0..25 {
        let mut order = order();
        order["identifier"][0]["value"] = json!(format!("PLACER-{n}"));
        order["contained"][0]["accessionIdentifier"]["value"] = json!(format!("S26-{n}"));
        let placed = lab.send(&[], &order).await?;
        assert_eq!(placed.status, 201, "{}", placed.body);
        if n % 2 == 0 {
            let case = placed.body["id"].as_str().ok_or("an id")?.parse()?;
            let case = lab.catalog.order(case).await?.ok_or("an order")?.case;
            signed(&lab.catalog, case, &[], 1).await?;
        }
    }
    for bytes in 0..23_u8 {
        scored(&lab.catalog, &[bytes], None).await?;
    }
    for (role, kind, n) in [
        (Role::Lis, "ServiceRequest", 25),
        // And the one of all slides.
        (Role::Lis, "DiagnosticReport", 26),
        (Role::Lis, "ImagingStudy", 23),
        // And what all slides say together.
        (Role::Lis, "Observation", 24),
        (Role::Lis, "Device", 1),
    ] {
        let once = followed(&lab, role, &format!("/fhir/R4/{kind}?_count=100")).await?;
        assert_eq!(once.len(), n, "{kind}");
        for count in [1, 7, 25] {
            let ids = followed(&lab, role, &format!("/fhir/R4/{kind}?_count={count}")).await?;
            assert_eq!(ids, once, "{kind} by {count}");
        }
        assert_eq!(once.iter().collect::<BTreeSet<_>>().len(), n, "{kind}");
    }
    let completed = "/fhir/R4/ServiceRequest?status=completed&_count=3";
    assert_eq!(followed(&lab, Role::Lis, completed).await?.len(), 13);
    let final_ones = "/fhir/R4/DiagnosticReport?status=final,amended&_count=3";
    assert_eq!(followed(&lab, Role::Lis, final_ones).await?.len(), 13);
    let audit = lab.get(Role::Admin, "/fhir/R4/AuditEvent?_count=7").await?;
    assert_eq!(audit.body["entry"].as_array().map(Vec::len), Some(7));
    assert_eq!(audit.body.get("total"), None::<&Value>);
    Ok(())
}
