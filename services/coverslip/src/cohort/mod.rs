//! Slides whose answer is known, with their bags: what training and evaluation read.
//!
//! The labels are a CSV of one slide a row ([`LabelTable`]); [`Columns`] says which column means
//! what. The bags come from one [`BagSource`].

mod bag_label;
mod bag_source;
mod columns;
mod covariates;
mod data_folder;
mod feature_folder;
mod label_table;
mod predictions_table;

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use anyhow::{Result, bail};

pub(crate) use self::bag_label::bag_label;
pub(crate) use self::bag_source::{BagId, BagSource, SlideBag};
pub(crate) use self::columns::Columns;
pub(crate) use self::covariates::covariates;
pub(crate) use self::data_folder::DataFolder;
pub(crate) use self::label_table::{LabelRow, LabelTable};
pub(crate) use self::predictions_table::{SlidePrediction, predictions_table};

/// Named in one error; a list without end helps nobody.
const MOST_NAMED: usize = 10;

/// Every row of the labels with the bag it speaks of.
pub(crate) struct Cohort {
    pub(crate) labels: LabelTable,
    pub(crate) source: BagSource,
    /// In the order of the labels' rows.
    pub(crate) bags: Vec<BagId>,
}

impl Cohort {
    /// Finds the bag of every labelled slide.
    ///
    /// # Errors
    /// If the labels cannot be read, or any of their slides is unknown, has no bag or stands in two
    /// rows; each is named with its row.
    pub(crate) async fn read(labels: &Path, columns: &Columns, source: BagSource) -> Result<Self> {
        let labels = LabelTable::read(labels, columns)?;
        let bags = labels.rows.iter().map(|row| source.find(&row.slide));
        let bags = usable(&labels, bags)?;
        ensure_unrepeated(&labels, &bags)?;
        Ok(Self {
            labels,
            source,
            bags,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.bags.len()
    }

    /// Bags of the source that no row speaks of.
    pub(crate) fn n_unlabelled(&self) -> usize {
        self.source.n_bags().saturating_sub(self.len())
    }

    /// The labels' row and the bag of each slide.
    pub(crate) fn slides(&self) -> impl Iterator<Item = (&LabelRow, &BagId)> {
        self.labels.rows.iter().zip(&self.bags)
    }
}

/// What was found for each row, in the order of the rows.
///
/// # Errors
/// If there is nothing for some: it names these rows, and why.
pub(crate) fn usable<T>(
    labels: &LabelTable,
    found: impl IntoIterator<Item = Result<T, String>>,
) -> Result<Vec<T>> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for (row, found) in labels.rows.iter().zip(found) {
        match found {
            Ok(one) => all.push(one),
            Err(reason) => wrong.push(format!("{}: {reason}", row.place())),
        }
    }
    refuse(&wrong)?;
    Ok(all)
}

/// Two rows may call one slide by different names; `slides` has that of each row.
///
/// # Errors
/// If they do.
pub(crate) fn ensure_unrepeated<T: Eq + Hash>(labels: &LabelTable, slides: &[T]) -> Result<()> {
    let mut first = HashMap::new();
    let mut wrong = Vec::new();
    for (row, slide) in labels.rows.iter().zip(slides) {
        if let Some(before) = first.insert(slide, row) {
            wrong.push(format!(
                "{} is the slide of {} again: keep one of the two rows",
                row.place(),
                before.place()
            ));
        }
    }
    refuse(&wrong)
}

fn refuse(wrong: &[String]) -> Result<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = wrong.iter().take(MOST_NAMED).map(String::as_str).collect();
    let n_more = wrong.len() - shown.len();
    let more = match n_more {
        0 => String::new(),
        _ => format!("\n  and {n_more} more"),
    };
    bail!(
        "{} of the labels' rows cannot be used:\n  {}{more}",
        wrong.len(),
        shown.join("\n  ")
    )
}
