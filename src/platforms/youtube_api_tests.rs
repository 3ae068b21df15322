//! What YouTube says, as it is read.

use super::*;

fn refused(status: u16, reason: &str) -> Answer {
    let body = json!({"error": {"code": status, "message": "No.", "errors": [{"reason": reason}]}});
    Answer::fake(status, &[], &body.to_string())
}

#[test]
fn what_a_refusal_means_is_told_by_its_reason() {
    assert_eq!(judge(&refused(400, "uploadLimitExceeded")), Verdict::Wait);
    assert_eq!(judge(&refused(403, "quotaExceeded")), Verdict::Wait);
    assert_eq!(
        judge(&refused(403, "insufficientPermissions")),
        Verdict::LogIn
    );
    assert_eq!(judge(&refused(400, "invalidTitle")), Verdict::Refused);
    assert_eq!(judge(&refused(503, "backendError")), Verdict::Unclear);
    let now: DateTime<Utc> = "2026-11-22T15:00:00Z".parse().unwrap();
    let until = wait_until(&refused(403, "quotaExceeded"), now);
    assert_eq!(until.to_rfc3339(), "2026-11-23T08:00:00+00:00");
}

#[test]
fn how_far_an_upload_is_is_read_from_the_status_and_the_range() {
    let at = |headers: &[(&'static str, &str)]| standing(&Answer::fake(308, headers, ""));
    assert!(matches!(
        at(&[("range", "bytes=0-262143")]),
        Standing::At(262_144)
    ));
    assert!(matches!(at(&[]), Standing::At(0)));
    assert!(matches!(
        standing(&Answer::fake(404, &[], "")),
        Standing::Gone
    ));
    let done = Answer::fake(
        201,
        &[],
        r#"{"id":"dQw4w9WgXcQ","status":{"privacyStatus":"private"}}"#,
    );
    let Standing::Finished(video) = standing(&done) else {
        panic!("not finished");
    };
    assert!(video.narrower("public").unwrap().contains("audited"));
    assert_eq!(video.narrower("private"), None);
    assert!(matches!(
        standing(&Answer::fake(200, &[], "<html>")),
        Standing::Other
    ));
}

#[test]
fn a_video_is_found_by_every_form_of_its_address() {
    for address in [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3",
        "https://youtu.be/dQw4w9WgXcQ",
        "https://m.youtube.com/shorts/dQw4w9WgXcQ",
        "dQw4w9WgXcQ",
    ] {
        assert_eq!(
            video_id(address).as_deref(),
            Some("dQw4w9WgXcQ"),
            "{address}"
        );
    }
    assert_eq!(video_id("https://example.org/watch?v=dQw4w9WgXcQ"), None);
    assert_eq!(video_id("../videos"), None);
}
