use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Refusal;

/// A JSON object none of whose members, at any depth, has the name of another: of two readers one
/// would take the first and one the last (RFC 8725, 2.4).
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Unique(Value::Object(members))) => Ok(members),
        Ok(Unique(_)) => Err(Refusal::Json),
        // Its own are the only errors that are not about letters.
        Err(error) if error.classify() == Category::Data => Err(Refusal::Duplicate),
        Err(_) => Err(Refusal::Json),
    }
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands there twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_it_stands() {
        let text = br#" {"a": [1, -2, 2.5, null, true, {"b": "c"}], "d": {}} "#;
        let value: Value = serde_json::from_slice(text).expect("JSON");
        assert_eq!(object(text).map(Value::Object), Ok(value));
    }

    #[test]
    fn what_is_said_twice_or_is_no_object_is_refused() {
        for (text, refusal) in [
            (r#"{"a": 1, "a": 1}"#, Refusal::Duplicate),
            (r#"{"a": 1, "\u0061": 2}"#, Refusal::Duplicate),
            (r#"{"x": [{"a": 1, "a": 2}]}"#, Refusal::Duplicate),
            ("[]", Refusal::Json),
            ("\"a\"", Refusal::Json),
            ("{}{}", Refusal::Json),
            ("{\"a\": 1e999}", Refusal::Json),
            ("{\"a\": ", Refusal::Json),
            ("", Refusal::Json),
        ] {
            assert_eq!(object(text.as_bytes()), Err(refusal), "{text}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(500), "}".repeat(500));
        assert_eq!(object(deep.as_bytes()), Err(Refusal::Json));
        assert_eq!(object(b"{\"a\": \"\xff\"}"), Err(Refusal::Json));
    }
}
