//! Time words and what they mean, as sentences. The present is a Wednesday in November.

use super::LocalTime;
use super::when::{When, parse};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// Wednesday, 11 November 2026, 10:30 in Oslo; ISO week 46.
fn now() -> LocalTime {
    let day = NaiveDate::from_ymd_opt(2026, 11, 11).expect("a date");
    LocalTime::new(
        day.and_hms_opt(10, 30, 20).expect("a time"),
        chrono_tz::Europe::Oslo,
    )
}

/// What words mean, as `2026-11-13` or `2026-11-13 14:00`.
fn read(words: &str) -> String {
    match parse(words, now()) {
        Ok(When::Shelf) => "shelf".to_owned(),
        Ok(When::At { time, has_time }) => {
            let format = if has_time {
                "%Y-%m-%d %H:%M"
            } else {
                "%Y-%m-%d"
            };
            let zone = if time.zone == now().zone {
                String::new()
            } else {
                format!(" {}", time.zone)
            };
            format!("{}{zone}", time.local.format(format))
        }
        Err(_) => "no time".to_owned(),
    }
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (words, wanted) in cases {
        assert_eq!(read(words), *wanted, "{words}");
    }
}

#[test]
fn the_shelf_has_no_date() {
    all(&[("shelf", "shelf"), (" None ", "shelf")]);
}

#[test]
fn a_weekday_is_the_coming_one_and_never_today() {
    all(&[
        ("fri", "2026-11-13"),
        ("Wed", "2026-11-18"),
        ("tuesday 9", "2026-11-17 09:00"),
        ("sun", "2026-11-15"),
        ("this mon", "2026-11-09"),
    ]);
}

#[test]
fn next_takes_the_weekday_of_the_next_iso_week() {
    all(&[
        ("next wed", "2026-11-18"),
        ("next fri 14:00", "2026-11-20 14:00"),
        ("next mon", "2026-11-16"),
        ("next sun", "2026-11-22"),
        ("fri next week", "2026-11-20"),
        ("next week", "2026-11-16"),
        ("next month", "2026-12-01"),
    ]);
}

#[test]
fn today_tomorrow_and_steps_count_from_today() {
    all(&[
        ("today", "2026-11-11"),
        ("today 9", "2026-11-11 09:00"),
        ("tomorrow 14:00", "2026-11-12 14:00"),
        ("9:30 tomorrow", "2026-11-12 09:30"),
        ("+10", "2026-11-21"),
        ("-3", "2026-11-08"),
        ("+2w", "2026-11-25"),
        ("in 3 days", "2026-11-14"),
        ("in 3 weeks 9:00", "2026-12-02 09:00"),
        ("in a month", "2026-12-11"),
        ("fri in 2 weeks", "2026-11-27"),
    ]);
}

#[test]
fn hours_and_minutes_count_from_the_minute() {
    all(&[
        ("in 2 h", "2026-11-11 12:30"),
        ("in 45 min", "2026-11-11 11:15"),
        ("in 90min", "2026-11-11 12:00"),
        ("in 2h", "2026-11-11 12:30"),
        ("+2h", "2026-11-11 12:30"),
        ("in an hour", "2026-11-11 11:30"),
        ("in one minute", "2026-11-11 10:31"),
        ("in 14 hours", "2026-11-12 00:30"),
        ("now", "2026-11-11 10:30"),
    ]);
}

#[test]
fn hours_step_over_a_clock_change() {
    let night = NaiveDate::from_ymd_opt(2027, 3, 28).and_then(|day| day.and_hms_opt(1, 0, 0));
    let night = LocalTime::new(night.expect("a time"), now().zone);
    let Ok(When::At { time, .. }) = parse("in 2 h", night) else {
        panic!("a time")
    };
    assert_eq!(time.local.to_string(), "2027-03-28 04:00:00");
}

