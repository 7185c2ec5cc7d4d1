/// What a card is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub title: String,
    /// `None` where only predictions are known, not what made them.
    pub task: Option<TaskFacts>,
    /// When the evaluation was made, for example `2026-11-21 09:30 UTC`.
    pub made: String,
    /// What the figures follow from: hashes, versions.
    pub provenance: Vec<Fact>,
}

/// What the task says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFacts {
    pub intended_use: String,
    /// What it was trained on and how.
    pub training: Vec<Fact>,
}

/// A name and its value, both for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

impl Fact {
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
        }
    }
}
