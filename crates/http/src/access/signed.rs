//! Requests that are signed, by AWS Signature Version 4, rather than sent with a secret: those of scanners
//! that speak S3.
//!
//! What is signed names its key, and whoever serves these addresses verifies the signature before anything
//! is done: knowing the name of a key is worth nothing elsewhere.

use axum::http::{HeaderMap, header};

/// The bucket that scanners write to, as a path; everything at it and below it is signed.
pub(crate) const SIGNED: &str = "/incoming";

/// Whether requests there are signed.
pub(crate) fn is_signed_at(path: &str) -> bool {
    let below = path.strip_prefix(SIGNED);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// The address as logs may show it: what lies below was named by a scanner, perhaps after a patient.
pub(crate) fn shown(path: &str) -> &str {
    match is_signed_at(path) {
        true => SIGNED,
        false => path,
    }
}

/// The id of the key that a request says it is signed with.
pub(super) fn signing_key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let fields = value.strip_prefix("AWS4-HMAC-SHA256")?;
    let mut fields = fields.split(',').map(str::trim);
    let scope = fields.find_map(|field| field.strip_prefix("Credential="))?;
    scope.split_once('/').map(|(key, _)| key)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn key_in(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        signing_key(&headers).map(str::to_owned)
    }

    #[test]
    fn the_key_is_read_from_what_is_signed() {
        let signed = "AWS4-HMAC-SHA256 Credential=north~AB/20261122/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=00";
        assert_eq!(key_in(signed).as_deref(), Some("north~AB"));
        for other in [
            "Bearer AB",
            "AWS AB:sig",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=AB",
        ] {
            assert_eq!(key_in(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_bucket_is_signed_and_names_in_it_are_not_shown() {
        for path in ["/incoming", "/incoming/", "/incoming/Doe/1.svs"] {
            assert!(is_signed_at(path), "{path}");
            assert_eq!(shown(path), "/incoming");
        }
        for path in ["/", "/incoming2", "/api/v1/slides", "/slides/incoming"] {
            assert!(!is_signed_at(path), "{path}");
            assert_eq!(shown(path), path);
        }
    }
}
