use bytes::Bytes;
use chrono::{DateTime, Utc};

/// All that stands in a report, in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub title: String,
    /// What it is about, on every page; an id, never a patient's name.
    pub subject: String,
    pub made: Made,
    /// What the results may be used for; on every page.
    pub notice: String,
    /// Whether a person signed what stands here.
    pub standing: Callout,
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub at: DateTime<Utc>,
    pub by: String,
    /// The program and its version.
    pub with: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub heading: String,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Text(String),
    Callout(Callout),
    Facts(Vec<Fact>),
    Table(Table),
    Figures(Figures),
}

/// What must not be overlooked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callout {
    pub tone: Tone,
    pub lead: String,
    pub lines: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was found.
    Alarming,
    /// Nothing was found, or it is final.
    Settled,
    /// There is no answer yet, or none that is final.
    Open,
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<String>,
    /// Each as wide as the head.
    pub rows: Vec<Vec<String>>,
}

/// Pictures side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// In one row; at least one.
    pub columns: usize,
    pub figures: Vec<Figure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Of baseline JPEG.
    pub jpeg: Bytes,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// For those who cannot see it.
    pub alt: String,
    pub caption: Vec<String>,
}

impl Fact {
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
        }
    }
}

impl Made {
    pub(crate) fn words(&self) -> String {
        let at = self.at.format("%Y-%m-%d %H:%M UTC");
        format!("Made {at} by {} with {}", self.by, self.with)
    }
}
