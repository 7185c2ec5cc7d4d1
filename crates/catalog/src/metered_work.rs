use chrono::{DateTime, Utc};
use flow::{Sha256Digest, SlideId, TaskVersion};

use crate::columns::{get, get_count, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What was done with a slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeteredKind {
    /// By an encoder.
    Embedded,
    /// By a task whose results are shown.
    Scored,
    /// By a task in shadow.
    Shadow,
}

/// One piece of work, to be counted if it was not before.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMeteredWork {
    pub slide: SlideId,
    pub kind: MeteredKind,
    /// A task's id, or an encoder's name.
    pub name: String,
    /// Of a task.
    pub version: Option<TaskVersion>,
    /// The hash of the encoder, or of the task.
    pub model: Sha256Digest,
    pub n_tiles: u64,
    /// In which the encoder computed, or the task was scored; `None` where that was done before and is
    /// not known any more.
    pub seconds: Option<f64>,
    pub done_at: DateTime<Utc>,
}

/// What one encoder or task did in one time.
#[derive(Clone, Debug, PartialEq)]
pub struct MeteredWork {
    pub kind: MeteredKind,
    pub name: String,
    pub version: Option<TaskVersion>,
    pub model: Sha256Digest,
    /// The first millisecond of its day, in UTC.
    pub day: DateTime<Utc>,
    pub n_slides: u64,
    pub n_tiles: u64,
    pub seconds: f64,
}

impl Catalog {
    /// Counts a piece of work: once for each slide, kind and model. Whether it had not been counted
    /// before.
    pub async fn meter(&self, work: &NewMeteredWork) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "meter work",
            "INSERT INTO metered_work
             (slide, kind, name, version, model, n_tiles, seconds, done_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (slide, kind, model) DO NOTHING",
        )
        .bind(work.slide.to_string())
        .bind(work.kind.name())
        .bind(work.name.as_str())
        .bind(work.version.as_ref().map(ToString::to_string))
        .bind(work.model.to_string())
        .bind(work.n_tiles.cast_signed())
        .bind(work.seconds)
        .bind(work.done_at.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// What was done from `from` on and before `to`, of each model by day of UTC: the earliest day first.
    pub async fn metered_work(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<MeteredWork>, CatalogError> {
        let statement = Statement::to(
            "read metered work",
            // A time is never below 0, so whole division rounds down.
            "SELECT kind, name, version, model, done_at_ms / 86400000 * 86400000 AS day_ms,
                 count(*) AS n_slides,
                 CAST(coalesce(sum(n_tiles), 0) AS BIGINT) AS n_tiles,
                 CAST(coalesce(sum(seconds), 0.0) AS DOUBLE PRECISION) AS seconds
             FROM metered_work WHERE done_at_ms >= $1 AND done_at_ms < $2
             GROUP BY kind, name, version, model, day_ms
             ORDER BY day_ms, kind, name, version, model",
        )
        .bind(from.timestamp_millis())
        .bind(to.timestamp_millis());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_work).collect()
    }
}

impl MeteredKind {
    const ALL: [Self; 3] = [Self::Embedded, Self::Scored, Self::Shadow];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Scored => "scored",
            Self::Shadow => "shadow",
        }
    }
}

fn read_work(row: &Row) -> Result<MeteredWork, CatalogError> {
    let kind: String = get(row, "kind")?;
    let kind = MeteredKind::ALL
        .into_iter()
        .find(|known| known.name() == kind);
    let version: Option<String> = get(row, "version")?;
    let version = version.map(|version| version.parse()).transpose();
    Ok(MeteredWork {
        kind: kind
            .ok_or("there is no such kind of work")
            .map_err(CatalogError::damaged("kind"))?,
        name: get(row, "name")?,
        version: version.map_err(CatalogError::damaged("version"))?,
        model: parse(row, "model")?,
        day: get_time(row, "day_ms")?,
        n_slides: get_count(row, "n_slides")?,
        n_tiles: get_count(row, "n_tiles")?,
        seconds: get(row, "seconds")?,
    })
}
