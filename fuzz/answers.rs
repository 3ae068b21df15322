//! What holds for every answer of every server: what is kept of it is short and steers no terminal.

use chrono::{DateTime, Utc};
use masthead::domain::text_safety::is_unsafe;
use masthead::platforms::CallError;
use masthead::platforms::reading::{Kept, Sent};

/// Reads any bytes as an answer: the first chooses the status, the rest of the line is a header, what follows the body.
pub fn read_any(
    data: &[u8],
    read: impl Fn(Sent<'_>, DateTime<Utc>) -> Result<Kept, CallError>,
) {
    let Some((&knob, data)) = data.split_first() else {
        return;
    };
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
    let now: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
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
}
