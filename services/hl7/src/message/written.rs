use chrono::{DateTime, Utc};

use super::escape::escaped;

/// A segment that is being written, with the usual separators. Fields are given as they are written.
#[derive(Clone, Debug)]
pub(crate) struct WrittenSegment {
    name: &'static str,
    fields: Vec<String>,
}

impl WrittenSegment {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            fields: Vec::new(),
        }
    }

    /// MSH, with its first two fields.
    pub(crate) fn header() -> Self {
        Self::new("MSH").field(2, "^~\\&")
    }

    /// Fields count from 1; those between are empty.
    pub(crate) fn field(mut self, number: usize, written: impl Into<String>) -> Self {
        // The separator after the name is the first field of MSH.
        let n_before = if self.name == "MSH" { 2 } else { 1 };
        let index = number.saturating_sub(n_before);
        if self.fields.len() <= index {
            self.fields.resize(index + 1, String::new());
        }
        if let Some(field) = self.fields.get_mut(index) {
            *field = written.into();
        }
        self
    }

    /// Text as a field of one component.
    pub(crate) fn says(self, number: usize, text: &str) -> Self {
        self.field(number, escaped(text))
    }

    /// With its end, and without empty fields before it.
    pub(crate) fn text(&self) -> String {
        let last = self.fields.iter().rposition(|field| !field.is_empty());
        let fields = self.fields.iter().take(last.map_or(0, |last| last + 1));
        let mut text = self.name.to_owned();
        for field in fields {
            text.push('|');
            text.push_str(field);
        }
        text.push('\r');
        text
    }
}

/// Components that are written already, without empty ones at the end.
pub(crate) fn composed(components: &[&str]) -> String {
    components.join("^").trim_end_matches('^').to_owned()
}

/// CE or CWE: a code, what it says, and of which system it is.
pub(crate) fn coded(code: &str, text: &str, system: &str) -> String {
    composed(&[&escaped(code), &escaped(text), &escaped(system)])
}

/// TS, to the second.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y%m%d%H%M%S+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_they_belong() {
        let header = WrittenSegment::header().says(10, "C1").field(12, "2.5.1");
        assert_eq!(header.text(), "MSH|^~\\&||||||||C1||2.5.1\r");
        let error = WrittenSegment::new("ERR").field(2, "a").field(4, "");
        assert_eq!(error.text(), "ERR||a\r");
        assert_eq!(coded("t", "H&E", "L"), "t^H\\T\\E^L");
        assert_eq!(time(DateTime::UNIX_EPOCH), "19700101000000+0000");
    }
}
