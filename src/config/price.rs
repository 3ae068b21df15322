//! `price = { … }` of a channel: what its platform takes, where that is not what is listed here any more.
//!
//! What is left out is as listed; only `as_of` says of which day the figures are.

use super::read::{Reader, Section, entries};
use crate::domain::{Money, Price};
use toml::de::DeValue;

const ALLOWED: &str = "such as { post = 0.015, with_link = 0.20, read = 0.001, as_of = \"2026-08-22\" }, in US dollars";

/// Reads a channel's prices; `listed` where the section has none.
pub(super) fn read(
    reader: &mut Reader<'_>,
    section: &Section<'_, '_>,
    listed: Option<Price>,
) -> Option<Price> {
    let mut price = listed?;
    let Some(entry) = section.entry("price") else {
        return Some(price);
    };
    let DeValue::Table(table) = entry.value else {
        section.refuse(reader, entry, ALLOWED);
        return Some(price);
    };
    for one in entries(table) {
        let known = match (one.key, one.value) {
            ("as_of", DeValue::String(day)) => day.parse().ok().map(|day| price.as_of = day),
            ("post", value) => amount(value).map(|money| price.post = money),
            ("with_link", value) => amount(value).map(|money| price.with_link = money),
            ("read", value) => amount(value).map(|money| price.read = money),
            _ => None,
        };
        if known.is_none() {
            section.refuse(reader, entry, ALLOWED);
            break;
        }
    }
    Some(price)
}

fn amount(value: &DeValue<'_>) -> Option<Money> {
    match value {
        DeValue::Float(number) => Money::read(number.as_str()),
        DeValue::Integer(number) if number.radix() == 10 => Money::read(number.as_str()),
        _ => None,
    }
}
