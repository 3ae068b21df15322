//! Values between Rust and SQLite: instants as integer milliseconds, words as text, structures as JSON.
//!
//! What cannot be read is an error that ends up as `Damaged`, never a default.

use chrono::{DateTime, Utc};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Error, Result, Row};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// An instant as it is stored.
pub(super) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub(super) fn instant(row: &Row<'_>, column: usize) -> Result<DateTime<Utc>> {
    let stored = row.get(column)?;
    DateTime::from_timestamp_millis(stored)
        .ok_or_else(|| unreadable(column, Type::Integer, format!("{stored} is no instant")))
}

pub(super) fn maybe_instant(row: &Row<'_>, column: usize) -> Result<Option<DateTime<Utc>>> {
    maybe(row, column, instant)
}

/// A word of ours: a state, a platform, a kind.
pub(super) fn word<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    let text = row.get_ref(column)?.as_str()?;
    text.parse()
        .map_err(|error: T::Err| unreadable(column, Type::Text, error.to_string()))
}

pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| unreadable(column, Type::Text, error.to_string()))
}

/// Reads a column that may be empty.
pub(super) fn maybe<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&Row<'_>, usize) -> Result<T>,
) -> Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => read(row, column).map(Some),
    }
}

pub(super) fn number<T: TryFrom<i64>>(row: &Row<'_>, column: usize) -> Result<T> {
    let stored: i64 = row.get(column)?;
    T::try_from(stored).map_err(|_| Error::IntegralValueOutOfRange(column, stored))
}

fn unreadable(column: usize, kind: Type, why: String) -> Error {
    Error::FromSqlConversionFailure(column, kind, why.into())
}

/// A count for SQL; what is larger than SQLite can count means "all".
pub(super) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
