use anyhow::{Context, Result};
use mil::Answers;
use mil::train::BagLabel;

use super::LabelRow;

/// What a row says is true, in the task's own words.
pub(crate) fn bag_label(answers: &Answers, row: &LabelRow) -> Result<BagLabel> {
    BagLabel::of_words(answers, &row.label).with_context(|| {
        format!(
            "{}: the task knows no answer `{}`; its answers are {}",
            row.place(),
            row.label,
            answers.names().join(", ")
        )
    })
}
