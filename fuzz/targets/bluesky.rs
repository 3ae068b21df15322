//! Reads any bytes as every answer of a Bluesky server: what is kept of it is short and steers no terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead::domain::text_safety::is_unsafe;
use masthead::platforms::bluesky_reading::read;
use masthead::platforms::reading::Sent;

fuzz_target!(|data: &[u8]| {
    let Some((&knob, data)) = data.split_first() else {
        return;
    };
    // The first line is a header, the rest the body.
    let (header, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (&data[..0], data),
    };
    let header = String::from_utf8_lossy(header);
    let status = [
        200, 200, 201, 202, 206, 302, 400, 401, 403, 404, 410, 422, 429, 500, 503, 599,
    ];
    let sent = Sent {
        status: status[usize::from(knob) % status.len()],
        header: &header,
        body,
    };
    let now: chrono::DateTime<chrono::Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
    let kept = read(sent, now).unwrap();
    for text in &kept.texts {
        assert!(text.len() <= 4096, "{} bytes are kept", text.len());
        assert!(!text.contains(is_unsafe), "{text:?}");
    }
    for limits in &kept.limits {
        assert_ne!(limits.max_characters, Some(0));
        assert!(limits.mime_types.len() <= 100);
    }
    let wait = kept.until.map(|until| until - now);
    assert!(wait.is_some_and(|wait| wait.num_seconds() >= 1 && wait.num_hours() <= 24));
});
