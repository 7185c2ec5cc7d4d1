use dicom_core::VR;
use flow::DicomUid;
use serde_json::{Map, Value};

use super::attribute::Attribute;
use super::query::NoQuery;

/// What an attribute must be (PS3.4 section C.2.2.2): one of some values, a pattern, or a range.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) attribute: Attribute,
    wanted: Vec<Wanted>,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    /// Universal matching: also what has no value.
    Anything,
    Uid(DicomUid),
    /// With `*` for any characters and `?` for any one.
    Pattern(String),
    Number(f64),
    /// From and to, both included, as dates and times are written: text of one form sorts by time.
    Range(Option<String>, Option<String>),
}

impl Filter {
    pub(super) fn new(attribute: Attribute, value: &str) -> Result<Self, NoQuery> {
        let wanted = wanted(&attribute, value)?;
        Ok(Self { attribute, wanted })
    }

    /// Lets `other` match as well.
    pub(super) fn or(&mut self, other: Self) {
        self.wanted.extend(other.wanted);
    }

    pub(super) fn matches(&self, data_set: &Map<String, Value>) -> bool {
        self.takes(&self.attribute.texts(data_set))
    }

    /// `texts` are the values that there are.
    pub(super) fn takes(&self, texts: &[String]) -> bool {
        self.wanted.iter().any(|wanted| match wanted {
            Wanted::Anything => true,
            wanted => texts.iter().any(|text| wanted.takes(text)),
        })
    }

    /// The UIDs of which it must be one; `None` where it may be any.
    pub(super) fn uids(&self) -> Option<Vec<&DicomUid>> {
        let uids = self.wanted.iter().map(|wanted| match wanted {
            Wanted::Uid(uid) => Some(uid),
            _ => None,
        });
        uids.collect()
    }

    /// The exact texts of which it must be one; `None` where others may do.
    pub(super) fn texts(&self) -> Option<Vec<&str>> {
        let texts = self.wanted.iter().map(|wanted| match wanted {
            Wanted::Pattern(text) if !text.contains(['*', '?']) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}

impl Wanted {
    fn takes(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Uid(uid) => uid.as_str() == text,
            Self::Pattern(pattern) => is_like(pattern.as_bytes(), text.as_bytes()),
            Self::Number(number) => text.parse::<f64>().is_ok_and(|found| found == *number),
            Self::Range(from, to) => {
                let is_after = from.as_deref().is_none_or(|from| text >= from);
                // A day includes all of its hours.
                let is_before = |to: &str| text <= to || text.starts_with(to);
                is_after && to.as_deref().is_none_or(is_before)
            }
        }
    }
}

fn wanted(attribute: &Attribute, value: &str) -> Result<Vec<Wanted>, NoQuery> {
    let refused = || NoQuery::Value {
        attribute: attribute.to_string(),
        value: value.chars().take(80).collect(),
    };
    if value.bytes().all(|byte| byte == b'*') {
        return Ok(vec![Wanted::Anything]);
    }
    match attribute.vr {
        VR::UI => value
            .split([',', '\\'])
            .map(|uid| uid.parse().map(Wanted::Uid).map_err(|_no_uid| refused()))
            .collect(),
        VR::DA | VR::TM | VR::DT => range(value).map(|range| vec![range]).ok_or_else(refused),
        VR::DS | VR::IS | VR::FL | VR::FD | VR::SL | VR::SS | VR::SV | VR::UL | VR::US | VR::UV => {
            let number = value
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite());
            number
                .map(|number| vec![Wanted::Number(number)])
                .ok_or_else(refused)
        }
        VR::SQ => Err(refused()),
        _ => Ok(vec![Wanted::Pattern(value.to_owned())]),
    }
}

/// `a`, `a-b`, `a-` or `-b`, each of digits (a time may have a fraction).
fn range(value: &str) -> Option<Wanted> {
    let is_moment = |text: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    let (from, to) = value.split_once('-').unwrap_or((value, value));
    let end = |text: &str| match text {
        "" => Some(None),
        text => is_moment(text).then(|| Some(text.to_owned())),
    };
    match (end(from)?, end(to)?) {
        (None, None) => None,
        (from, to) => Some(Wanted::Range(from, to)),
    }
}

/// In time proportional to the two lengths' product at most.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and how much of the text it stands for.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, t) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(name: &str, value: &str) -> Result<Filter, NoQuery> {
        Filter::new(name.parse()?, value)
    }

    fn takes(name: &str, value: &str, text: &str) -> bool {
        filter(name, value).is_ok_and(|filter| filter.takes(&[text.to_owned()]))
    }

    #[test]
    fn uids_are_matched_by_lists_and_nothing_else() -> Result<(), NoQuery> {
        assert!(takes("StudyInstanceUID", "1.2,1.3", "1.3"));
        assert!(takes("StudyInstanceUID", "1.2\\1.3", "1.2"));
        assert!(!takes("StudyInstanceUID", "1.2", "1.2.3"));
        assert!(filter("StudyInstanceUID", "1.2*").is_err());
        let both = filter("StudyInstanceUID", "1.2,1.3")?;
        assert_eq!(both.uids().map(|uids| uids.len()), Some(2));
        assert_eq!(filter("StudyInstanceUID", "*")?.uids(), None);
        Ok(())
    }

    #[test]
    fn text_is_matched_by_wildcards() {
        assert!(takes("Manufacturer", "Apo*io?", "Apo Scan io1"));
        assert!(takes("Modality", "SM", "SM"));
        assert!(!takes("Modality", "sm", "SM"));
        assert!(!takes("Manufacturer", "A?", "Abc"));
    }

    #[test]
    fn nothing_is_matched_by_universal_matching_alone() -> Result<(), NoQuery> {
        assert!(filter("PatientID", "")?.takes(&[]));
        assert!(filter("PatientID", "*")?.takes(&[]));
        assert!(!filter("PatientID", "?*")?.takes(&[]));
        assert!(!filter("StudyDate", "20200101-")?.takes(&[]));
        Ok(())
    }

    #[test]
    fn numbers_and_moments_are_compared_as_such() {
        assert!(takes("Rows", "240", "240") && takes("Rows", "240.0", "240"));
        assert!(filter("Rows", "x").is_err());
        assert!(takes("StudyDate", "20200101-20201231", "20200615"));
        assert!(takes("StudyDate", "-2020", "20201231"));
        assert!(!takes("StudyDate", "20200101-", "20191231"));
        assert!(takes("StudyDate", "20200101", "20200101"));
        assert!(filter("StudyDate", "-").is_err() && filter("StudyDate", "May").is_err());
    }

    /// As slow and plain as can be.
    fn is_like_slowly(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => {
                (0..=text.len()).any(|taken| is_like_slowly(rest, &text[taken..]))
            }
            (Some((byte, rest)), Some((first, others))) => {
                (*byte == b'?' || byte == first) && is_like_slowly(rest, others)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_mean_what_they_say(pattern in "[ab*?]{0,6}", text in "[ab]{0,8}") {
            let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(is_like(pattern, text), is_like_slowly(pattern, text));
        }

        #[test]
        fn any_value_is_a_filter_or_an_error(
            name in "(StudyDate|Rows|PatientName|StudyInstanceUID|Modality)",
            value in ".{0,30}",
        ) {
            if let Ok(filter) = filter(&name, &value) {
                filter.takes(&["x".to_owned()]);
            }
        }
    }
}
