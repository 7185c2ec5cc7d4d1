use std::str::FromStr;

use serde_json::{Map, Value};
use thiserror::Error;

/// Which claim has the groups: `groups`, `realm_access.roles`, or a name with dots of its own, such
/// as `https://lab.example/roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the claim has no name: give it as `groups` or `realm_access.roles`")]
pub struct BadClaimPath;

/// Providers send some hundreds at most.
const MAX_GROUPS: usize = 2000;

impl ClaimPath {
    /// The groups that stand there: a list of texts, or one text with a group in each word. Anything
    /// else is no group.
    pub(crate) fn groups(&self, claims: &Map<String, Value>) -> Vec<String> {
        match self.value(claims) {
            Some(Value::Array(groups)) => {
                let texts = groups.iter().filter_map(Value::as_str);
                texts.take(MAX_GROUPS).map(str::to_owned).collect()
            }
            Some(Value::String(groups)) => {
                let words = groups.split_ascii_whitespace();
                words.take(MAX_GROUPS).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The only text that stands there, alone or in a list; `None` where there are more or none.
    pub(crate) fn one_text(&self, claims: &Map<String, Value>) -> Option<String> {
        let only = match self.value(claims)? {
            Value::Array(texts) => match texts.as_slice() {
                [only] => only,
                _ => return None,
            },
            value => value,
        };
        only.as_str().map(str::to_owned)
    }

    fn value<'c>(&self, claims: &'c Map<String, Value>) -> Option<&'c Value> {
        if let Some(value) = claims.get(&self.0) {
            return Some(value);
        }
        let mut steps = self.0.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    }
}

impl FromStr for ClaimPath {
    type Err = BadClaimPath;

    fn from_str(text: &str) -> Result<Self, BadClaimPath> {
        match text.is_empty() || text.contains(char::is_whitespace) {
            true => Err(BadClaimPath),
            false => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn groups(path: &str, claims: Value) -> Vec<String> {
        let path: ClaimPath = path.parse().expect(path);
        path.groups(claims.as_object().expect("an object"))
    }

    #[test]
    fn groups_are_found_where_providers_put_them() {
        assert_eq!(
            groups("groups", json!({"groups": ["a", "b c"]})),
            ["a", "b c"]
        );
        let nested = json!({"realm_access": {"roles": ["a"]}});
        assert_eq!(groups("realm_access.roles", nested), ["a"]);
        let named = json!({"https://lab.example/roles": ["a"]});
        assert_eq!(groups("https://lab.example/roles", named), ["a"]);
        assert_eq!(groups("scope", json!({"scope": "a b"})), ["a", "b"]);
    }

    #[test]
    fn one_text_is_one_text() {
        let path = ClaimPath("tenant".to_owned());
        let text = |claims: Value| path.one_text(claims.as_object().expect("an object"));
        let north = Some("north".to_owned());
        assert_eq!(text(json!({"tenant": "north"})), north);
        assert_eq!(text(json!({"tenant": ["north"]})), north);
        for claims in [
            json!({}),
            json!({"tenant": ["north", "south"]}),
            json!({"tenant": [["north"]]}),
            json!({"tenant": 7}),
            json!({"tenant": {"north": true}}),
        ] {
            assert_eq!(text(claims.clone()), None, "{claims}");
        }
    }

    #[test]
    fn what_is_no_list_of_texts_has_no_groups() {
        for claims in [
            json!({}),
            json!({"groups": null}),
            json!({"groups": {"a": true}}),
            json!({"groups": 7}),
            json!({"groups": [["a"], 7, {"a": "b"}]}),
        ] {
            assert_eq!(groups("groups", claims.clone()), [""; 0], "{claims}");
        }
        assert_eq!(groups("groups.a", json!({"groups": ["a"]})), [""; 0]);
        assert_eq!("".parse::<ClaimPath>(), Err(BadClaimPath));
    }
}
