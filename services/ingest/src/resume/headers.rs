use axum::http::{HeaderMap, header};

use super::ResumeError;

const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// A header as text, where it is there.
pub(super) fn text<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Option<&'a str>, ResumeError> {
    let not_text = |_not_text| ResumeError::Header {
        name,
        problem: "it is not plain text",
    };
    let value = headers.get(name).map(|value| value.to_str());
    value.transpose().map_err(not_text)
}

/// Where the bytes of a request begin in the file.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, ResumeError> {
    count(headers, "Upload-Offset")
}

/// How long the whole file is.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, ResumeError> {
    let refused = |name, problem| Err(ResumeError::Header { name, problem });
    if headers.contains_key("upload-concat") {
        return refused("Upload-Concat", "uploads are not put together here");
    }
    if headers.contains_key("upload-defer-length") {
        let problem = "say with Upload-Length how long the file is";
        return refused("Upload-Defer-Length", problem);
    }
    match count(headers, "Upload-Length")? {
        0 => refused("Upload-Length", "an empty file is no slide"),
        length => Ok(length),
    }
}

/// Whether the request has bytes of an upload.
pub(super) fn has_bytes(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes() == OFFSET_OCTET_STREAM.as_bytes())
}

/// As the request announces it; `None` where its end will tell.
pub(super) fn body_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Digits alone: a sign or a space would be another client's bug.
fn count(headers: &HeaderMap, name: &'static str) -> Result<u64, ResumeError> {
    let text = text(headers, name)?.unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let count = text
        .parse()
        .ok()
        .filter(|count: &u64| *count <= i64::MAX.unsigned_abs());
    count.filter(|_| is_plain).ok_or(ResumeError::Header {
        name,
        problem: "it is a number of bytes",
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn offset_of(text: &str) -> Option<u64> {
        let value = HeaderValue::from_str(text).ok()?;
        let headers = HeaderMap::from_iter([("upload-offset".parse().ok()?, value)]);
        offset(&headers).ok()
    }

    proptest! {
        #[test]
        fn a_count_is_digits_alone(count in 0..=i64::MAX.unsigned_abs(), noise in "[ -~]{0,24}") {
            prop_assert_eq!(offset_of(&count.to_string()), Some(count));
            let is_count = !noise.is_empty() && noise.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(is_count || offset_of(&noise).is_none(), "{}", noise);
        }
    }

    #[test]
    fn what_is_too_much_for_a_count_is_refused() {
        for text in [
            "",
            "-1",
            "+1",
            "9223372036854775808",
            "18446744073709551616",
        ] {
            assert_eq!(offset_of(text), None, "{text}");
        }
    }
}
