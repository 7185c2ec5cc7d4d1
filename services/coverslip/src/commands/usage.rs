//! `coverslip usage`: what was computed, as a table.

use anyhow::Result;
use cases::{UsageBy, UsageSpan, UsageWork, to_csv, usage};
use chrono::{NaiveDate, Utc};
use clap::{Args, ValueEnum};

use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Usage {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// The first day that counts, in UTC; the first of the month if not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// The first day that counts no more; tomorrow if not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
    #[arg(long, value_enum, default_value_t = By::Task)]
    by: By,
    /// Print CSV, as `GET /api/v1/usage?format=csv` answers it.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print one JSON object: {"work": [...]}.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Task,
    Day,
    Month,
}

impl Usage {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let span = UsageSpan::new(self.from, self.to, Utc::now().date_naive())?;
        let by = match self.by {
            By::Task => UsageBy::Task,
            By::Day => UsageBy::Day,
            By::Month => UsageBy::Month,
        };
        let work = usage(&self.catalog.open().await?, span, by).await?;
        if self.json {
            print::json(&serde_json::json!({ "work": work }))?;
        } else if self.csv {
            print::line(to_csv(&work).trim_end())?;
        } else {
            let (from, to) = (span.from(), span.to());
            print::line(&format!("from {from} on and before {to}, in UTC"))?;
            let rows = work.iter().map(row);
            let rows: Vec<_> = std::iter::once(header(by)).chain(rows).collect();
            table(&rows).iter().try_for_each(|line| print::line(line))?;
        }
        Ok(Outcome::Done)
    }
}

/// Columns of text, then of numbers.
type Row = (Vec<String>, Vec<String>);

fn header(by: UsageBy) -> Row {
    let period = match by {
        UsageBy::Task => None,
        UsageBy::Day => Some("day"),
        UsageBy::Month => Some("month"),
    };
    let texts = period
        .into_iter()
        .chain(["kind", "name", "version", "model"]);
    let numbers = ["slides", "tiles", "seconds"].map(str::to_owned);
    (texts.map(str::to_owned).collect(), numbers.to_vec())
}

fn row(work: &UsageWork) -> Row {
    let version = work.version.as_ref().map(ToString::to_string);
    let texts = work.period.iter().cloned().chain([
        work.kind.to_owned(),
        work.name.clone(),
        version.unwrap_or_default(),
        work.model.short(),
    ]);
    let numbers = vec![
        work.slides.to_string(),
        work.tiles.to_string(),
        format!("{:.1}", work.seconds),
    ];
    (texts.collect(), numbers)
}

/// Each column as wide as its widest cell: text from the left, numbers to the right.
fn table(rows: &[Row]) -> Vec<String> {
    let cells = |row: &Row| -> Vec<String> { row.0.iter().chain(&row.1).cloned().collect() };
    let all: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let n_texts = rows.first().map_or(0, |row| row.0.len());
    let n_columns = all.first().map_or(0, Vec::len);
    let widest = |at: usize| all.iter().map(|row| row[at].chars().count()).max();
    let widths: Vec<usize> = (0..n_columns).map(|at| widest(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).enumerate();
        let padded = padded.map(|(at, (cell, width))| match at < n_texts {
            true => format!("{cell:<width$}"),
            false => format!("{cell:>width$}"),
        });
        padded.collect::<Vec<_>>().join("  ")
    };
    all.iter().map(line).collect()
}
