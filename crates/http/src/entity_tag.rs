use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;

/// A strong entity tag in its quotes. It is made from what an answer is made of, never from the
/// answer's bytes, so that it costs next to nothing and is known before they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityTag(HeaderValue);

impl EntityTag {
    /// `content` must be visible ASCII without quotes and commas.
    pub fn new(content: fmt::Arguments<'_>) -> Self {
        let quoted = Bytes::from(format!("\"{content}\""));
        let value = HeaderValue::from_maybe_shared(quoted);
        Self(value.expect("tags are made of ids, hashes and numbers"))
    }

    pub fn value(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Whether the client says that it has this already (RFC 9110 section 13.1.2: weak comparison,
    /// a list, or `*`).
    pub fn is_held_by(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|held| held == b"*" || self.0 == held.strip_prefix(b"W/").unwrap_or(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
        EntityTag::new(format_args!("abc-12-0-1")).is_held_by(&headers)
    }

    #[test]
    fn the_tag_is_found_alone_weak_or_in_a_list() {
        assert!(held("\"abc-12-0-1\""));
        assert!(held("W/\"abc-12-0-1\""));
        assert!(held("\"x\", \"abc-12-0-1\""));
        assert!(held("*"));
    }

    #[test]
    fn another_tag_is_not_this_one() {
        assert!(!held("\"abc-12-0-2\""));
        assert!(!held("abc-12-0-1"));
        assert!(!held(""));
        assert!(!EntityTag::new(format_args!("a")).is_held_by(&HeaderMap::new()));
    }
}
