use std::fmt;

use serde::{Deserialize, Serialize};

/// Words that may identify a patient, at most `MOST` characters of them. They are for the eyes of
/// people with a role, and print as `<redacted>` everywhere but in JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrivateText<const MOST: usize>(String);

/// A number or name by which the laboratory knows something.
pub type PrivateName = PrivateText<64>;

/// Sentences that a person wrote.
pub type PrivateRemark = PrivateText<4000>;

/// What a barcode says.
pub type LabelText = PrivateText<512>;

/// Why words were not taken. They are not repeated.
#[derive(Debug, thiserror::Error)]
pub enum NoPrivateText {
    #[error("it is empty: leave it out, or say something")]
    Empty,
    #[error("it has more than {most} characters: shorten it")]
    TooLong { most: usize },
    #[error("it has control characters, such as the ends of a transmission: take them out")]
    Control,
}

impl<const MOST: usize> PrivateText<MOST> {
    /// Without the spaces around it.
    pub fn new(given: &str) -> Result<Self, NoPrivateText> {
        let text = given.trim();
        let is_forbidden = |c: char| c.is_control() && c != '\n';
        if text.is_empty() {
            return Err(NoPrivateText::Empty);
        }
        if text.chars().count() > MOST {
            return Err(NoPrivateText::TooLong { most: MOST });
        }
        match text.contains(is_forbidden) {
            true => Err(NoPrivateText::Control),
            false => Ok(Self(text.to_owned())),
        }
    }

    /// The words themselves: check the role of whoever will see them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> fmt::Debug for PrivateText<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl<const MOST: usize> TryFrom<String> for PrivateText<MOST> {
    type Error = NoPrivateText;

    fn try_from(text: String) -> Result<Self, NoPrivateText> {
        Self::new(&text)
    }
}

impl<const MOST: usize> From<PrivateText<MOST>> for String {
    fn from(text: PrivateText<MOST>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_trimmed_bounded_and_never_printed() {
        let name = PrivateName::new(" S26-4711 ").expect("a good name");
        assert_eq!(name.reveal(), "S26-4711");
        assert_eq!(format!("{name:?}"), "<redacted>");
        for bad in ["", "  ", "a\u{1c}b", &"x".repeat(65)] {
            assert!(PrivateName::new(bad).is_err(), "{bad:?}");
        }
        assert!(PrivateRemark::new("two\nlines").is_ok());
    }
}
