//! Servers that are asked whether a part is there whose answer was lost.

use crate::common::lost::look;
use crate::common::{bluesky, mastodon, now, request, text};
use chrono::{DateTime, Duration as Span, Utc};
use masthead::domain::{Channel, Outcome, PlatformId, RemoteRef};
use masthead::platforms::sandbox::Sandbox;
use masthead::platforms::{LookUp, Platform};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const PATIENCE: Duration = Duration::from_secs(5);

fn why(answer: LookUp) -> String {
    match answer {
        LookUp::CannotTell { reason } => reason,
        other => panic!("told: {other:?}"),
    }
}

fn status(id: &str, at: DateTime<Utc>, content: &str) -> Value {
    json!({
        "id": id, "created_at": at.to_rfc3339(), "content": content, "visibility": "public", "spoiler_text": "",
        "in_reply_to_id": null, "media_attachments": [], "uri": format!("https://a.example/s/{id}"), "url": null,
    })
}

/// A Mastodon account with these statuses on its first page, and others on the one after `max_id`.
async fn account(first: Value, then: Option<(&str, Value)>) -> (MockServer, Arc<dyn Platform>) {
    let server = MockServer::start().await;
    let platform = mastodon(&server.uri(), "t0ken", PATIENCE);
    Mock::given(method("GET"))
        .and(path("/api/v1/accounts/verify_credentials"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "7", "acct": "me"})))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/v1/accounts/7/statuses"))
        .and(query_param("limit", "40"))
        .and(query_param("exclude_reblogs", "true"))
        .and(query_param_is_missing("max_id"))
        .respond_with(ResponseTemplate::new(200).set_body_json(first))
        .mount(&server)
        .await;
    if let Some((after, page)) = then {
        Mock::given(method("GET"))
            .and(path("/api/v1/accounts/7/statuses"))
            .and(query_param("max_id", after))
            .respond_with(ResponseTemplate::new(200).set_body_json(page))
            .mount(&server)
            .await;
    }
    (server, platform)
}

fn nothing_after(last: &str) -> Option<(&str, Value)> {
    Some((last, json!([])))
}

#[tokio::test]
async fn a_status_is_recognised_through_hidden_spans_and_mentions() {
    let html = r#"<p>With <span class="h-card"><a href="https://b.example/@bob">@<span>bob</span></a></span>:<br /><a href="https://example.org/a?b=1&amp;c=2"><span class="invisible">https://</span><span class="ellipsis">example.org/a</span><span class="invisible">?b=1&amp;c=2</span></a></p>"#;
    let own = json!([status("9", now(), "<p>other</p>"), status("8", now(), html)]);
    let (_server, platform) = account(own, nothing_after("8")).await;
    let words = text("With @bob@b.example:\nhttps://example.org/a?b=1&c=2");
    let sent = request(&*platform, &words, None, &[]);
    let LookUp::Found(there) = look(&*platform, &sent, &[]).await else {
        panic!("not found");
    };
    assert_eq!(there.id, "8");
    assert_eq!(there.permalink.as_deref(), Some("https://a.example/s/8"));
    // The same words of another post of ours are not this one.
    assert_eq!(look(&*platform, &sent, &["8"]).await, LookUp::Absent);
}

#[tokio::test]
async fn a_500_on_a_repeated_key_leads_to_a_look_and_not_to_failed() {
    let own = json!([status("8", now(), "<p>Hello</p>")]);
    // Mastodon 4.6.0 to 4.6.5 (mastodon/mastodon issue 40399, 2026-09-07): the post is there, the answer says 500.
    let (server, platform) = account(own, nothing_after("8")).await;
    let sent = request(&*platform, &text("Hello"), None, &[]);
    Mock::given(method("POST"))
        .and(path("/api/v1/statuses"))
        .and(header("idempotency-key", sent.key.as_str()))
        .respond_with(ResponseTemplate::new(500).set_body_json(json!({"error": "500"})))
        .expect(1)
        .mount(&server)
        .await;
    let outcome = platform.publish(&sent).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let looked = look(&*platform, &sent, &[]).await;
    assert!(matches!(looked, LookUp::Found(there) if there.id == "8"));
}

#[tokio::test]
async fn a_warning_and_a_parent_have_to_be_the_same() {
    let mut own = status("8", now(), "<p>part two</p>");
    own["spoiler_text"] = json!("plot");
    own["in_reply_to_id"] = json!("5");
    let (_server, platform) = account(json!([own]), nothing_after("8")).await;
    let mut part = text("part two");
    part.warning = Some("plot".to_owned());
    let answered = |id: &str| RemoteRef {
        id: id.to_owned(),
        ..RemoteRef::default()
    };
    let sent = request(&*platform, &part, Some(&answered("5")), &[]);
    assert!(matches!(
        look(&*platform, &sent, &[]).await,
        LookUp::Found(_)
    ));
    let elsewhere = request(&*platform, &part, Some(&answered("6")), &[]);
    let reason = why(look(&*platform, &elsewhere, &[]).await);
    assert!(reason.contains("https://a.example/s/8"), "{reason}");
    part.warning = None;
    let unwarned = request(&*platform, &part, Some(&answered("5")), &[]);
    why(look(&*platform, &unwarned, &[]).await);
}

