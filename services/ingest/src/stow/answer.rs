use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dicom_dictionary_std::tags;
use dicom_objects::tag_text;
use flow::DicomUid;
use http::Origin;
use serde_json::{Map, Value, json};

use super::error::StowError;
use super::keep::{Shown, Stored};
use super::refusal::{InstanceName, Reason, Refused};

/// What became of each instance of a request (PS3.18 section 10.5.3 and table I.2-1).
pub(super) fn answer(
    results: &[Result<Stored, Refused>],
    content_type: &'static str,
    origin: Origin<'_>,
) -> Result<Response, StowError> {
    let stored: Vec<_> = results.iter().filter_map(|one| one.as_ref().ok()).collect();
    let refused: Vec<_> = results
        .iter()
        .filter_map(|one| one.as_ref().err())
        .collect();
    let status = match (stored.is_empty(), refused.is_empty()) {
        (_, true) => StatusCode::OK,
        (false, false) => StatusCode::ACCEPTED,
        (true, false) => StatusCode::CONFLICT,
    };
    let body = serde_json::to_vec(&data_set(&stored, &refused, origin))?;
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
    Ok((status, content_type, body).into_response())
}

fn data_set(stored: &[&Stored], refused: &[&Refused], origin: Origin<'_>) -> Value {
    let mut data_set = Map::new();
    let mut insert = |tag, element| data_set.insert(tag_text(tag), element);
    if let Some(study) = only_study(stored) {
        insert(tags::RETRIEVE_URL, url(Some(study_url(study, origin))));
    }
    let failed = |is_named: bool| {
        let those = refused.iter().filter(|one| one.name.is_some() == is_named);
        those.map(|one| failure(one)).collect::<Vec<_>>()
    };
    let referenced: Vec<_> = stored.iter().map(|one| reference(one, origin)).collect();
    for (tag, items) in [
        (tags::REFERENCED_SOP_SEQUENCE, referenced),
        (tags::FAILED_SOP_SEQUENCE, failed(true)),
        (tags::OTHER_FAILURES_SEQUENCE, failed(false)),
    ] {
        if !items.is_empty() {
            insert(tag, sequence(items));
        }
    }
    data_set.into()
}

/// The one that all of them are in.
fn only_study<'a>(stored: &[&'a Stored]) -> Option<&'a DicomUid> {
    let study = &stored.first()?.uids.study;
    let is_it = |one: &&Stored| one.uids.study == *study;
    stored.iter().all(is_it).then_some(study)
}

/// Where nothing can be had back the URL is empty, which the standard lets it be.
fn reference(stored: &Stored, origin: Origin<'_>) -> Value {
    let uids = &stored.uids;
    let series = format!("{}/series/{}", study_url(&uids.study, origin), uids.series);
    let address = match stored.shown {
        Shown::Instance => Some(format!("{series}/instances/{}", uids.level_zero)),
        Shown::Series => Some(series),
        Shown::Not => None,
    };
    let mut item = named(&stored.name);
    item.insert(tag_text(tags::RETRIEVE_URL), url(address));
    item.into()
}

fn failure(refused: &Refused) -> Value {
    let mut item = refused.name.as_ref().map(named).unwrap_or_default();
    let Refused { reason, .. } = refused;
    let code = json!({ "vr": "US", "Value": [reason.code()] });
    item.insert(tag_text(tags::FAILURE_REASON), code);
    item.insert(tag_text(tags::FAILED_ATTRIBUTES_SEQUENCE), comment(*reason));
    item.into()
}

/// The standard has no place for words; here others look for them.
fn comment(reason: Reason) -> Value {
    let comment = json!({ "vr": "LO", "Value": [reason.comment()] });
    let mut item = Map::new();
    item.insert(tag_text(tags::ERROR_COMMENT), comment);
    sequence(vec![item.into()])
}

fn named(name: &InstanceName) -> Map<String, Value> {
    let uid = |text: &str| match text {
        "" => json!({ "vr": "UI" }),
        text => json!({ "vr": "UI", "Value": [text] }),
    };
    let mut item = Map::new();
    item.insert(
        tag_text(tags::REFERENCED_SOP_CLASS_UID),
        uid(&name.sop_class),
    );
    item.insert(
        tag_text(tags::REFERENCED_SOP_INSTANCE_UID),
        uid(&name.sop_instance),
    );
    item
}

fn sequence(items: Vec<Value>) -> Value {
    json!({ "vr": "SQ", "Value": items })
}

fn url(address: Option<String>) -> Value {
    match address {
        Some(address) => json!({ "vr": "UR", "Value": [address] }),
        None => json!({ "vr": "UR" }),
    }
}

fn study_url(study: &DicomUid, origin: Origin<'_>) -> String {
    format!("{origin}/dicomweb/studies/{study}")
}
