use std::collections::BTreeMap;

use catalog::{Catalog, CatalogError, MeteredKind, MeteredWork};
use chrono::{DateTime, Utc};
use flow::{Sha256Digest, TaskVersion};
use serde::{Deserialize, Serialize};

use super::UsageSpan;

/// What usage is told apart by, beside the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageBy {
    /// Nothing else: one row a model.
    #[default]
    Task,
    Day,
    Month,
}

/// What one encoder or task did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsageWork {
    /// A day or a month of UTC; none by task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// `embedded`, `scored` or `shadow`.
    pub kind: &'static str,
    /// A task's id, or an encoder's name.
    pub name: String,
    /// Of a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<TaskVersion>,
    pub model: Sha256Digest,
    pub slides: u64,
    pub tiles: u64,
    /// In which the encoder computed, or slides were scored.
    pub seconds: f64,
}

/// What makes a row of its own.
type Key = (
    Option<String>,
    MeteredKind,
    String,
    Option<TaskVersion>,
    Sha256Digest,
);

/// What was computed in that time: the earliest first.
pub async fn usage(
    catalog: &Catalog,
    span: UsageSpan,
    by: UsageBy,
) -> Result<Vec<UsageWork>, CatalogError> {
    let [from, to] = span.instants();
    Ok(together(catalog.metered_work(from, to).await?, by))
}

fn together(by_day: Vec<MeteredWork>, by: UsageBy) -> Vec<UsageWork> {
    let mut rows: BTreeMap<Key, UsageWork> = BTreeMap::new();
    for work in by_day {
        let period = by.period(work.day);
        let key = (
            period.clone(),
            work.kind,
            work.name.clone(),
            work.version.clone(),
            work.model,
        );
        let row = rows.entry(key).or_insert(UsageWork {
            period,
            kind: work.kind.name(),
            name: work.name,
            version: work.version,
            model: work.model,
            slides: 0,
            tiles: 0,
            seconds: 0.0,
        });
        row.slides += work.n_slides;
        row.tiles += work.n_tiles;
        row.seconds += work.seconds;
    }
    rows.into_values().collect()
}

impl UsageBy {
    fn period(self, day: DateTime<Utc>) -> Option<String> {
        let form = match self {
            Self::Task => return None,
            Self::Day => "%Y-%m-%d",
            Self::Month => "%Y-%m",
        };
        Some(day.format(form).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_month_are_one_row_and_its_borders_hold() {
        let day =
            |text: &str| -> DateTime<Utc> { format!("{text}T00:00:00Z").parse().expect("a time") };
        let of = |text: &str, n_slides: u64| MeteredWork {
            kind: MeteredKind::Scored,
            name: "tumour".to_owned(),
            version: "1.0.0".parse().ok(),
            model: Sha256Digest::of(b"task"),
            day: day(text),
            n_slides,
            n_tiles: 10 * n_slides,
            seconds: 0.5,
        };
        let work = vec![
            of("2026-10-31", 1),
            of("2026-11-01", 2),
            of("2026-11-30", 3),
        ];
        let counted = |by| -> Vec<(Option<String>, u64, u64)> {
            let rows = together(work.clone(), by).into_iter();
            rows.map(|row| (row.period, row.slides, row.tiles))
                .collect()
        };
        assert_eq!(counted(UsageBy::Task), [(None, 6, 60)]);
        let month = |text: &str| Some(text.to_owned());
        assert_eq!(
            counted(UsageBy::Month),
            [(month("2026-10"), 1, 10), (month("2026-11"), 5, 50)]
        );
        assert_eq!(counted(UsageBy::Day).len(), 3);
    }
}
