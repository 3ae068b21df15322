//! A server that means harm: nothing it says crashes, hangs, fills the disk, or reaches a terminal as it is.

use crate::common::{mastodon, say};
use masthead::domain::text_safety::is_unsafe;
use masthead::domain::{Limits, Outcome};
use masthead::platforms::{CallError, Platform};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const NASTY: &str = "a\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{7f}\u{202e}b\u{2066}\u{2028}\r\n";

async fn saying(answer: ResponseTemplate) -> (MockServer, Arc<dyn Platform>) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let platform = mastodon(&server.uri(), "t0ken", Duration::from_secs(10));
    (server, platform)
}

fn text(status: u16, body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.into(), "application/json")
}

async fn limits(statuses: &str) -> Result<Limits, CallError> {
    let body = format!(r#"{{"configuration":{{"statuses":{statuses}}}}}"#);
    let (_server, platform) = saying(text(200, body)).await;
    platform.limits().await
}

#[tokio::test]
async fn nonsense_limits_are_none_and_never_zero_or_negative() {
    let zero = limits(r#"{"max_characters":0,"characters_reserved_per_url":0}"#).await;
    let zero = zero.unwrap();
    assert_eq!((zero.max_characters, zero.characters_per_url), (None, None));
    let huge = limits(r#"{"max_characters":1000000000000000000}"#)
        .await
        .unwrap();
    assert_eq!(huge.max_characters, Some(u32::MAX));
    for nonsense in [
        r#"{"max_characters":-500}"#.to_owned(),
        r#"{"max_characters":"many"}"#.to_owned(),
        format!(r#"{{"max_characters":{}}}"#, "9".repeat(1000)),
        format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        let refused = limits(&nonsense).await;
        assert!(
            matches!(refused, Err(CallError::Unavailable(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn types_of_pictures_are_few_and_plain() {
    let types: Vec<String> = (0..5000)
        .map(|number| format!("image/x-{number}"))
        .chain([
            format!("image/{NASTY}"),
            format!("image/{}", "x".repeat(9000)),
        ])
        .collect();
    let body = json!({"configuration": {"media_attachments": {"supported_mime_types": types}}});
    let (_server, platform) = saying(text(200, body.to_string())).await;
    let kept = platform.limits().await.unwrap().mime_types;
    assert_eq!(kept.len(), 100);
}

#[tokio::test]
async fn an_id_that_is_endless_or_steers_a_terminal_leaves_the_outcome_open() {
    for id in ["9".repeat(100_000), NASTY.to_owned()] {
        let body = json!({"id": id, "url": "https://a.example/1"}).to_string();
        let (_server, platform) = saying(text(200, body)).await;
        let outcome = say(&*platform, "hello").await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        assert!(platform.verify().await.is_err());
    }
}

#[tokio::test]
async fn words_of_a_server_are_short_and_plain_wherever_they_are_kept() {
    let nasty = NASTY.repeat(3000);
    for status in [400, 401, 403, 404, 422, 429, 500, 503] {
        let body = json!({"error": nasty, "error_description": nasty}).to_string();
        let (_server, platform) = saying(text(status, body)).await;
        let outcome = say(&*platform, "hello").await;
        let refused = platform.verify().await.unwrap_err().to_string();
        for words in [outcome.reason(), &refused] {
            assert!(words.chars().count() < 2000, "{}", words.len());
            assert!(!words.contains(is_unsafe), "{words:?}");
        }
    }
    let body = json!({"id": "1", "acct": nasty, "display_name": nasty}).to_string();
    let (_server, platform) = saying(text(200, body)).await;
    let handle = platform.verify().await.unwrap().handle;
    assert!(handle.chars().count() < 2000 && !handle.contains(is_unsafe));
    let body = json!({"id": "1", "url": format!("https://a.example/{nasty}"), "visibility": nasty});
    let (_server, platform) = saying(text(200, body.to_string())).await;
    let Outcome::Published(there) = say(&*platform, "hello").await else {
        panic!("not published");
    };
    assert_eq!(there.permalink, None);
    let note = there.note.unwrap();
    assert!(note.chars().count() < 2000 && !note.contains(is_unsafe));
}

#[tokio::test]
async fn compressed_answers_are_not_asked_for_and_not_unpacked() {
    // A gzip stream whose unpacking would be endless work; packed it is small.
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].repeat(1000);
    let answer = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_raw(packed, "application/json");
    let (server, platform) = saying(answer).await;
    let outcome = say(&*platform, "hello").await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let asked = server.received_requests().await.unwrap();
    assert!(
        asked
            .iter()
            .all(|one| !one.headers.contains_key("accept-encoding"))
    );
}

#[tokio::test]
async fn a_redirect_carries_no_token_and_no_text_to_another_host() {
    let other = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&other)
        .await;
    for status in [301, 302, 303, 307, 308] {
        let away = ResponseTemplate::new(status)
            .insert_header("location", format!("{}/api/v1/statuses", other.uri()));
        let (_server, platform) = saying(away).await;
        assert!(matches!(
            say(&*platform, "hello").await,
            Outcome::Unknown { .. }
        ));
        assert!(platform.verify().await.is_err());
        assert!(platform.limits().await.is_err());
        let there = masthead::domain::RemoteRef {
            id: "113".to_owned(),
            ..Default::default()
        };
        assert_eq!(platform.delete(&there).await.word(), "unknown");
    }
}

#[tokio::test]
async fn a_server_that_lists_the_same_posts_for_ever_is_asked_a_few_times_only() {
    let server = MockServer::start().await;
    Mock::given(path("/api/v1/accounts/verify_credentials"))
        .respond_with(text(200, r#"{"id":"1","acct":"a"}"#))
        .mount(&server)
        .await;
    let one = |number: usize| json!({"id": number.to_string(), "created_at": "2099-01-01T00:00:00Z", "content": "x"});
    // A new page each time, always of the future: it never reaches back.
    let page = move |request: &wiremock::Request| {
        let before = request.url.query_pairs().find(|(key, _)| key == "max_id");
        let from: usize = before.map_or(1_000_000, |(_, id)| id.parse().unwrap());
        let page: Vec<_> = (1..=40).map(|number| one(from - number)).collect();
        ResponseTemplate::new(200).set_body_json(page)
    };
    Mock::given(method("GET"))
        .and(path("/api/v1/accounts/1/statuses"))
        .respond_with(page)
        .mount(&server)
        .await;
    let platform = mastodon(&server.uri(), "t0ken", Duration::from_secs(10));
    let attempt = masthead::domain::Attempt {
        id: masthead::domain::AttemptId(1),
        delivery: masthead::domain::DeliveryId(1),
        part: 0,
        number: 1,
        request: crate::common::request(&*platform, &crate::common::text("hello"), None, &[]),
        started_at: crate::common::now(),
        deadline: crate::common::now(),
        outcome: None,
        ended_at: None,
    };
    let seen = platform
        .look_up(&masthead::platforms::Sought {
            attempt: &attempt,
            since: crate::common::now(),
            taken: &[],
        })
        .await;
    assert!(
        matches!(seen, masthead::platforms::LookUp::CannotTell { .. }),
        "{seen:?}"
    );
    let pages = server.received_requests().await.unwrap();
    let pages = pages
        .iter()
        .filter(|one| one.url.path().ends_with("/1/statuses"));
    assert!(pages.count() <= 10);
}
