use std::str::FromStr;

use thiserror::Error;

/// A media type, or a pattern of some, with its parameters (RFC 9110 section 12.5.1). All of it but
/// the values of parameters is in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange {
    pub kind: String,
    parameters: Vec<(String, String)>,
    /// Thousandths; what has zero is not taken.
    pub weight: u16,
}

#[derive(Debug, Error)]
pub enum NoMediaRange {
    #[error("it is not text")]
    NoText,
    #[error("a media type is two words with a slash between them")]
    Type,
    #[error("a parameter is a name and a value with = between them")]
    Parameter,
    #[error("a quotation does not end")]
    Quotation,
    #[error("q is a number from 0 to 1 with at most three decimals")]
    Weight,
}

const WHOLE: u16 = 1000;

impl MediaRange {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a media type is the one written here, or one of those that a `*` stands for.
    pub fn covers(&self, kind: &str) -> bool {
        covers(&self.kind, kind)
    }
}

/// Whether `pattern` is `kind`, `image/*` where that is an image, or `*/*`.
pub(super) fn covers(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some("*") => true,
        Some(main) => kind.split('/').next() == Some(main),
        None => pattern == kind,
    }
}

impl FromStr for MediaRange {
    type Err = NoMediaRange;

    fn from_str(text: &str) -> Result<Self, NoMediaRange> {
        let mut parts = split_unquoted(text, ';')?.into_iter();
        let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let (main, sub) = kind.split_once('/').ok_or(NoMediaRange::Type)?;
        if !is_word(main) || !is_word(sub) || (main == "*" && sub != "*") {
            return Err(NoMediaRange::Type);
        }
        let mut weight = WHOLE;
        let mut parameters = Vec::new();
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = parameter(part)?;
            match name.as_str() {
                "q" => weight = thousandths(&value).ok_or(NoMediaRange::Weight)?,
                _ => parameters.push((name, value)),
            }
        }
        Ok(Self {
            kind,
            parameters,
            weight,
        })
    }
}

/// The parts of `text` between separators that are not in quotes.
pub(super) fn split_unquoted(text: &str, separator: char) -> Result<Vec<&str>, NoMediaRange> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if character == separator && !is_quoted => {
                parts.push(&text[start..at]);
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    if is_quoted {
        return Err(NoMediaRange::Quotation);
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// Many clients leave out the quotes around a value with a slash, so they may be missing.
fn parameter(text: &str) -> Result<(String, String), NoMediaRange> {
    let (name, value) = text.split_once('=').ok_or(NoMediaRange::Parameter)?;
    let (name, value) = (name.trim(), value.trim());
    if !is_word(name) {
        return Err(NoMediaRange::Parameter);
    }
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquoted(quoted.strip_suffix('"').ok_or(NoMediaRange::Quotation)?),
        None => value.to_owned(),
    };
    Ok((name.to_ascii_lowercase(), value))
}

fn unquoted(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            _ => out.push(character),
        }
    }
    out
}

fn is_word(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token)
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u16 = ["0", "1"].contains(&whole).then(|| whole.parse().ok())??;
    let decimals: u16 = is_number.then(|| format!("{decimals:0<3}").parse().ok())??;
    Some(whole * WHOLE + decimals).filter(|sum| *sum <= WHOLE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_case_and_blanks_make_no_difference() -> Result<(), NoMediaRange> {
        for text in [
            "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2",
            "Multipart/Related;TYPE=image/jpeg;Transfer-Syntax=\"1.2\"",
            " multipart/related ; type=\"image\\/jpeg\" ;; transfer-syntax=1.2 ; q=1.0",
        ] {
            let range: MediaRange = text.parse()?;
            assert_eq!(range.kind, "multipart/related");
            assert_eq!(range.parameter("type"), Some("image/jpeg"), "{text}");
            assert_eq!(range.parameter("transfer-syntax"), Some("1.2"));
            assert_eq!(range.weight, 1000);
        }
        Ok(())
    }

    #[test]
    fn weights_are_thousandths() {
        let weight = |text: &str| {
            format!("a/b;q={text}")
                .parse()
                .map(|r: MediaRange| r.weight)
        };
        assert_eq!(weight("0.8").ok(), Some(800));
        assert_eq!(weight("0.125").ok(), Some(125));
        assert_eq!(weight("0").ok(), Some(0));
        assert_eq!(weight("1.").ok(), Some(1000));
        for text in ["2", "1.001", "0.1234", "-1", "", "x", "0,5", "00.5"] {
            assert!(weight(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_media_type_is_an_error() {
        for text in [
            "",
            "image",
            "image/",
            "/jpeg",
            "*/jpeg",
            "a/b;c",
            "a/b;c=\"d",
            "a b/c",
        ] {
            assert!(text.parse::<MediaRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn patterns_cover_what_they_stand_for() {
        assert!(covers("*/*", "image/jpeg") && covers("image/*", "image/jpeg"));
        assert!(covers("image/jpeg", "image/jpeg"));
        assert!(!covers("image/*", "application/dicom") && !covers("image/png", "image/jpeg"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_range_or_an_error(text in ".{0,60}") {
            if let Ok(range) = text.parse::<MediaRange>() {
                prop_assert!(range.kind.contains('/') && range.weight <= WHOLE);
            }
        }

        #[test]
        fn a_quoted_value_is_read_back(value in "[ -~]{0,30}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let range = format!("a/b; p=\"{quoted}\"; q=0.5").parse::<MediaRange>();
            let range = range.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(range.parameter("p"), Some(value.as_str()));
            prop_assert_eq!(range.weight, 500);
        }
    }
}
