use axum::http::HeaderMap;
use catalog::{Catalog, OrderRow};
use http::ApiError;

use super::OrderKey;

/// The order that is there already, where the sender wants none beside it (R4 section 3.1.0.8.1).
pub(super) async fn if_none_exist(
    catalog: &Catalog,
    headers: &HeaderMap,
) -> Result<Option<OrderRow>, ApiError> {
    let Some(condition) = headers.get("if-none-exist") else {
        return Ok(None);
    };
    let wanted = condition.to_str().ok().and_then(identifier);
    let wanted = wanted.ok_or_else(|| {
        ApiError::bad_request(
            "If-None-Exist is not understood: send identifier=SYSTEM|VALUE, percent-encoded, and \
             nothing else",
        )
    })?;
    let mut found = catalog.orders_under_key(&wanted.to_string()).await?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        n => Err(ApiError::precondition_failed(format!(
            "{n} orders have that identifier, of several senders: nothing was ordered"
        ))),
    }
}

fn identifier(condition: &str) -> Option<OrderKey> {
    let condition = condition.trim_start_matches('?');
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(condition).ok()?;
    match pairs.as_slice() {
        [(name, value)]
            if name == "identifier" && !value.is_empty() && !value.contains(char::is_control) =>
        {
            Some(OrderKey::read(value))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_identifier_is_a_condition() {
        let key = identifier("identifier=https%3A%2F%2Flis.example|7").map(|key| key.to_string());
        assert_eq!(key.as_deref(), Some("https://lis.example|7"));
        for bad in [
            "",
            "identifier=",
            "status=active",
            "identifier=a&status=active",
        ] {
            assert!(identifier(bad).is_none(), "{bad}");
        }
    }
}
