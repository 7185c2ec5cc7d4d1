//! Covariates of slides from a CSV.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use flow::{CovariateValues, SlideId};

use crate::files;
use crate::table_with_header::TableWithHeader;

/// One row a slide: the column `slide`, and what is known of it.
pub(crate) struct CovariateTable {
    /// By what stands in the column `slide`.
    rows: BTreeMap<String, CovariateValues>,
}

impl CovariateTable {
    /// # Errors
    /// If there is no column `slide`, a slide stands there twice, or a cell cannot be a covariate.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(path)?;
        Self::parse(&bytes).with_context(|| format!("in the covariates {}", path.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let TableWithHeader {
            header,
            rows: mut records,
        } = TableWithHeader::of(bytes)?;
        let Some(slide) = header.iter().position(|name| name == "slide") else {
            bail!("there is no column `slide`: it names each row's slide by its file or its id");
        };
        let mut rows = BTreeMap::new();
        for record in records.records() {
            let record = record.context("a row cannot be read")?;
            let name = record.get(slide).unwrap_or_default().to_owned();
            let values = values(&header, slide, &record)
                .with_context(|| format!("of the slide `{name}`"))?;
            let again = rows.insert(name.clone(), values).is_some();
            ensure!(!again, "the slide `{name}` stands there twice");
        }
        Ok(Self { rows })
    }

    /// By the slide's id, its file's name, or that without its ending.
    pub(crate) fn of(&self, slide: SlideId, file: &Path) -> Option<&CovariateValues> {
        let names = [file.file_name(), file.file_stem()];
        let names = names.into_iter().flatten();
        let by_name = names.map(|name| name.to_string_lossy().into_owned());
        [slide.to_string()]
            .into_iter()
            .chain(by_name)
            .find_map(|name| self.rows.get(&name))
    }
}

/// An empty cell is not known.
fn values(header: &[String], slide: usize, record: &csv::StringRecord) -> Result<CovariateValues> {
    let cells = header.iter().zip(record).enumerate();
    let known = cells.filter(|(at, (_, cell))| *at != slide && !cell.is_empty());
    let known = known.map(|(_, (name, cell))| (name.clone(), cell.to_owned()));
    Ok(CovariateValues::new(known.collect())?)
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;

    use super::*;

    #[test]
    fn a_slide_goes_by_file_or_id_and_an_empty_cell_is_not_known() -> Result<()> {
        let id = SlideId::from_digest(&Sha256Digest::of(b"slide"));
        let csv = format!("\u{feff}slide,age,sex\na.svs, 63 ,f\n{id},,m\n");
        let table = CovariateTable::parse(csv.as_bytes())?;
        let other = SlideId::from_digest(&Sha256Digest::of(b"other"));
        let a = table.of(other, Path::new("folder/a.svs")).context("a")?;
        assert_eq!((a.get("age"), a.get("sex")), (Some("63"), Some("f")));
        let by_id = table.of(id, Path::new("b.svs")).context("by id")?;
        assert_eq!((by_id.get("age"), by_id.get("sex")), (None, Some("m")));
        assert_eq!(table.of(other, Path::new("a.tiff")), None);
        Ok(())
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for csv in ["name,age\na,1\n", "slide,age\na,1\na,2\n", "slide,\na,1\n"] {
            assert!(CovariateTable::parse(csv.as_bytes()).is_err(), "{csv}");
        }
    }
}
