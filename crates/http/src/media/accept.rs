use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::offer::{NotAcceptable, Offer};
use super::range::{MediaRange, NoMediaRange, split_unquoted};
use crate::{ApiError, Query};

/// The media types that a caller takes, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept(Vec<MediaRange>);

impl Accept {
    /// `written` are the values of a header or a query parameter; without any, everything is taken.
    pub fn parse<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, NoMediaRange> {
        let mut ranges = Vec::new();
        for text in written {
            for part in split_unquoted(text, ',')? {
                if !part.trim().is_empty() {
                    ranges.push(part.parse()?);
                }
            }
        }
        if ranges.is_empty() {
            ranges.push("*/*".parse()?);
        }
        ranges.sort_by_key(|range: &MediaRange| std::cmp::Reverse(range.weight));
        Ok(Self(ranges))
    }

    /// The first offer that fits the best range that any fits.
    pub fn choose<F: Copy>(&self, offers: &[Offer<F>]) -> Result<F, NotAcceptable> {
        let wanted = self.0.iter().filter(|range| range.weight > 0);
        wanted
            .filter_map(|range| offers.iter().find(|offer| offer.fits(range)))
            .map(|offer| offer.form)
            .next()
            .ok_or_else(|| NotAcceptable::of(offers))
    }
}

/// The query parameter `accept` is for clients that cannot set a header, and goes before it
/// (PS3.18 section 8.3.3.1).
impl<S: Send + Sync> FromRequestParts<S> for Accept {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(query): Query<Vec<(String, String)>> =
            Query::from_request_parts(parts, state).await?;
        let mut by_query = query
            .iter()
            .filter(|(name, _)| name == "accept")
            .map(|(_, value)| value.as_str())
            .peekable();
        let accept = match by_query.peek() {
            Some(_) => Self::parse(by_query),
            None => by_header(&parts.headers),
        };
        accept.map_err(|reason| {
            ApiError::bad_request(format!("the Accept header is not valid: {reason}"))
        })
    }
}

fn by_header(headers: &HeaderMap) -> Result<Accept, NoMediaRange> {
    let values: Result<Vec<_>, _> = headers
        .get_all(header::ACCEPT)
        .iter()
        .map(|value| value.to_str())
        .collect();
    Accept::parse(values.map_err(|_not_ascii| NoMediaRange::NoText)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::offer::Packaging;
    use super::*;

    const JPEG: &str = "1.2.840.10008.1.2.4.50";
    const OFFERS: [Offer<char>; 4] = [
        Offer::stored('a', Packaging::Multipart, "image/jpeg", JPEG),
        Offer::stored('b', Packaging::Multipart, "application/octet-stream", JPEG),
        Offer::stored('c', Packaging::Single, "image/jpeg", JPEG),
        Offer::made('d', "image/png"),
    ];

    fn chosen(text: &str) -> Option<char> {
        Accept::parse([text]).ok()?.choose(&OFFERS).ok()
    }

    #[test]
    fn the_three_viewers_get_what_they_ask_for() {
        // dicom-microscopy-viewer, which is in Slim.
        let slim = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
        assert_eq!(chosen(slim), Some('b'));
        // OHIF.
        assert_eq!(chosen("*/*"), Some('a'));
        // dicomweb-client for Python: its default, and what wsidicom asks for.
        assert_eq!(chosen("multipart/related; type=\"*/*\""), Some('a'));
        let wsidicom =
            "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50";
        assert_eq!(chosen(wsidicom), Some('a'));
    }

    #[test]
    fn the_best_weight_wins_and_zero_is_no() {
        assert_eq!(chosen("image/png;q=0.5, image/jpeg;q=0.9"), Some('c'));
        assert_eq!(chosen("image/png, image/jpeg;q=0"), Some('d'));
        assert_eq!(chosen("image/jpeg;q=0"), None);
        assert_eq!(chosen(""), Some('a'));
        assert_eq!(chosen("image/*"), Some('c'));
        assert_eq!(chosen("multipart/*"), Some('a'));
    }

    #[test]
    fn other_syntaxes_and_types_are_not_acceptable() {
        for text in [
            "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.70",
            "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1",
            "multipart/related; type=\"image/jp2\"",
            "application/dicom+xml",
            "image/gif",
        ] {
            assert_eq!(chosen(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_header_gets_a_choice_or_an_error(text in ".{0,120}") {
            if let Ok(accept) = Accept::parse([text.as_str()]) {
                let _ = accept.choose(&OFFERS);
            }
        }

        #[test]
        fn a_range_that_covers_all_is_never_refused(mut others in prop::collection::vec("[a-z]{1,4}/[a-z]{1,4}", 0..5)) {
            others.push("*/*;q=0.001".to_owned());
            prop_assert!(chosen(&others.join(", ")).is_some());
        }
    }
}
