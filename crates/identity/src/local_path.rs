use url::Url;

/// A place of this server's own, to come back to: never another site's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    const MAX_BYTES: usize = 1024;

    /// The first page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// `None` for whatever a browser might take for another site. `#` may follow.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        // Browsers take `\` for `/`, and what begins with two of them names a host.
        let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
        let is_ours = is_plain && is_path && text.len() <= Self::MAX_BYTES && stays_here(text);
        is_ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn stays_here(path: &str) -> bool {
    let here = Url::parse("http://here.invalid/").ok();
    let there = here.as_ref().and_then(|here| here.join(path).ok());
    match (here, there) {
        (Some(here), Some(there)) => here.origin() == there.origin(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_our_own_are_come_back_to() {
        for good in ["/", "/a?b=c", "/#/slides/0?x=1", "/a//b", "/@example.com"] {
            assert_eq!(LocalPath::parse(good).expect(good).as_str(), good);
        }
        for bad in [
            "",
            "a",
            "//example.com",
            "///example.com",
            "/\\example.com",
            "\\\\example.com",
            "https://example.com",
            "http:example.com",
            "javascript:alert(1)",
            "/\t/example.com",
            "/a b",
            "/a\r\nset-cookie:b",
            "/\u{e9}",
        ] {
            assert_eq!(LocalPath::parse(bad), None, "{bad}");
        }
        let long = format!("/{}", "a".repeat(LocalPath::MAX_BYTES));
        assert_eq!(LocalPath::parse(&long), None);
    }
}
