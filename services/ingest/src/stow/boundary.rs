use axum::http::{HeaderMap, header};
use http::MediaRange;

use super::error::StowError;

const MULTIPART: &str = "multipart/related";
/// What every part is.
pub(super) const INSTANCE: &str = "application/dicom";
/// RFC 2046 says 70; Orthanc writes 73.
const MOST_CHARACTERS: usize = 128;

/// What separates the parts of a body (RFC 2046 section 5.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Boundary(String);

impl Boundary {
    /// From the `Content-Type` of a request that stores instances (RFC 2387). A `type` may be missing,
    /// as some clients leave it out; another than ours is refused.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, StowError> {
        let text = headers.get(header::CONTENT_TYPE);
        let text = text.and_then(|value| value.to_str().ok());
        let kind = text.and_then(|text| text.parse::<MediaRange>().ok());
        let kind = kind.filter(|kind| kind.kind == MULTIPART);
        let kind = kind.ok_or(StowError::MediaType)?;
        let of_parts = kind.parameter("type").unwrap_or(INSTANCE);
        if !of_parts.eq_ignore_ascii_case(INSTANCE) {
            return Err(StowError::MediaType);
        }
        Self::new(kind.parameter("boundary").unwrap_or_default())
    }

    fn new(text: &str) -> Result<Self, StowError> {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
        let is_good = (1..=MOST_CHARACTERS).contains(&text.len())
            && text.bytes().all(is_allowed)
            && !text.ends_with(' ');
        match is_good {
            true => Ok(Self(text.to_owned())),
            false => Err(StowError::MediaType),
        }
    }

    /// As it stands between two parts, the line end before it included.
    pub(super) fn delimiter(&self) -> Vec<u8> {
        format!("\r\n--{}", self.0).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn boundary(content_type: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Boundary::read(&headers).ok().map(|boundary| boundary.0)
    }

    #[test]
    fn the_forms_that_clients_write_are_understood() {
        let good = [
            "multipart/related; type=\"application/dicom\"; boundary=abc",
            "multipart/related; type=application/dicom; boundary=\"abc\"",
            "Multipart/Related;boundary=abc;type=\"application/dicom\"",
            "multipart/related; boundary=abc",
        ];
        for text in good {
            assert_eq!(boundary(text).as_deref(), Some("abc"), "{text}");
        }
    }

    #[test]
    fn other_types_and_no_boundary_are_refused() {
        let bad = [
            "application/dicom",
            "*/*; boundary=abc",
            "multipart/form-data; boundary=abc",
            "multipart/related; type=\"application/dicom+json\"; boundary=abc",
            "multipart/related; type=\"application/dicom\"",
            "multipart/related; type=\"application/dicom\"; boundary=\"\"",
            "multipart/related; type=\"application/dicom\"; boundary=\"a b \"",
            "multipart/related; type=\"application/dicom\"; boundary=\"a<b\"",
            "multipart/related; type=\"application/dicom; boundary=abc",
        ];
        for text in bad {
            assert_eq!(boundary(text), None, "{text}");
        }
        assert!(Boundary::read(&HeaderMap::new()).is_err());
        assert!(Boundary::new(&"a".repeat(73)).is_ok());
        assert!(Boundary::new(&"a".repeat(129)).is_err());
    }
}
