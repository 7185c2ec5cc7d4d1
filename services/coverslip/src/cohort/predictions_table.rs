use anyhow::Result;

use super::{LabelRow, LabelTable};

/// What was said of one labelled slide.
pub(crate) struct SlidePrediction<'a> {
    pub(crate) row: &'a LabelRow,
    /// From 0, where the slide was held out in cross-validation.
    pub(crate) fold: Option<usize>,
    /// One of the task's answers.
    pub(crate) called: String,
    /// One an answer.
    pub(crate) probabilities: &'a [f64],
}

/// The CSV that `coverslip evaluate` reads: what was said of each slide beside what is known of it.
pub(crate) fn predictions_table<'a>(
    labels: &LabelTable,
    names: &[String],
    slides: impl Iterator<Item = SlidePrediction<'a>>,
) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let fixed = ["slide", "label", "fold", "predicted"].map(str::to_owned);
    let probabilities = names.iter().map(|name| format!("probability_{name}"));
    let known = ["patient", "site"].map(str::to_owned);
    let others = labels.other_columns().map(str::to_owned);
    let header = fixed
        .into_iter()
        .chain(probabilities)
        .chain(known)
        .chain(others);
    csv.write_record(header)?;
    for one in slides {
        let fold = one
            .fold
            .map_or_else(String::new, |fold| (fold + 1).to_string());
        let fixed = [&one.row.slide, &one.row.label, &fold, &one.called].map(String::clone);
        let probabilities = one.probabilities.iter().map(f64::to_string);
        let known = [&one.row.patient, &one.row.site].map(|cell| cell.clone().unwrap_or_default());
        let others = labels.other_cells(one.row).map(str::to_owned);
        csv.write_record(
            fixed
                .into_iter()
                .chain(probabilities)
                .chain(known)
                .chain(others),
        )?;
    }
    Ok(csv.into_inner()?)
}
