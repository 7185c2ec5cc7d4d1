use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a figure has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    NoSlides,
    /// The figure compares classes and one of them does not occur.
    ClassAbsent,
    /// No slide was given the class that the figure speaks of.
    NothingCalled,
    /// Only one grade occurs, in truth and in calls alike.
    OneGradeOnly,
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSlides => "there is no slide",
            Self::ClassAbsent => "a class does not occur",
            Self::NothingCalled => "no slide was called so",
            Self::OneGradeOnly => "only one grade occurs",
        })
    }
}
