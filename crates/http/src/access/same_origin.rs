use axum::http::{HeaderMap, Method, header};

/// May a request that a browser sent with our cookie change something? Only if one of our own
/// pages sent it: the browser says so in `Sec-Fetch-Site`, or an older one in `Origin`.
pub(super) fn may_change(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => match (text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
            (Some(origin), Some(host)) => host_of(origin).eq_ignore_ascii_case(host),
            _ => false,
        },
    }
}

fn host_of(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post_with(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, axum::http::HeaderValue::from_static(value));
        }
        may_change(&Method::POST, &headers)
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        assert!(post_with(&[("sec-fetch-site", "same-origin")]));
        assert!(post_with(&[
            ("origin", "http://a:8080"),
            ("host", "A:8080")
        ]));
        assert!(!post_with(&[]));
        assert!(!post_with(&[("host", "a:8080")]));
        assert!(!post_with(&[("origin", "null"), ("host", "a:8080")]));
        assert!(!post_with(&[
            ("origin", "http://a:9090"),
            ("host", "a:8080")
        ]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!post_with(&[
                ("sec-fetch-site", site),
                ("origin", "http://a"),
                ("host", "a")
            ]));
        }
    }

    #[test]
    fn reading_needs_no_origin() {
        assert!(may_change(&Method::GET, &HeaderMap::new()));
        assert!(!may_change(&Method::DELETE, &HeaderMap::new()));
    }
}
