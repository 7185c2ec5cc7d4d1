//! How our values are written in columns and read back.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::CatalogError;
use crate::row::{Readable, Row};

pub(crate) fn to_json(
    column: &'static str,
    value: &impl Serialize,
) -> Result<String, CatalogError> {
    serde_json::to_string(value).map_err(|source| CatalogError::Encode { column, source })
}

pub(crate) fn from_json<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<T, CatalogError> {
    let text: String = get(row, column)?;
    serde_json::from_str(&text).map_err(CatalogError::damaged(column))
}

/// A column whose text is parsed.
pub(crate) fn parse<T>(row: &Row, column: &'static str) -> Result<T, CatalogError>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = get(row, column)?;
    text.parse().map_err(CatalogError::damaged(column))
}

pub(crate) fn get<T: Readable>(row: &Row, column: &'static str) -> Result<T, CatalogError> {
    row.get(column).map_err(CatalogError::damaged(column))
}

/// A count; SQL has no unsigned integers, and ours stay far below 2^63.
pub(crate) fn get_count(row: &Row, column: &'static str) -> Result<u64, CatalogError> {
    Ok(get::<i64>(row, column)?.cast_unsigned())
}

pub(crate) fn get_time(row: &Row, column: &'static str) -> Result<DateTime<Utc>, CatalogError> {
    time(column, get(row, column)?)
}

pub(crate) fn get_optional_time(
    row: &Row,
    column: &'static str,
) -> Result<Option<DateTime<Utc>>, CatalogError> {
    let milliseconds: Option<i64> = get(row, column)?;
    milliseconds.map(|ms| time(column, ms)).transpose()
}

fn time(column: &'static str, milliseconds: i64) -> Result<DateTime<Utc>, CatalogError> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or("the time is out of range")
        .map_err(CatalogError::damaged(column))
}
