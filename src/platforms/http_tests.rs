//! How long a `429` asks to wait, how foreign words are shown, and how far our clock is off.

use super::http::*;
use crate::secrets::Secret;
use chrono::{DateTime, Utc};

fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn wait(headers: &[(&'static str, &str)]) -> i64 {
    (Answer::fake(429, headers, "").wait_until(now()) - now()).num_seconds()
}

#[test]
fn a_wait_is_read_in_every_form_that_servers_use() {
    assert_eq!(wait(&[("retry-after", "90")]), 90);
    assert_eq!(
        wait(&[("retry-after", "Sun, 22 Nov 2026 03:02:00 GMT")]),
        120
    );
    assert_eq!(
        wait(&[("x-ratelimit-reset", "2026-11-22T03:05:00.000000Z")]),
        300
    );
    assert_eq!(wait(&[("retry-after", "12.305")]), 13);
    let epoch = (now().timestamp() + 42).to_string();
    assert_eq!(wait(&[("ratelimit-reset", &epoch)]), 42);
}

#[test]
fn a_wait_that_is_missing_past_or_absurd_is_made_sensible() {
    assert_eq!(wait(&[]), 300);
    assert_eq!(wait(&[("retry-after", "soon")]), 300);
    assert_eq!(wait(&[("x-ratelimit-reset", "2020-01-01T00:00:00Z")]), 1);
    assert_eq!(
        wait(&[("x-ratelimit-reset", "2999-01-01T00:00:00Z")]),
        86_400
    );
    assert_eq!(wait(&[("retry-after", "999999999")]), 86_400);
}

#[test]
fn foreign_words_are_cleaned_shortened_and_lose_our_secrets() {
    assert_eq!(quote("a\u{1b}[2Jb"), "a<1b>[2Jb");
    assert_eq!(quote(&"é".repeat(500)).chars().count(), 201);
    assert_eq!(
        quote_without(
            "bad token s3cret!",
            &[&Secret::new("s3cret"), &Secret::new("")]
        ),
        "bad token …!"
    );
}

#[test]
fn our_clock_is_off_by_what_lies_outside_the_time_of_the_call() {
    let ahead = |server: &str, took: i64| {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(reqwest::header::DATE, server.parse().unwrap());
        let began = now() - chrono::TimeDelta::seconds(took);
        clock_ahead(&headers, began, now()).map(|ahead| ahead.num_seconds())
    };
    let server = "Sun, 22 Nov 2026 02:59:58 GMT";
    assert_eq!(ahead(server, 2), Some(0));
    assert_eq!(ahead("Sun, 22 Nov 2026 02:58:00 GMT", 1), Some(118));
    assert_eq!(ahead("Sun, 22 Nov 2026 03:06:00 GMT", 1), Some(-360));
    assert_eq!(ahead(server, 11), None);
    assert_eq!(ahead("yesterday", 1), None);
    assert_eq!(
        clock_ahead(&reqwest::header::HeaderMap::new(), now(), now()),
        None
    );
}
