use std::fmt;

/// Longest name kept, in characters.
const MAX_CHARS: usize = 255;

/// The name of the pushed file. Labs put patients' names and case numbers in it, so it is for the
/// eyes of people with a role, and prints as `<redacted>` everywhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Folders, control characters and overlong tails are dropped; `None` where nothing is left.
    pub fn new(given: &str) -> Option<Self> {
        let name = given.rsplit(['/', '\\']).next()?;
        let printable = name.chars().filter(|c| !c.is_control());
        let kept: String = printable.take(MAX_CHARS).collect();
        let kept = kept.trim();
        (!kept.is_empty()).then(|| Self(kept.to_owned()))
    }

    /// The name itself: check the role of whoever will see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_name_alone() {
        let name = |given| FileName::new(given).map(|name| name.reveal().to_owned());
        assert_eq!(name("C:\\scans\\a b.svs").as_deref(), Some("a b.svs"));
        assert_eq!(name("/x/y.tiff\r\n").as_deref(), Some("y.tiff"));
        assert_eq!(name("folder/"), None);
        assert_eq!(name(&"é".repeat(300)).map(|n| n.chars().count()), Some(255));
    }

    #[test]
    fn never_prints() {
        let name = FileName::new("DOE^JANE.svs");
        assert_eq!(format!("{name:?}"), "Some(<redacted>)");
    }
}
