//! Deleting and editing on fake servers: how each answer is told, and what is asked.

use crate::common::{bluesky, mastodon, text};
use masthead::domain::{Corrected, Part, RemoteRef};
use masthead::platforms::Platform;
use masthead::secrets::{BlueskySecret, Secret, SecretFile, StoredSecret};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const STATUS: &str = "/api/v1/statuses/113";
const RECORD: &str = "/xrpc/com.atproto.repo.getRecord";
const DELETE: &str = "/xrpc/com.atproto.repo.deleteRecord";
const DID: &str = "did:plc:alice";

fn there(id: &str) -> RemoteRef {
    RemoteRef {
        id: id.to_owned(),
        ..RemoteRef::default()
    }
}

async fn a_mastodon() -> (MockServer, Arc<dyn Platform>) {
    let server = MockServer::start().await;
    let platform = mastodon(&server.uri(), "t0ken", Duration::from_secs(10));
    (server, platform)
}

async fn on(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .expect(1)
        .mount(server)
        .await;
}

fn answer(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": "words of t0ken"}))
}

#[tokio::test]
async fn a_status_is_deleted_once_with_the_token() {
    let (server, platform) = a_mastodon().await;
    Mock::given(method("DELETE"))
        .and(path(STATUS))
        .and(header("authorization", "Bearer t0ken"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "113"})))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(platform.delete(&there("113")).await, Corrected::Done);
}

#[tokio::test]
async fn a_404_is_believed_only_when_the_status_is_not_there_either() {
    for (seen, word) in [
        (404, "gone"),
        (410, "gone"),
        (200, "refused"),
        (503, "unknown"),
    ] {
        let (server, platform) = a_mastodon().await;
        on(&server, "DELETE", STATUS, answer(404)).await;
        on(&server, "GET", STATUS, answer(seen)).await;
        let outcome = platform.delete(&there("113")).await;
        assert_eq!(outcome.word(), word, "{outcome:?}");
    }
}

#[tokio::test]
async fn every_other_answer_to_a_deletion_says_what_to_do() {
    for (status, word) in [
        (401, "unauthorized"),
        (403, "refused"),
        (422, "refused"),
        (429, "not_done"),
        (500, "unknown"),
        (302, "unknown"),
    ] {
        let (server, platform) = a_mastodon().await;
        on(&server, "DELETE", STATUS, answer(status)).await;
        let outcome = platform.delete(&there("113")).await;
        assert_eq!(outcome.word(), word, "{outcome:?}");
        assert!(!outcome.reason().contains("t0ken"), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_it_open_and_a_server_that_is_away_was_not_asked() {
    let server = MockServer::start().await;
    on(
        &server,
        "DELETE",
        STATUS,
        answer(200).set_delay(Duration::from_secs(30)),
    )
    .await;
    let platform = mastodon(&server.uri(), "t0ken", Duration::from_millis(300));
    assert_eq!(platform.delete(&there("113")).await.word(), "unknown");
    let nobody = mastodon("http://127.0.0.1:1", "t0ken", Duration::from_secs(5));
    assert_eq!(nobody.delete(&there("113")).await.word(), "not_done");
}

#[tokio::test]
async fn an_edit_sends_the_whole_part_since_what_is_left_out_would_be_cleared() {
    let (server, platform) = a_mastodon().await;
    let part = Part {
        warning: Some("plot".to_owned()),
        ..text("better words")
    };
    let body: Value = json!({
        "status": "better words", "media_ids": ["7"], "sensitive": true, "spoiler_text": "plot", "language": "en",
    });
    Mock::given(method("PUT"))
        .and(path(STATUS))
        .and(body_json(&body))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "113"})))
        .expect(1)
        .mount(&server)
        .await;
    let media = ["7".to_owned()];
    let outcome = platform.edit(&there("113"), &part, &media).await;
    assert_eq!(outcome, Corrected::Done);
    assert!(platform.can_edit());
}

