use serde::{Deserialize, Serialize};

/// Which column of the labels means what: `[columns]` of a `task.toml`.
///
/// Every other column is carried along under its own name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Columns {
    /// The slide's id in the installation, or its file's name with or without the ending.
    pub(crate) slide: String,
    /// The answer in the task's own words.
    pub(crate) label: String,
    /// Left out where the labels have no such column; `patient` if not given.
    pub(crate) patient: Option<String>,
    /// Where the slide comes from; `site` if not given.
    pub(crate) site: Option<String>,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            slide: "slide".to_owned(),
            label: "label".to_owned(),
            patient: None,
            site: None,
        }
    }
}