#[test]
fn a_date_without_a_year_is_the_next_one() {
    all(&[
        ("27 nov", "2026-11-27"),
        ("nov 27", "2026-11-27"),
        ("27th november 8", "2026-11-27 08:00"),
        ("nov 10", "2027-11-10"),
        ("11 nov", "2026-11-11"),
        ("29 feb", "2028-02-29"),
        ("28 mar 2027 2:30", "2027-03-28 02:30"),
        ("nov 30 9:00", "2026-11-30 09:00"),
        ("nov 30 9", "2026-11-30 09:00"),
        ("dec", "2026-12-01"),
        ("27", "2026-11-27"),
        ("9th", "2026-12-09"),
        ("31 14:00", "2026-12-31 14:00"),
    ]);
}

#[test]
fn full_dates_are_read_in_the_usual_forms() {
    all(&[
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01 09:00", "2026-12-01 09:00"),
        ("2026-12-01T09:00", "2026-12-01 09:00"),
        ("2026-12-01T09:00:30", "2026-12-01 09:00"),
        ("2026-12-01T09:00:00Z", "2026-12-01 10:00"),
        ("2026-12-01 09:00:00+00:00", "2026-12-01 10:00"),
        ("1.12.2026 9.30", "2026-12-01 09:30"),
    ]);
}

#[test]
fn a_week_is_its_monday() {
    all(&[
        ("week 50", "2026-12-07"),
        ("w50 9:00", "2026-12-07 09:00"),
        ("week 46", "2026-11-09"),
        ("week 45", "2027-11-08"),
        ("week 53", "2026-12-28"),
        ("week 1 2028", "2028-01-03"),
        ("week 54", "no time"),
    ]);
}

#[test]
fn a_clock_time_alone_is_today_if_still_to_come_else_tomorrow() {
    all(&[
        ("14:00", "2026-11-11 14:00"),
        ("14.00", "2026-11-11 14:00"),
        ("2pm", "2026-11-11 14:00"),
        ("2:15 pm", "2026-11-11 14:15"),
        ("12 am", "2026-11-12 00:00"),
        ("noon", "2026-11-11 12:00"),
        ("9", "2026-11-12 09:00"),
        ("9:30", "2026-11-12 09:30"),
        ("at 9", "2026-11-12 09:00"),
    ]);
}

#[test]
fn a_zone_or_its_city_may_end_it() {
    all(&[
        ("fri 9 new york", "2026-11-13 09:00 America/New_York"),
        (
            "fri 9 America/New_York",
            "2026-11-13 09:00 America/New_York",
        ),
        (
            "27 nov 9:00 Europe/London",
            "2026-11-27 09:00 Europe/London",
        ),
        ("tomorrow 9 utc", "2026-11-12 09:00 UTC"),
        ("9 tokyo", "2026-11-12 09:00 Asia/Tokyo"),
        ("fri 9 oslo", "2026-11-13 09:00"),
        ("new york", "no time"),
    ]);
    let Ok(When::At { time, .. }) = parse("in 2 h tokyo", now()) else {
        panic!("a time")
    };
    assert_eq!(time, LocalTime::new(time.local, Tz::Asia__Tokyo));
    assert_eq!(time.local.to_string(), "2026-11-11 20:30:00");
}

#[test]
fn what_means_nothing_is_refused_with_examples() {
    for words in [
        "",
        "soon",
        "fri mon",
        "25:00",
        "9:99",
        "31 feb",
        "feb 30 2027",
        "in 2",
        "in h",
        "9 10",
        "+",
        "14:00 15:00",
        "in 99999999999 days",
        "2026-13-01",
        "fri in 2 h",
        "next",
        "week",
        "13pm",
        "０9:00",
        "\u{301}",
        "é9",
    ] {
        assert_eq!(read(words), "no time", "{words}");
    }
    let error = parse(" soon ", now()).expect_err("no time");
    assert!(
        error
            .to_string()
            .starts_with("`soon` is no time; try: tomorrow 14:00")
    );
}