#[tokio::test]
async fn an_edit_of_what_is_gone_or_answered_by_something_else_is_not_done() {
    let (server, platform) = a_mastodon().await;
    on(&server, "PUT", STATUS, answer(404)).await;
    on(&server, "GET", STATUS, answer(404)).await;
    let outcome = platform.edit(&there("113"), &text("a"), &[]).await;
    assert_eq!(outcome, Corrected::Gone);
    let (server, platform) = a_mastodon().await;
    let other = ResponseTemplate::new(200).set_body_json(json!({"id": "114"}));
    on(&server, "PUT", STATUS, other).await;
    let outcome = platform.edit(&there("113"), &text("a"), &[]).await;
    assert_eq!(outcome.word(), "unknown");
}

struct Sky {
    server: MockServer,
    platform: Arc<dyn Platform>,
    _folder: tempfile::TempDir,
}

async fn a_sky() -> Sky {
    let server = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let session = StoredSecret::Bluesky(BlueskySecret {
        did: DID.to_owned(),
        handle: "alice.test".to_owned(),
        pds: server.uri(),
        access: Secret::new("the-access"),
        refresh: Secret::new("the-refresh"),
        password: None,
    });
    let file = SecretFile::new(folder.path().join("secrets/test.json"));
    masthead::platforms::login::store(&file, &session).unwrap();
    let platform = bluesky(
        &server.uri(),
        "alice.test",
        None,
        folder.path(),
        Some(DID),
        Duration::from_secs(10),
    );
    Sky {
        server,
        platform,
        _folder: folder,
    }
}

fn post() -> RemoteRef {
    there(&format!("at://{DID}/app.bsky.feed.post/3lenax2wkm23e"))
}

fn record() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"uri": post().id, "cid": "bafy", "value": {}}))
}

#[tokio::test]
async fn a_record_is_deleted_by_its_key_and_one_that_is_gone_is_not_asked_for() {
    let sky = a_sky().await;
    on(&sky.server, "GET", RECORD, record()).await;
    Mock::given(method("POST"))
        .and(path(DELETE))
        .and(header("authorization", "Bearer the-access"))
        .and(body_json(json!({
            "repo": DID, "collection": "app.bsky.feed.post", "rkey": "3lenax2wkm23e",
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&sky.server)
        .await;
    assert_eq!(sky.platform.delete(&post()).await, Corrected::Done);
    let sky = a_sky().await;
    let gone = ResponseTemplate::new(400).set_body_json(json!({"error": "RecordNotFound"}));
    on(&sky.server, "GET", RECORD, gone).await;
    assert_eq!(sky.platform.delete(&post()).await, Corrected::Gone);
}

#[tokio::test]
async fn every_other_answer_of_a_pds_says_what_to_do_and_another_account_is_refused() {
    for (status, name, word) in [
        (401, "AuthMissing", "unauthorized"),
        (403, "Forbidden", "refused"),
        (429, "RateLimitExceeded", "not_done"),
        (500, "InternalServerError", "unknown"),
    ] {
        let sky = a_sky().await;
        on(&sky.server, "GET", RECORD, record()).await;
        let answer = ResponseTemplate::new(status).set_body_json(json!({"error": name}));
        on(&sky.server, "POST", DELETE, answer).await;
        let outcome = sky.platform.delete(&post()).await;
        assert_eq!(outcome.word(), word, "{outcome:?}");
    }
    let sky = a_sky().await;
    let other = there("at://did:plc:mallory/app.bsky.feed.post/3lenax2wkm23e");
    assert_eq!(sky.platform.delete(&other).await.word(), "unauthorized");
    assert_eq!(sky.platform.delete(&there("3len")).await.word(), "refused");
    let edit = sky.platform.edit(&post(), &text("a"), &[]).await;
    assert!(!sky.platform.can_edit());
    assert!(edit.reason().contains("cannot be edited"), "{edit:?}");
}
