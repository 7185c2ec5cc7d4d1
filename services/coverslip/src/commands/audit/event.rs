//! One event as a FHIR AuditEvent, R4, in the manner of IHE's Basic Audit Log Patterns.

use catalog::AuditRow;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::coding::{Coding, Term};

/// <https://hl7.org/fhir/R4/auditevent.html>. It has no patient data, as the event has none: who is
/// meant is found by the ids of slides and cases.
pub(super) fn audit_event(row: &AuditRow) -> Value {
    let coding = Coding::of(&row.action);
    let own = json!({ "system": "urn:coverslip:audit-action", "code": row.action });
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": row.seq.to_string(),
        "type": term(coding.kind),
        "subtype": [term(coding.subtype), own],
        "action": coding.action,
        "recorded": row.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "outcome": "0",
        "agent": [agent(row)],
        "source": {
            "observer": { "display": "Coverslip" },
            "type": [{
                "system": "http://terminology.hl7.org/CodeSystem/security-source-type",
                "code": "4",
                "display": "Application Server",
            }],
        },
        "entity": entities(row),
    });
    if let Some(hash) = row.hash {
        let extension = json!([{ "url": "urn:coverslip:audit-hash", "valueString": hash }]);
        event["extension"] = extension;
    }
    if event["entity"].as_array().is_none_or(Vec::is_empty) {
        event.as_object_mut().map(|event| event.remove("entity"));
    }
    event
}

fn term(term: Term) -> Value {
    json!({ "system": term.system, "code": term.code, "display": term.display })
}

/// The name on a token or a login link, or a process of ours.
fn agent(row: &AuditRow) -> Value {
    json!({ "who": { "display": row.actor }, "requestor": true })
}

fn entities(row: &AuditRow) -> Vec<Value> {
    let slide = row.slide.map(|slide| slide.to_string());
    let slides = slide.into_iter().chain(listed(&row.detail, "slides"));
    let one_case = row.detail["case"].as_str().map(str::to_owned);
    let cases = one_case.into_iter().chain(listed(&row.detail, "cases"));
    let slides = slides.map(|id| entity("slide", &id));
    let mut entities: Vec<Value> = slides.chain(cases.map(|id| entity("case", &id))).collect();
    entities.extend(described(&row.detail));
    entities
}

fn listed(detail: &Value, field: &str) -> Vec<String> {
    let ids = detail[field].as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

fn entity(what: &str, id: &str) -> Value {
    json!({
        "what": { "identifier": { "system": format!("urn:coverslip:{what}"), "value": id } },
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type",
            "code": "2",
            "display": "System Object",
        },
        "role": {
            "system": "http://terminology.hl7.org/CodeSystem/object-role",
            "code": "4",
            "display": "Domain Resource",
        },
    })
}

/// What else is known of the event, field by field.
fn described(detail: &Value) -> Option<Value> {
    let fields = match detail {
        Value::Null => return None,
        Value::Object(fields) => fields.clone(),
        other => [("detail".to_owned(), other.clone())].into_iter().collect(),
    };
    let known = ["slides", "cases", "case"];
    let fields = fields
        .into_iter()
        .filter(|(name, value)| !known.contains(&name.as_str()) && !value.is_null());
    let details: Vec<Value> = fields
        .map(|(name, value)| {
            let text = value.as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| value.to_string());
            json!({ "type": name, "valueString": text })
        })
        .collect();
    (!details.is_empty()).then(|| json!({ "name": "detail", "detail": details }))
}

#[cfg(test)]
mod tests {
    use catalog::AuditRow;
    use chrono::DateTime;
    use flow::{Sha256Digest, SlideId};

    use super::*;

    fn row(action: &str, detail: Value) -> AuditRow {
        let digest = Sha256Digest::of(b"slide");
        AuditRow {
            seq: 7,
            at: DateTime::UNIX_EPOCH,
            actor: "Dr. Gram".to_owned(),
            action: action.to_owned(),
            slide: Some(SlideId::from_digest(&digest)),
            detail,
            hash: Some(digest),
        }
    }

    #[test]
    fn an_event_names_what_it_is_about() {
        let moved = row("slide_put_in_case", json!({ "case": "c1", "before": "c0" }));
        let event = audit_event(&moved);
        assert_eq!((&event["id"], &event["action"]), (&json!("7"), &json!("U")));
        assert_eq!(event["recorded"], "1970-01-01T00:00:00.000Z");
        assert_eq!(event["agent"][0]["who"]["display"], "Dr. Gram");
        let values: Vec<_> = (0..2)
            .map(|n| event["entity"][n]["what"]["identifier"]["value"].clone())
            .collect();
        let slide = moved.slide.map(|slide| slide.to_string());
        assert_eq!(values, [json!(slide), json!("c1")]);
        let detail = json!([{ "type": "before", "valueString": "c0" }]);
        assert_eq!(event["entity"][2]["detail"], detail);
    }

    #[test]
    fn what_is_about_nothing_has_no_entity() {
        let login = AuditRow {
            slide: None,
            ..row("logged_in", Value::Null)
        };
        let event = audit_event(&login);
        assert_eq!(event.get("entity"), None);
        assert_eq!(event["type"]["code"], "110114");
        let unknown = audit_event(&row("danced", Value::Null));
        assert_eq!(unknown["subtype"][0]["code"], "operation");
    }
}
