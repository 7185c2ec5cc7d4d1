use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use crate::FlowError;

/// Names one of several installations that share processes, for example `north-hospital`.
///
/// 1 to 40 lower-case letters, digits and hyphens, with a letter or digit at both ends: it is the name
/// of a folder, and part of a schema's name, of keys and of credentials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(String);

impl TenantName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantName {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_valid = (1..=40).contains(&text.len())
            && text.chars().all(|c| is_plain(c) || c == '-')
            && text.starts_with(is_plain)
            && text.ends_with(is_plain);
        if is_valid {
            return Ok(Self(text.to_owned()));
        }
        Err(FlowError::parse(
            "tenant's name",
            text,
            "1 to 40 lower-case letters, digits and hyphens, with a letter or digit at both ends",
        ))
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for TenantName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_good_as_a_folder_a_schema_a_key_and_a_credential() {
        let longest = "n".repeat(40);
        for good in ["a", "7", "north", "st-anna-2", longest.as_str()] {
            let name = good.parse::<TenantName>().expect(good);
            assert_eq!((name.as_str(), name.to_string()), (good, good.to_owned()));
        }
        let too_long = "n".repeat(41);
        for bad in [
            "", "North", "-a", "a-", "a_b", "a b", "a.b", "..", "a/b", "a~b", "nørth", &too_long,
        ] {
            assert!(bad.parse::<TenantName>().is_err(), "{bad}");
        }
    }
}
