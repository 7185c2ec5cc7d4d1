use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use flow::Sha256Digest;

use super::Columns;
use crate::files;
use crate::table_with_header::TableWithHeader;

/// The labels' CSV.
#[derive(Debug)]
pub(crate) struct LabelTable {
    /// Names of all columns.
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<LabelRow>,
    /// Of the file.
    pub(crate) digest: Sha256Digest,
    /// Columns beside slide, label, patient and site, as indices into the header.
    others: Vec<usize>,
}

/// One slide.
#[derive(Debug)]
pub(crate) struct LabelRow {
    /// In the file, from 1.
    pub(crate) line: u64,
    pub(crate) slide: String,
    pub(crate) label: String,
    /// `None` where the cell is empty or there is no such column.
    pub(crate) patient: Option<String>,
    pub(crate) site: Option<String>,
    /// Every cell, in the order of the header.
    cells: Vec<String>,
}

/// Where the columns stand.
struct Places {
    slide: usize,
    label: usize,
    patient: Option<usize>,
    site: Option<usize>,
}

impl LabelTable {
    /// # Errors
    /// If a column is missing, a row has no slide or no label, or there are no rows.
    pub(crate) fn read(path: &Path, columns: &Columns) -> Result<Self> {
        let bytes = files::read(path)?;
        Self::parse(&bytes, columns).with_context(|| format!("in the labels {}", path.display()))
    }

    fn parse(bytes: &[u8], columns: &Columns) -> Result<Self> {
        let TableWithHeader {
            header,
            rows: mut records,
        } = TableWithHeader::of(bytes)?;
        let places = Places::of(&header, columns)?;
        let mut rows = Vec::new();
        for record in records.records() {
            rows.push(places.row(&record.context("a row cannot be read")?)?);
        }
        ensure!(!rows.is_empty(), "there is no row below the header");
        Ok(Self {
            others: places.others(header.len()),
            header,
            rows,
            digest: Sha256Digest::of(bytes),
        })
    }

    /// Where a column stands among a row's cells.
    ///
    /// # Errors
    /// If there is none of this name; `wanted_as` says what it was to be.
    pub(crate) fn column(&self, name: &str, wanted_as: &str) -> Result<usize> {
        place(&self.header, name, wanted_as)
    }

    /// Names of the columns beside slide, label, patient and site.
    pub(crate) fn other_columns(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(|&at| self.header[at].as_str())
    }

    /// The cells of those columns.
    pub(crate) fn other_cells<'a>(
        &'a self,
        row: &'a LabelRow,
    ) -> impl Iterator<Item = &'a str> + 'a {
        self.others.iter().map(|&at| row.cells[at].as_str())
    }
}

impl LabelRow {
    /// For errors.
    pub(crate) fn place(&self) -> String {
        format!("line {} (slide `{}`)", self.line, self.slide)
    }

    /// `None` where the cell is empty.
    pub(crate) fn cell(&self, column: usize) -> Option<&str> {
        let cell = self.cells.get(column)?.as_str();
        (!cell.is_empty()).then_some(cell)
    }
}

impl Places {
    fn of(header: &[String], columns: &Columns) -> Result<Self> {
        let optional = |given: &Option<String>, usual: &str| match given {
            Some(name) => place(header, name, usual).map(Some),
            None => Ok(header.iter().position(|found| found == usual)),
        };
        Ok(Self {
            slide: place(header, &columns.slide, "slide")?,
            label: place(header, &columns.label, "label")?,
            patient: optional(&columns.patient, "patient")?,
            site: optional(&columns.site, "site")?,
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<LabelRow> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let optional = |at: Option<usize>| at.map(cell).filter(|text| !text.is_empty());
        let row = LabelRow {
            line,
            slide: cell(self.slide),
            label: cell(self.label),
            patient: optional(self.patient),
            site: optional(self.site),
            cells: record.iter().map(str::to_owned).collect(),
        };
        ensure!(!row.slide.is_empty(), "line {line} names no slide");
        ensure!(
            !row.label.is_empty(),
            "{} has no label: give one, or take the row out",
            row.place()
        );
        Ok(row)
    }

    fn others(&self, n_columns: usize) -> Vec<usize> {
        let named = [Some(self.slide), Some(self.label), self.patient, self.site];
        let is_other = |at: &usize| !named.contains(&Some(*at));
        (0..n_columns).filter(is_other).collect()
    }
}

fn place(header: &[String], name: &str, wanted_as: &str) -> Result<usize> {
    match header.iter().position(|found| found == name) {
        Some(at) => Ok(at),
        None => bail!(
            "there is no column `{name}` for the {wanted_as}; there are {}. \
             Name the right one in task.toml",
            header.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<LabelTable> {
        LabelTable::parse(text.as_bytes(), &Columns::default())
    }

    #[test]
    fn columns_are_found_by_name_and_others_kept() -> Result<()> {
        let table = table("\u{feff}age,slide,label,site\n61, a.svs ,tumour,north\n,b,benign,\n")?;
        let [first, second] = &table.rows[..] else {
            bail!("two rows: {table:?}");
        };
        assert_eq!((first.slide.as_str(), first.line), ("a.svs", 2));
        assert_eq!(first.site.as_deref(), Some("north"));
        assert_eq!((&second.site, &second.patient), (&None, &None));
        let age = table.column("age", "covariate")?;
        assert_eq!((first.cell(age), second.cell(age)), (Some("61"), None));
        assert_eq!(table.other_columns().collect::<Vec<_>>(), ["age"]);
        assert_eq!(table.other_cells(first).collect::<Vec<_>>(), ["61"]);
        Ok(())
    }

    #[test]
    fn what_is_missing_is_named_with_its_line() {
        let text = |text: &str| format!("{:#}", table(text).expect_err("refused"));
        assert!(text("name,label\na,b\n").contains("no column `slide`"));
        assert!(text("slide,label\na,b\nc,\n").contains("line 3 (slide `c`) has no label"));
        assert!(text("slide,label\n,b\n").contains("line 2 names no slide"));
        assert!(text("slide,label\n").contains("no row"));
        assert!(text("slide,label\na\n").contains("a row cannot be read"));
    }
}
