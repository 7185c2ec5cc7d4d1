use std::str::FromStr;

use flow::{LabelText, PrivateName, SlideNames};
use regex::Regex;
use thiserror::Error;

/// `S26-4711`, `S26-4711 A1`, `S26-4711;A;1;2`: the accession has no spaces, semicolons, bars, carets
/// or asterisks in it, and these separate it from part and block, and from what follows them. It has no
/// colon either: that is an address of the web.
const COMMON: &str = r"(?<accession>[^\s:;|^*]+)([\s;|^*]+(?<part>[A-Za-z]{1,2})[\s;|^*-]*(?<block>[0-9]{1,3})([\s;|^*-]+.*)?)?";

/// What the text of a laboratory's barcodes means, as a regular expression that the whole text
/// matches, with the named groups `accession` and, where the text has them, `part` and `block`.
#[derive(Clone, Debug)]
pub struct LabelPattern(Regex);

/// Why a pattern was not taken.
#[derive(Debug, Error)]
pub enum PatternError {
    #[error("the pattern is no regular expression")]
    Syntax(#[source] regex::Error),
    #[error("the pattern has no group `(?<accession>...)`: say which part of the text it is")]
    NoAccession,
}

impl LabelPattern {
    /// The names in a text; `None` where it does not match, or is something else than a label's.
    pub fn names(&self, text: &LabelText) -> Option<SlideNames> {
        let groups = self.0.captures(text.reveal())?;
        let name = |group| PrivateName::new(groups.name(group)?.as_str()).ok();
        Some(SlideNames {
            accession: name("accession")?,
            part: name("part"),
            block: name("block"),
        })
    }
}

impl Default for LabelPattern {
    /// The accession alone, or followed by part and block as laboratories commonly separate them.
    fn default() -> Self {
        COMMON.parse().expect("the common pattern is one")
    }
}

impl FromStr for LabelPattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        let regex = Regex::new(&format!("^(?:{pattern})$")).map_err(PatternError::Syntax)?;
        let has_accession = regex
            .capture_names()
            .flatten()
            .any(|name| name == "accession");
        match has_accession {
            true => Ok(Self(regex)),
            false => Err(PatternError::NoAccession),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &LabelPattern, text: &str) -> Option<(String, String, String)> {
        let names = pattern.names(&LabelText::new(text).expect("a text"))?;
        let text = |name: Option<PrivateName>| name.map(|n| n.reveal().to_owned());
        Some((
            names.accession.reveal().to_owned(),
            text(names.part).unwrap_or_default(),
            text(names.block).unwrap_or_default(),
        ))
    }

    fn found(accession: &str, part: &str, block: &str) -> Option<(String, String, String)> {
        Some((accession.to_owned(), part.to_owned(), block.to_owned()))
    }

    #[test]
    fn the_common_pattern_knows_the_common_separators() {
        let common = LabelPattern::default();
        assert_eq!(names(&common, "S26-4711"), found("S26-4711", "", ""));
        for text in [
            "S26-4711 A1",
            "S26-4711;A;1;2",
            "S26-4711|A-1 HE",
            "S26-4711 A 1",
        ] {
            assert_eq!(names(&common, text), found("S26-4711", "A", "1"), "{text}");
        }
        for strange in [
            "two words",
            "S26-4711 A1B2",
            "S26-4711;",
            "https://example.org",
        ] {
            assert_eq!(names(&common, strange), None, "{strange}");
        }
        assert_eq!(names(&common, &"x".repeat(65)), None);
    }

    #[test]
    fn a_laboratory_gives_its_own_and_the_whole_text_matches() {
        let own = r"\*(?<accession>[A-Z][0-9]+)-(?<block>[0-9]+)\*";
        let own: LabelPattern = own.parse().expect("a pattern");
        assert_eq!(names(&own, "*H123-4*"), found("H123", "", "4"));
        assert_eq!(names(&own, "*H123-4*x"), None);
        let either: LabelPattern = "a|(?<accession>b+)".parse().expect("a pattern");
        assert_eq!(names(&either, "bbb"), found("bbb", "", ""));
        assert_eq!(names(&either, "abbb"), None);
    }

    #[test]
    fn a_pattern_that_tells_no_accession_is_refused() {
        let no_accession = "[0-9]+".parse::<LabelPattern>();
        assert!(matches!(no_accession, Err(PatternError::NoAccession)));
        assert!(matches!(
            "(".parse::<LabelPattern>(),
            Err(PatternError::Syntax(_))
        ));
    }
}
