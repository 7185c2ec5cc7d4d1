use std::collections::BTreeMap;

use thiserror::Error;

use super::Separators;
use super::escape::unescaped;

/// A message as it was sent, in its segments.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The first is MSH.
    segments: Vec<Segment>,
}

/// One segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Three letters or digits.
    pub(crate) name: String,
    /// Of those of its name in the message, from 1.
    pub(crate) number: usize,
    separators: Separators,
    /// As they were written; the first is field 1.
    fields: Vec<String>,
}

/// Why a text is no message. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoMessage {
    #[error("it does not begin with an MSH segment that names its separators")]
    NoHeader,
    #[error("a segment has no name: begin each with its three letters")]
    NoName,
}

impl Message {
    /// Segments may end with a line feed too, as files have them.
    pub(crate) fn parse(text: &str) -> Result<Self, NoMessage> {
        let after_name = text.strip_prefix("MSH").ok_or(NoMessage::NoHeader)?;
        let separators = Separators::read(after_name).ok_or(NoMessage::NoHeader)?;
        let mut n_named: BTreeMap<String, usize> = BTreeMap::new();
        let lines = text.split(['\r', '\n']).filter(|line| !line.is_empty());
        let segments = lines.map(|line| {
            let mut segment = Segment::parse(line, separators)?;
            let number = n_named.entry(segment.name.clone()).or_default();
            *number += 1;
            segment.number = *number;
            Ok(segment)
        });
        let segments = segments.collect::<Result<_, _>>()?;
        Ok(Self { segments })
    }

    pub(crate) fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter()
    }

    pub(crate) fn segment(&self, name: &str) -> Option<&Segment> {
        self.segments().find(|segment| segment.name == name)
    }
}

impl Segment {
    fn parse(line: &str, separators: Separators) -> Result<Self, NoMessage> {
        let mut parts = line.split(separators.field).map(str::to_owned);
        let name = parts.next().unwrap_or_default();
        let is_name = name.len() == 3 && name.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_name {
            return Err(NoMessage::NoName);
        }
        // The separator itself is the first field of MSH.
        let own = (name == "MSH").then(|| separators.field.to_string());
        Ok(Self {
            name,
            number: 1,
            separators,
            fields: own.into_iter().chain(parts).collect(),
        })
    }

    /// A component of a field's first repetition, its first subcomponent, with escapes resolved;
    /// `None` where it is empty or `""`, which takes a value away.
    pub(crate) fn component(&self, field: usize, number: usize) -> Option<String> {
        let first = self.raw(field).split(self.separators.repetition).next()?;
        let mut components = first.split(self.separators.component);
        let text = components.nth(number.checked_sub(1)?)?;
        let text = match self.separators.subcomponent {
            Some(subcomponent) => text.split(subcomponent).next()?,
            None => text,
        };
        let text = unescaped(text, self.separators);
        let text = text.trim();
        (!text.is_empty() && text != "\"\"").then(|| text.to_owned())
    }

    /// The first component.
    pub(crate) fn value(&self, field: usize) -> Option<String> {
        self.component(field, 1)
    }

    /// All components of a field's first repetition.
    pub(crate) fn components(&self, field: usize) -> Vec<String> {
        let separators = self.separators;
        let first = self.raw(field).split(separators.repetition).next();
        let components = first.unwrap_or_default().split(separators.component);
        components.map(|text| unescaped(text, separators)).collect()
    }

    /// Whether a field says more than once what it says.
    pub(crate) fn is_repeated(&self, field: usize) -> bool {
        self.raw(field).contains(self.separators.repetition)
    }

    fn raw(&self, field: usize) -> &str {
        let index = field.checked_sub(1);
        let raw = index.and_then(|index| self.fields.get(index));
        raw.map(String::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::{WrittenSegment, composed, escaped};

    #[test]
    fn fields_are_found_with_whatever_separators() -> Result<(), NoMessage> {
        for text in [
            "MSH|^~\\&|LIS^1.2^ISO|LAB\rPID|1||P-7^^^H~X||\rORC|NW\rORC|CA",
            "MSH#*%!?#LIS*1.2*ISO#LAB\r\nPID#1##P-7***H%X##\r\nORC#NW\nORC#CA\r\r",
        ] {
            let message = Message::parse(text)?;
            let header = message.segment("MSH").expect("a header");
            assert_eq!(header.components(3), ["LIS", "1.2", "ISO"]);
            assert_eq!(header.value(4).as_deref(), Some("LAB"));
            assert_eq!((header.value(5), header.value(99)), (None, None));
            let patient = message.segment("PID").expect("a patient");
            assert_eq!(patient.component(3, 4).as_deref(), Some("H"));
            assert!(patient.is_repeated(3) && !patient.is_repeated(1));
            let orders = message.segments().filter(|s| s.name == "ORC");
            assert_eq!(orders.map(|s| s.number).collect::<Vec<_>>(), [1, 2]);
        }
        Ok(())
    }

    #[test]
    fn what_is_no_message_is_told() {
        for (text, error) in [
            ("", NoMessage::NoHeader),
            ("PID|1", NoMessage::NoHeader),
            ("MSH|", NoMessage::NoHeader),
            ("MSHa^~\\&a", NoMessage::NoHeader),
            ("MSH|^^\\&|", NoMessage::NoHeader),
            ("MSH|^~\\&|A\rhello", NoMessage::NoName),
        ] {
            assert_eq!(Message::parse(text).err(), Some(error), "{text:?}");
        }
    }

    #[test]
    fn what_takes_a_value_away_is_no_value() -> Result<(), NoMessage> {
        let message = Message::parse("MSH|^~\\&|\"\"|  |a&b")?;
        let header = message.segment("MSH").expect("a header");
        assert_eq!((header.value(3), header.value(4)), (None, None));
        assert_eq!(header.value(5).as_deref(), Some("a"));
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_is_a_message_or_an_error(text in any::<String>(), body in any::<String>()) {
            for text in [text, format!("MSH|^~\\&|{body}")] {
                let Ok(message) = Message::parse(&text) else { continue };
                for segment in message.segments() {
                    for field in 0..12 {
                        let _ = (segment.component(field, 0), segment.components(field));
                        prop_assert!(segment.value(field).is_none_or(|text| !text.is_empty()));
                    }
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            values in proptest::collection::vec("[^\\s\\x00-\\x1f\\x7f-\\u{9f}\"]{1,12}", 1..8),
        ) {
            let parts: Vec<_> = values.iter().map(|value| escaped(value)).collect();
            let parts: Vec<_> = parts.iter().map(String::as_str).collect();
            let written = WrittenSegment::new("OBX").field(5, composed(&parts)).text();
            let message = Message::parse(&format!("MSH|^~\\&|A\r{written}"))?;
            let segment = message.segment("OBX").expect("the segment");
            prop_assert_eq!(segment.components(5), values);
        }
    }
}
