use std::fmt;

use http::ApiError;

/// Where a page begins: behind one entry of the catalog's list, and behind so many resources of what
/// follows, for one entry may make several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) after: Option<String>,
    pub(super) skip: usize,
}

impl Cursor {
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        let wrong =
            || ApiError::bad_request("_after is not one that was given: follow the `next` links");
        let (skip, after) = text.split_once('.').ok_or_else(wrong)?;
        Ok(Self {
            after: Some(after)
                .filter(|after| !after.is_empty())
                .map(str::to_owned),
            skip: skip.parse().ok().ok_or_else(wrong)?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = self.after.as_deref().unwrap_or_default();
        write!(f, "{}.{after}", self.skip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for text in ["0.", "3.0f", "12.open-0f"] {
            assert_eq!(
                Cursor::read(text).ok().map(|c| c.to_string()).as_deref(),
                Some(text)
            );
        }
        for bad in ["", "x", "-1.a", "a.b"] {
            assert!(Cursor::read(bad).is_err(), "{bad}");
        }
    }
}
