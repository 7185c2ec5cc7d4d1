use axum::http::StatusCode;
use catalog::Role;
use serde_json::{Value, json};

use crate::lab::{ACCESSION, Lab, PATIENT, Tested, order};

#[tokio::test]
async fn an_order_is_what_the_laboratory_sent_and_the_same_one_is_one() -> Tested {
    let lab = Lab::open().await?;
    let placed = lab.send(&[], &order()).await?;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
    assert_eq!(placed.content_type, "application/fhir+json");
    let id = placed.body["id"].as_str().ok_or("an id")?.to_owned();
    let stored = lab.catalog.order(id.parse()?).await?.ok_or("an order")?;
    let names = [&stored.order.accession, &stored.order.patient];
    assert_eq!(names.map(|name| name.reveal()), [ACCESSION, PATIENT]);
    assert_eq!(
        stored.order.block.map(|b| b.reveal().to_owned()).as_deref(),
        Some("A1")
    );
    let key = stored.idempotency_key.as_deref();
    assert_eq!(key, Some("https://lis.example/orders|PLACER-1"));

    let again = lab.send(&[], &order()).await?;
    assert_eq!(
        (again.status, &again.body["id"]),
        (StatusCode::OK, &json!(id))
    );
    let read = lab.read(&format!("/fhir/R4/ServiceRequest/{id}")).await?;
    assert_eq!(read, placed.body);
    assert_eq!(read["identifier"][0]["value"], "PLACER-1");
    let recorded = lab.catalog.audit_trail(None, 100).await?;
    let placed = recorded.iter().filter(|row| row.action == "order_placed");
    assert_eq!(placed.count(), 2);
    Ok(())
}

#[tokio::test]
async fn an_order_that_is_there_is_not_placed_beside_it() -> Tested {
    let lab = Lab::open().await?;
    let condition = (
        "if-none-exist",
        "identifier=https://lis.example/orders|PLACER-1",
    );
    let placed = lab.send(&[condition], &order()).await?;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
    let mut other = order();
    other["priority"] = json!("stat");
    let known = lab.send(&[condition], &other).await?;
    assert_eq!((known.status, &known.body), (StatusCode::OK, &placed.body));
    let refused = lab.send(&[], &other).await?;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(refused.body["issue"][0]["code"], "conflict");
    for condition in ["status=active", "identifier=", "identifier=4711%00"] {
        let condition = [("if-none-exist", condition)];
        let strange = lab.send(&condition, &order()).await?;
        assert_eq!(strange.status, StatusCode::BAD_REQUEST, "{}", strange.body);
    }
    Ok(())
}

/// What is changed in a good order, and the element that the answer must name.
fn wrong_orders() -> Vec<(Value, &'static str)> {
    let loinc = json!({ "coding": [{ "system": "http://loinc.org", "code": "11526-1" }] });
    let strange_container = json!([{
        "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "433466003" }] },
        "identifier": [{ "value": "1" }],
    }]);
    let contained = |field: &str, value: Value| {
        let mut contained = order()["contained"].clone();
        contained[0][field] = value;
        json!({ "contained": contained })
    };
    vec![
        (json!({ "status": "done" }), "ServiceRequest.status"),
        (json!({ "status": "completed" }), "ServiceRequest.status"),
        (json!({ "intent": "plan" }), "ServiceRequest.intent"),
        (json!({ "priority": "asap" }), "ServiceRequest.priority"),
        (
            json!({ "resourceType": "Patient" }),
            "ServiceRequest.resourceType",
        ),
        (
            json!({ "doNotPerform": true }),
            "ServiceRequest.doNotPerform",
        ),
        (
            json!({ "implicitRules": "urn:x" }),
            "ServiceRequest.implicitRules",
        ),
        (
            json!({ "modifierExtension": [{}] }),
            "ServiceRequest.modifierExtension",
        ),
        (json!({ "code": loinc }), "ServiceRequest.code.coding"),
        (
            json!({ "subject": {} }),
            "ServiceRequest.subject.identifier",
        ),
        (json!({ "specimen": [] }), "ServiceRequest.specimen"),
        (
            json!({ "specimen": [{ "reference": "#other" }] }),
            "ServiceRequest.specimen[0].reference",
        ),
        (
            json!({ "specimen": [{ "reference": "Specimen/7" }] }),
            "ServiceRequest.specimen[0].reference",
        ),
        (
            contained("container", strange_container),
            "ServiceRequest.contained[0].container[0].type",
        ),
        (
            contained("processing", json!([{ "procedure": { "text": "H&E" } }])),
            "ServiceRequest.contained[0].processing[0].procedure",
        ),
        (
            contained("accessionIdentifier", json!({ "value": "a\u{1c}" })),
            "ServiceRequest.contained[0].accessionIdentifier.value",
        ),
    ]
}

#[tokio::test]
async fn a_wrong_order_is_told_which_element_and_what_to_do() -> Tested {
    let lab = Lab::open().await?;
    for (change, element) in wrong_orders() {
        let mut order = order();
        for (name, value) in change.as_object().ok_or("changes")? {
            order[name] = value.clone();
        }
        let refused = lab.send(&[], &order).await?;
        let issue = &refused.body["issue"][0];
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{change}: {issue}"
        );
        assert_eq!(refused.content_type, "application/fhir+json");
        assert_eq!(issue["expression"], json!([element]), "{change}: {issue}");
        assert!(
            issue["diagnostics"].as_str().is_some_and(|d| d.len() > 20),
            "{issue}"
        );
    }
    assert!(
        lab.catalog.orders(None, 1).await?.is_empty(),
        "nothing was ordered"
    );
    let headers = [("content-type", "application/fhir+json")];
    let path = "/fhir/R4/ServiceRequest";
    let cut = lab
        .ask(Role::Lis, "POST", path, &headers, "{".to_owned())
        .await?;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);
    assert_eq!(cut.body["resourceType"], "OperationOutcome");
    Ok(())
}
