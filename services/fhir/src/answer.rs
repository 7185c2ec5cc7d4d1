use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::ApiError;
use serde::Serialize;
use serde_json::Value;

/// A resource as an answer. FHIR has neither nulls nor empty lists: what says nothing is left out.
/// It may name a patient or tell a result, so nobody keeps it.
#[derive(Debug)]
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let resource = match serde_json::to_value(&self.0) {
            Ok(resource) => said(resource),
            Err(error) => return ApiError::internal(error).into_response(),
        };
        let body = resource.unwrap_or_default().to_string();
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/fhir+json"),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, body).into_response()
    }
}

/// What a value says; `None` where that is nothing.
fn said(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(said).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.filter_map(|(name, value)| Some((name, said(value)?)));
            let fields: serde_json::Map<_, _> = fields.collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        plain => Some(plain),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_nothing_is_left_out_and_what_is_zero_stays() {
        let value =
            json!({ "a": null, "b": [], "c": [{ "d": null }], "e": 0, "f": false, "g": "" });
        assert_eq!(said(value), Some(json!({ "e": 0, "f": false, "g": "" })));
        assert_eq!(said(json!([null])), None);
    }
}