#[tokio::test]
async fn the_source_tells_where_the_shown_text_was_rewritten() {
    let own = json!([status("8", now(), "<i>so</i> it is<br>")]);
    let (server, platform) = account(own, nothing_after("8")).await;
    let sent = request(&*platform, &text("*so* it is"), None, &[]);
    let reason = why(look(&*platform, &sent, &[]).await);
    assert!(reason.starts_with("a post like it is there"), "{reason}");
    Mock::given(method("GET"))
        .and(path("/api/v1/statuses/8/source"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"id": "8", "text": "*so* it is ", "spoiler_text": ""})),
        )
        .mount(&server)
        .await;
    assert!(matches!(
        look(&*platform, &sent, &[]).await,
        LookUp::Found(_)
    ));
}

#[tokio::test]
async fn a_look_that_does_not_reach_back_far_enough_tells_nothing() {
    let page = |from: usize| -> Vec<Value> {
        (from..from + 40)
            .map(|n| status(&n.to_string(), now(), "<p>chatter</p>"))
            .collect()
    };
    // The server does not know what a second page is.
    let (_server, platform) = account(json!(page(100)), Some(("139", json!(page(100))))).await;
    let sent = request(&*platform, &text("hello there"), None, &[]);
    let reason = why(look(&*platform, &sent, &[]).await);
    assert!(reason.contains("older posts"), "{reason}");
    // It does, and the second page reaches past the attempt.
    let mut older = page(200);
    older[39]["created_at"] = json!((now() - Span::hours(1)).to_rfc3339());
    let (_server, platform) = account(json!(page(100)), Some(("139", json!(older)))).await;
    assert_eq!(look(&*platform, &sent, &[]).await, LookUp::Absent);
}

#[tokio::test]
async fn the_same_words_of_last_month_are_another_post() {
    let own = json!([status("8", now() - Span::days(30), "<p>hello there</p>")]);
    let (_server, platform) = account(own, None).await;
    let sent = request(&*platform, &text("hello there"), None, &[]);
    assert_eq!(look(&*platform, &sent, &[]).await, LookUp::Absent);
}

#[tokio::test]
async fn a_list_without_private_posts_does_not_tell_that_a_private_one_is_absent() {
    let own = json!([status("8", now(), "<p>chatter</p>")]);
    let (_server, platform) = account(own, nothing_after("8")).await;
    let mut part = text("for friends");
    part.visibility = Some(masthead::domain::Visibility::Private);
    let sent = request(&*platform, &part, None, &[]);
    let reason = why(look(&*platform, &sent, &[]).await);
    assert!(reason.contains("private"), "{reason}");
}

#[tokio::test]
async fn a_server_in_trouble_tells_nothing() {
    let server = MockServer::start().await;
    let platform = mastodon(&server.uri(), "t0ken", PATIENCE);
    let sent = request(&*platform, &text("hello"), None, &[]);
    for status in [200, 401, 429, 500, 503] {
        server.reset().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(status).set_body_string("<html>"))
            .mount(&server)
            .await;
        why(look(&*platform, &sent, &[]).await);
    }
    drop(server);
    why(look(&*platform, &sent, &[]).await);
}

#[tokio::test]
async fn a_sandbox_file_is_there_is_not_there_or_says_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let channel = Channel::new("outbox", PlatformId::Sandbox);
    let sandbox = Sandbox::new(&channel, folder.path().join("out"));
    let sent = request(&sandbox, &text("hello"), None, &[]);
    assert_eq!(look(&sandbox, &sent, &[]).await, LookUp::Absent);
    let published = crate::common::published(sandbox.publish(&sent).await);
    assert_eq!(look(&sandbox, &sent, &[]).await, LookUp::Found(published));
    let mut other = sent.clone();
    other.body.push('x');
    why(look(&sandbox, &other, &[]).await);
    other.key = "../x".to_owned();
    why(look(&sandbox, &other, &[]).await);
}

#[tokio::test]
async fn without_a_session_nobody_can_tell_about_a_record() {
    let server = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let did = "did:plc:abc";
    let platform = bluesky(
        &server.uri(),
        "a.test",
        Some("pass"),
        folder.path(),
        Some(did),
        PATIENCE,
    );
    let sent = request(&*platform, &text("hello"), None, &[]);
    why(look(&*platform, &sent, &[]).await);
}
