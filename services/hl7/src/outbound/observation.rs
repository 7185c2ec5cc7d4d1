use chrono::{DateTime, Utc};
use reading::Finality;

use crate::message::{WrittenSegment, composed, escaped, time};

/// One OBX with what is noted of it.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    /// OBX-3, as it is written.
    pub(super) what: String,
    /// The number of the slide in the case; `None` of the case itself.
    pub(super) slide: Option<usize>,
    pub(super) value: Value,
    pub(super) status: Status,
    pub(super) at: DateTime<Utc>,
    /// The person who says it.
    pub(super) by: Option<String>,
    /// How it was found, in words.
    pub(super) method: Option<String>,
    /// What said it.
    pub(super) device: Option<String>,
    pub(super) notes: Vec<String>,
}

/// OBX-2 and OBX-5; codes are as they are written.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Coded(Vec<String>),
    Number(f64),
    Text(String),
    /// There is none, and a note says why.
    None,
}

/// OBX-11 (table 0085).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Known(Finality),
    /// It cannot be obtained.
    Absent,
}

impl Observation {
    /// OBX and its NTE; `number` counts the OBX of an order.
    pub(super) fn written(&self, number: usize) -> String {
        let (kind, value, units) = self.value.written();
        let slide = self.slide.map(|slide| slide.to_string());
        let segment = WrittenSegment::new("OBX").field(1, number.to_string());
        let segment = segment.field(2, kind).field(3, self.what.as_str());
        let segment = segment.field(4, slide.unwrap_or_default()).field(5, value);
        let segment = segment.field(6, units).field(11, self.status.code());
        let segment = segment.field(14, time(self.at));
        let person = |name: &String| composed(&["", &escaped(name)]);
        let words = |text: &String| composed(&["", &escaped(text)]);
        let segment = segment.field(16, self.by.as_ref().map(person).unwrap_or_default());
        let segment = segment.field(17, self.method.as_ref().map(words).unwrap_or_default());
        let device = self.device.as_deref().map(escaped).unwrap_or_default();
        segment.field(18, device).text() + &notes(&self.notes)
    }
}

impl Value {
    fn written(&self) -> (&'static str, String, &'static str) {
        match self {
            Self::Coded(codes) => ("CWE", codes.join("~"), ""),
            Self::Number(number) => ("NM", number.to_string(), "1^^UCUM"),
            Self::Text(text) => ("TX", escaped(text), ""),
            Self::None => ("ST", String::new(), ""),
        }
    }
}

impl Status {
    const fn code(self) -> &'static str {
        match self {
            Self::Known(finality) => code_of(finality),
            Self::Absent => "X",
        }
    }
}

/// Of an observation or a report (tables 0085 and 0123, which agree here).
pub(super) const fn code_of(finality: Finality) -> &'static str {
    match finality {
        Finality::Preliminary => "P",
        Finality::Final => "F",
        Finality::Amended => "C",
    }
}

/// NTE, one a note.
pub(super) fn notes(notes: &[String]) -> String {
    let numbered = (1_usize..).zip(notes);
    let segments = numbered.map(|(number, text)| {
        let segment = WrittenSegment::new("NTE").field(1, number.to_string());
        segment.says(3, text).text()
    });
    segments.collect()
}
