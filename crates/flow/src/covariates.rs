use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FlowError;

const WHAT: &str = "set of covariates";
const MOST: usize = 64;
const LONGEST: usize = 200;

/// What is known of a slide's patient or case beside the pixels, by name, each value as text: `age`
/// is `63`, `site` is `lung`.
///
/// May tell of a patient: `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<String, GivenValue>",
    into = "BTreeMap<String, String>"
)]
pub struct CovariateValues(BTreeMap<String, String>);

/// A value as JSON may write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum GivenValue {
    Whole(i64),
    Number(f64),
    Word(String),
}

/// Counts how often a slide was given covariates; 0 before it was given any. A result says which
/// ones it read by this number, and so holds none of them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct CovariateRevision(pub u32);

/// The covariates that hold of a slide now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenCovariates {
    pub revision: CovariateRevision,
    pub values: CovariateValues,
}

impl CovariateValues {
    /// # Errors
    /// If there are more than 64, and if a name or a value is empty, longer than 200
    /// characters or has control characters.
    pub fn new(values: BTreeMap<String, String>) -> Result<Self, FlowError> {
        if values.len() > MOST {
            return Err(FlowError::damaged(WHAT, "it has more than 64 names"));
        }
        let is_usable = |text: &String| {
            let is_bounded = !text.trim().is_empty() && text.chars().count() <= LONGEST;
            is_bounded && text.trim() == text && !text.contains(char::is_control)
        };
        if !values.keys().all(is_usable) {
            let detail = "a name is empty, longer than 200 characters, has control characters, or begins or \
                 ends with a space";
            return Err(FlowError::damaged(WHAT, detail));
        }
        match values.values().all(is_usable) {
            true => Ok(Self(values)),
            false => Err(FlowError::damaged(
                WHAT,
                "a value is empty, longer than 200 characters, has control characters, or begins or ends \
                 with a space: leave out what is not known",
            )),
        }
    }

    /// `None` where it is not known.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl TryFrom<BTreeMap<String, GivenValue>> for CovariateValues {
    type Error = FlowError;

    fn try_from(values: BTreeMap<String, GivenValue>) -> Result<Self, FlowError> {
        let text = |(name, value): (String, GivenValue)| match value {
            GivenValue::Whole(number) => (name, number.to_string()),
            GivenValue::Number(number) => (name, number.to_string()),
            GivenValue::Word(word) => (name, word),
        };
        Self::new(values.into_iter().map(text).collect())
    }
}

impl From<CovariateValues> for BTreeMap<String, String> {
    fn from(values: CovariateValues) -> Self {
        values.0
    }
}

impl fmt::Debug for CovariateValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl fmt::Display for CovariateRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_read_and_not_shown() -> serde_json::Result<()> {
        let json = r#"{"age": 63, "psa": 4.5, "sex": "f"}"#;
        let values: CovariateValues = serde_json::from_str(json)?;
        assert_eq!(values.get("age"), Some("63"));
        assert_eq!(values.get("psa"), Some("4.5"));
        assert_eq!((values.get("sex"), values.get("site")), (Some("f"), None));
        assert_eq!(format!("{values:?}"), r#"{"age", "psa", "sex"}"#);
        let again = serde_json::from_value(serde_json::to_value(&values)?)?;
        assert_eq!(values, again);
        Ok(())
    }

    #[test]
    fn what_says_nothing_is_refused() {
        for json in [
            r#"{"age": ""}"#,
            r#"{"": 63}"#,
            r#"{"age": null}"#,
            r#"{"age": [63]}"#,
            r#"{" age": 63}"#,
            r#"{"site": "lu\u0000ng"}"#,
            r#"{"a\nge": 63}"#,
        ] {
            assert!(
                serde_json::from_str::<CovariateValues>(json).is_err(),
                "{json}"
            );
        }
        let many = (0..65).map(|n| (n.to_string(), "x".to_owned())).collect();
        assert!(CovariateValues::new(many).is_err());
    }
}
