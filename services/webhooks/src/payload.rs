use catalog::WebhookMessage;
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

/// What is sent: which event, when, and the ids of what it is about. The same bytes at every attempt.
pub(crate) fn payload(message: &WebhookMessage) -> Value {
    let ids = [
        ("slide", message.slide.map(|id| id.to_string())),
        ("case", message.case.map(|id| id.to_string())),
        ("task", message.task.as_ref().map(ToString::to_string)),
        ("alert", message.alert.map(|id| id.to_string())),
    ];
    let data: Map<String, Value> = ids
        .into_iter()
        .filter_map(|(name, id)| Some((name.to_owned(), Value::String(id?))))
        .collect();
    json!({
        "type": message.kind,
        "timestamp": message.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "data": data,
    })
}
