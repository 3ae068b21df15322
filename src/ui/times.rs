//! Days and times as words: `09:00`, `Tue 10 Nov`, `Thu12`, `New York`.
//!
//! Pure; relative to the present where that says more.

use crate::domain::calendar::week_of;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Tz;

/// Returns the clock time of an instant: `09:00`.
pub fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let time = at.with_timezone(&zone).time();
    let ([h, hh], [m, mm]) = (digits(time.hour()), digits(time.minute()));
    [h, hh, ':', m, mm].iter().collect()
}

/// Returns a day of the month in two columns between others: `[ 9]`. A month has dozens of them in each frame.
pub fn day_of_month(day: NaiveDate, before: char, after: char) -> String {
    let [tens, ones] = digits(day.day());
    let tens = if tens == '0' { ' ' } else { tens };
    [before, tens, ones, after].iter().collect()
}

fn digits(number: u32) -> [char; 2] {
    [number / 10, number].map(|digit| char::from_digit(digit % 10, 10).unwrap_or('0'))
}

/// Returns the day of an instant in a zone.
pub fn day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Returns a day: `Tue 10 Nov`, with the year when it is more than half a year away.
pub fn date(day: NaiveDate, today: NaiveDate) -> String {
    if (day - today).num_days().abs() > 182 {
        return day.format("%a %-d %b %Y").to_string();
    }
    day.format("%a %-d %b").to_string()
}

/// Returns a day and clock time: `Tue 10 Nov 09:00`.
pub fn date_and_clock(at: DateTime<Utc>, zone: Tz, today: NaiveDate) -> String {
    format!("{} {}", date(day(at, zone), today), clock(at, zone))
}

/// Returns an instant in at most five columns: `09:00` today, `Mon` in this week, `Thu12` near, `12Jan` far.
pub fn brief(at: DateTime<Utc>, zone: Tz, today: NaiveDate, week_start: Weekday) -> String {
    let on = day(at, zone);
    if on == today {
        clock(at, zone)
    } else if week_of(on, week_start) == week_of(today, week_start) && on < today {
        on.format("%a").to_string()
    } else if (on - today).num_days().abs() < 28 {
        on.format("%a%e").to_string()
    } else {
        on.format("%e%b").to_string()
    }
}

/// Returns what stands before a time in "what leaves next": nothing today, else the day: `Wed 09:00`, `24 Nov 09:00`.
pub fn upcoming(at: DateTime<Utc>, zone: Tz, today: NaiveDate) -> String {
    let on = day(at, zone);
    let clock = clock(at, zone);
    match (on - today).num_days() {
        0 => clock,
        1..=6 => format!("{} {clock}", on.format("%a")),
        _ => format!("{} {clock}", on.format("%-d %b")),
    }
}

/// Returns the city of a zone: `New York`.
pub fn city(zone: Tz) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// Returns whether a zone is UTC itself, so that its clock and UTC's are told once.
pub fn is_utc(zone: Tz) -> bool {
    city(zone) == "UTC"
}

/// Returns the week's number: `w46`.
pub fn week(day: NaiveDate) -> String {
    format!("w{}", day.iso_week().week())
}

/// Returns how long until an instant, while that is within five minutes: `leaves in 4 min`.
pub fn countdown(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let left = at - now;
    if left < chrono::Duration::zero() || left > chrono::Duration::minutes(5) {
        return None;
    }
    Some(match (left.num_seconds() + 59) / 60 {
        0 => "leaves now".to_owned(),
        minutes => format!("leaves in {minutes} min"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn oslo(month: u32, day: u32, hour: u32) -> DateTime<Utc> {
        let local = chrono_tz::Europe::Oslo.with_ymd_and_hms(2026, month, day, hour, 0, 0);
        local.unwrap().to_utc()
    }

    #[test]
    fn a_brief_time_fits_five_columns_near_and_far() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 10).unwrap();
        let shown = |at| brief(at, chrono_tz::Europe::Oslo, today, Weekday::Mon);
        let all = [
            oslo(11, 10, 7),
            oslo(11, 9, 9),
            oslo(11, 6, 9),
            oslo(11, 12, 15),
            oslo(8, 3, 9),
        ]
        .map(shown);
        assert_eq!(all, ["07:00", "Mon", "Fri 6", "Thu12", " 3Aug"]);
    }

    #[test]
    fn clocks_and_days_take_two_columns_for_a_number() {
        assert_eq!(clock(oslo(11, 9, 7), chrono_tz::Europe::Oslo), "07:00");
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(day_of_month(day(9), '[', ']'), "[ 9]");
        assert_eq!(day_of_month(day(30), ' ', ' '), " 30 ");
    }

    #[test]
    fn the_countdown_begins_five_minutes_before() {
        let at = oslo(11, 10, 9);
        let before = |seconds| countdown(at, at - chrono::Duration::seconds(seconds));
        assert_eq!(before(301), None);
        assert_eq!(before(240).as_deref(), Some("leaves in 4 min"));
        assert_eq!(before(1).as_deref(), Some("leaves in 1 min"));
        assert_eq!(before(0).as_deref(), Some("leaves now"));
        assert_eq!(before(-1), None);
    }

    #[test]
    fn a_zone_is_named_by_its_city() {
        assert_eq!(city(chrono_tz::America::New_York), "New York");
        assert_eq!(city(chrono_tz::UTC), "UTC");
        assert!(is_utc(chrono_tz::Etc::UTC));
        assert!(!is_utc(chrono_tz::Europe::London));
    }
}
