//! Times as people type them on the command line, and what is said when the clocks skip or repeat one.

use super::house::House;
use crate::config::nearest::nearest;
use crate::domain::text_safety::visible;
use crate::domain::when::{self, When};
use crate::domain::{ClockChange, LocalTime};
use anyhow::{anyhow, bail};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use std::io::Write;

/// Reads the name of a zone; nothing named is the default zone.
pub(super) fn zone(house: &House, name: Option<&str>) -> anyhow::Result<Tz> {
    let Some(name) = name else {
        return Ok(house.zone);
    };
    name.parse().map_err(|_| {
        let hint = nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()))
            .map_or_else(
                || "write a name such as Europe/Oslo".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
        anyhow!("--zone: there is no time zone `{}`; {hint}", visible(name))
    })
}

/// Reads a time with a clock time, or the shelf.
pub(super) fn plan(house: &House, flag: &str, words: &str, zone: Tz) -> anyhow::Result<When> {
    if let Some(time) = exact(words, zone) {
        return Ok(When::At {
            time,
            has_time: true,
        });
    }
    when::parse(words, house.local_now(zone))
        .map_err(|error| anyhow!("{flag}: {}", visible(&error.to_string())))
}

/// Reads a time that must have a clock time, says on stderr when the clocks change there, and returns the wall
/// time that it really is.
pub(super) fn moment(
    house: &House,
    flag: &str,
    words: &str,
    zone: Tz,
) -> anyhow::Result<LocalTime> {
    match plan(house, flag, words, zone)? {
        When::Shelf => bail!("{flag}: the shelf is no time"),
        When::At {
            has_time: false, ..
        } => bail!(
            "{flag}: `{}` has no clock time; write for example `{} 09:00`",
            visible(words),
            visible(words.trim())
        ),
        When::At { time, .. } => Ok(said(time)),
    }
}

/// Says on stderr when the clocks skip or repeat a time, and returns the wall time that it really is.
pub(super) fn said(time: LocalTime) -> LocalTime {
    let resolved = time.resolve();
    let (wanted, zone) = (time.local.format("%Y-%m-%d %H:%M"), time.zone);
    let note = match resolved.change {
        None => return time,
        Some(ClockChange::Skipped) => format!(
            "{wanted} does not exist in {zone}: the clocks skip it; it is {} then",
            resolved.local.format("%H:%M")
        ),
        Some(ClockChange::Repeated) => {
            format!("{wanted} exists twice in {zone}: the first is taken")
        }
    };
    let _ = writeln!(std::io::stderr(), "masthead: {note}");
    LocalTime::new(resolved.local, zone)
}

/// Refuses what lies in the past; the minute that runs is not the past.
pub(super) fn not_past(house: &House, flag: &str, time: LocalTime) -> anyhow::Result<()> {
    if time.instant() + chrono::Duration::minutes(1) <= house.now() {
        bail!("{flag}: {} is in the past", shown(time));
    }
    Ok(())
}

/// Writes a wall time with its zone.
pub(super) fn shown(time: LocalTime) -> String {
    format!("{} {}", time.local.format("%Y-%m-%d %H:%M"), time.zone)
}

/// Reads a time that is written out, to the second.
fn exact(words: &str, zone: Tz) -> Option<LocalTime> {
    let words = words.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(words) {
        return Some(LocalTime::from_instant(at.to_utc(), zone));
    }
    [
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(words, format).ok())
    .map(|local| LocalTime::new(local, zone))
}

/// Reads the start of a day or a moment, for a range.
pub(super) fn bound(house: &House, flag: &str, words: &str) -> anyhow::Result<LocalTime> {
    if let Ok(day) = NaiveDate::parse_from_str(words.trim(), "%Y-%m-%d") {
        return Ok(LocalTime::new(
            day.and_time(chrono::NaiveTime::MIN),
            house.zone,
        ));
    }
    match plan(house, flag, words, house.zone)? {
        When::Shelf => bail!("{flag}: the shelf is no time"),
        When::At { time, .. } => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_written_out_keeps_its_seconds() {
        let oslo = chrono_tz::Europe::Oslo;
        for words in [
            "2026-12-01 09:00:07",
            "2026-12-01T09:00:07",
            "2026-12-01T08:00:07Z",
            "2026-12-01T03:00:07-05:00",
        ] {
            let time = exact(words, oslo).unwrap();
            assert_eq!(time.local.to_string(), "2026-12-01 09:00:07", "{words}");
            assert_eq!(time.zone, oslo);
        }
        assert_eq!(exact("tomorrow 9", oslo), None);
    }
}
