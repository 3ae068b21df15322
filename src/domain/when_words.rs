//! What single time words mean: weekdays, months, numbers, clock times, steps, zones.
//!
//! Pure; words come in lower case. `when.rs` puts them together.

use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};

/// A unit of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" => Weekday::Mon,
        "tue" | "tues" | "tuesday" => Weekday::Tue,
        "wed" | "weds" | "wednesday" => Weekday::Wed,
        "thu" | "thur" | "thurs" | "thursday" => Weekday::Thu,
        "fri" | "friday" => Weekday::Fri,
        "sat" | "saturday" => Weekday::Sat,
        "sun" | "sunday" => Weekday::Sun,
        _ => return None,
    })
}

pub(super) fn month(word: &str) -> Option<u32> {
    let word = word.strip_suffix('.').unwrap_or(word);
    Some(match word {
        "jan" | "january" => 1,
        "feb" | "february" => 2,
        "mar" | "march" => 3,
        "apr" | "april" => 4,
        "may" => 5,
        "jun" | "june" => 6,
        "jul" | "july" => 7,
        "aug" | "august" => 8,
        "sep" | "sept" | "september" => 9,
        "oct" | "october" => 10,
        "nov" | "november" => 11,
        "dec" | "december" => 12,
        _ => return None,
    })
}

pub(super) fn span(word: &str) -> Option<Span> {
    Some(match word {
        "min" | "mins" | "minute" | "minutes" => Span::Minutes,
        "h" | "hr" | "hrs" | "hour" | "hours" => Span::Hours,
        "d" | "day" | "days" => Span::Days,
        "w" | "wk" | "wks" | "week" | "weeks" => Span::Weeks,
        "month" | "months" => Span::Months,
        _ => return None,
    })
}

/// Reads digits and nothing else.
pub(super) fn number(word: &str) -> Option<u32> {
    let digits = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| word.parse().ok()).flatten()
}

/// Reads `27`, `27.`, `27th`.
pub(super) fn day_of_month(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th", "."]
        .iter()
        .find_map(|end| word.strip_suffix(end));
    let digits = digits.unwrap_or(word);
    number(digits).filter(|day| digits.len() <= 2 && (1..=31).contains(day))
}

pub(super) fn year(word: &str) -> Option<i32> {
    let year = number(word).filter(|_| word.len() == 4)?;
    i32::try_from(year).ok().filter(|year| *year >= 1970)
}

/// Reads `2`, `2h`, `45min`, `a`, `one`: the number, and the unit where it is joined.
pub(super) fn step(word: &str) -> Option<(i64, Option<Span>)> {
    if let Some(count) = written_number(word) {
        return Some((count, None));
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let count = number(&word[..digits])?.into();
    match &word[digits..] {
        "" => Some((count, None)),
        unit => Some((count, Some(span(unit)?))),
    }
}

fn written_number(word: &str) -> Option<i64> {
    const NUMBERS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    NUMBERS
        .iter()
        .position(|it| *it == word)
        .and_then(|at| i64::try_from(at + 1).ok())
}

/// Splits the sign off `+10`, `-3`.
pub(super) fn signed(word: &str) -> Option<(i64, &str)> {
    let plus = word.strip_prefix('+').map(|rest| (1, rest));
    plus.or_else(|| word.strip_prefix('-').map(|rest| (-1, rest)))
}

/// Reads `2026-12-01`, `2026-12-01t09:00`, `1.12.2026`.
pub(super) fn date(word: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    if let Some((date, time)) = word.split_once('t') {
        let minutes = time
            .get(..5)
            .filter(|_| time.len() == 5 || time.get(5..6) == Some(":"));
        return Some((iso_date(date)?, Some(clock(minutes?)?)));
    }
    if let Some(date) = iso_date(word) {
        return Some((date, None));
    }
    let mut fields = word.split('.');
    let (day, month) = (number(fields.next()?)?, number(fields.next()?)?);
    let year = year(fields.next()?)?;
    (fields.next().is_none())
        .then(|| NaiveDate::from_ymd_opt(year, month, day))?
        .map(|date| (date, None))
}

fn iso_date(word: &str) -> Option<NaiveDate> {
    let mut fields = word.split('-');
    let year = year(fields.next()?)?;
    let (month, day) = (number(fields.next()?)?, number(fields.next()?)?);
    if fields.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Reads `9`, `9:30`, `14.00`, `12:00:07`, `2pm`, `2:15pm`, `14h`, `14h30`.
pub(super) fn clock(word: &str) -> Option<NaiveTime> {
    let (word, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(word), _) => (word, Some(0)),
        (_, Some(word)) => (word, Some(12)),
        _ => (word, None),
    };
    let (hours, minutes) = match word.split_once([':', '.', 'h']) {
        Some((hours, "")) if word.ends_with('h') => (hours, "00"),
        Some((hours, minutes)) => (hours, minutes),
        None => (word, "00"),
    };
    let (minutes, seconds) = minutes.split_once(':').unwrap_or((minutes, "00"));
    if hours.len() > 2 || minutes.len() != 2 || seconds.len() != 2 {
        return None;
    }
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    let hours = match half {
        Some(half) if (1..=12).contains(&hours) => hours % 12 + half,
        Some(_) => return None,
        None => hours,
    };
    NaiveTime::from_hms_opt(hours, minutes, seconds)
}

/// Finds a zone by its name or by its city: `europe/oslo`, `new york`, `utc`.
pub(super) fn zone(words: &str) -> Option<Tz> {
    if words.is_empty() {
        return None;
    }
    if matches!(words, "utc" | "gmt" | "z") {
        return Some(Tz::UTC);
    }
    let wanted = words.replace(' ', "_");
    let by_name = TZ_VARIANTS
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(&wanted));
    let by_city = || {
        TZ_VARIANTS.iter().find(|zone| {
            let name = zone.name();
            // `US/Eastern` and the like are old names, and `Etc/GMT-3` is no city.
            let is_city = !["US/", "Etc/", "Canada/", "Brazil/", "Mexico/", "Chile/"]
                .iter()
                .any(|area| name.starts_with(area));
            is_city
                && name
                    .rsplit_once('/')
                    .is_some_and(|(_, city)| city.eq_ignore_ascii_case(&wanted))
        })
    };
    by_name.or_else(by_city).copied()
}
