//! Reads any text as the words of a time, before and after a change of the clocks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead::domain::LocalTime;
use masthead::domain::when::{When, parse};

fuzz_target!(|data: &[u8]| {
    let words = String::from_utf8_lossy(data);
    for now in [
        "2026-03-29T00:30:00Z",
        "2026-10-25T00:30:00Z",
        "2028-02-29T12:00:00Z",
    ] {
        let now: chrono::DateTime<chrono::Utc> = now.parse().unwrap();
        let now = LocalTime::from_instant(now, chrono_tz::Europe::Oslo);
        if let Ok(When::At { time, .. }) = parse(&words, now) {
            let _ = time.resolve();
        }
    }
});
