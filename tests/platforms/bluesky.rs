//! A fake PDS whose sessions expire: what is refreshed, how often, and what is stored when.

mod sessions;

use crate::common::{bluesky, picture, png, published, request, say, text};
use masthead::domain::Outcome;
use masthead::platforms::{CallError, Platform};
use masthead::secrets::{BlueskySecret, Secret, SecretFile, StoredSecret};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use wiremock::matchers::{body_string, header, method, path, query_param};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const CREATE: &str = "/xrpc/com.atproto.server.createSession";
const REFRESH: &str = "/xrpc/com.atproto.server.refreshSession";
const PUT: &str = "/xrpc/com.atproto.repo.putRecord";
const DID: &str = "did:plc:alice";

struct Fake {
    server: MockServer,
    folder: TempDir,
}

impl Fake {
    async fn new() -> Self {
        Self {
            server: MockServer::start().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self) -> SecretFile {
        SecretFile::new(self.folder.path().join("secrets/test.json"))
    }

    fn store(&self, tokens: &str, password: Option<&str>) {
        let session = session(&self.server.uri(), tokens, password);
        masthead::platforms::login::store(&self.file(), &session).unwrap();
    }

    fn stored(&self) -> BlueskySecret {
        match self.file().read().unwrap() {
            Some(StoredSecret::Bluesky(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    fn connect(&self, password: Option<&str>) -> Arc<dyn Platform> {
        self.connect_within(password, Duration::from_secs(10))
    }

    fn connect_within(&self, password: Option<&str>, total: Duration) -> Arc<dyn Platform> {
        let uri = self.server.uri();
        bluesky(
            &uri,
            "alice.test",
            password,
            self.folder.path(),
            Some(DID),
            total,
        )
    }

    async fn on(&self, at: &str, answer: ResponseTemplate, times: u64) {
        Mock::given(path(at))
            .respond_with(answer)
            .expect(times)
            .mount(&self.server)
            .await;
    }

    /// Answers `at` with `answer` to the bearer of `token` only.
    async fn to(&self, token: &str, at: &str, answer: impl Respond + 'static, times: u64) {
        Mock::given(path(at))
            .and(header("authorization", format!("Bearer {token}").as_str()))
            .respond_with(answer)
            .expect(times)
            .mount(&self.server)
            .await;
    }

    async fn put_answers(answer: ResponseTemplate) -> Outcome {
        let fake = Self::new().await;
        fake.store("old", None);
        fake.on(PUT, answer, 1).await;
        say(&*fake.connect(None), "hello").await
    }
}

fn session(pds: &str, tokens: &str, password: Option<&str>) -> StoredSecret {
    StoredSecret::Bluesky(BlueskySecret {
        did: DID.to_owned(),
        handle: "alice.test".to_owned(),
        pds: pds.to_owned(),
        access: Secret::new(format!("{tokens}-access")),
        refresh: Secret::new(format!("{tokens}-refresh")),
        password: password.map(Secret::new),
    })
}

fn begun(tokens: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "accessJwt": format!("{tokens}-access"), "refreshJwt": format!("{tokens}-refresh"),
        "did": DID, "handle": "alice.test",
    }))
}

fn written() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(
        json!({"uri": format!("at://{DID}/app.bsky.feed.post/3lenax2wkm23e"), "cid": "bafy"}),
    )
}

fn error(status: u16, name: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": name, "message": "because"}))
}

#[tokio::test]
async fn trouble_before_the_create_call_means_not_sent() {
    let fake = Fake::new().await;
    fake.on(CREATE, error(503, "UpstreamFailure"), 1).await;
    fake.on(PUT, written(), 0).await;
    let outcome = say(&*fake.connect(Some("app-pass")), "hello").await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");

    let fake = Fake::new().await;
    fake.store("old", None);
    fake.on(PUT, error(400, "ExpiredToken"), 1).await;
    fake.on(REFRESH, error(502, "UpstreamFailure"), 1).await;
    let outcome = say(&*fake.connect(None), "hello").await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn each_refusal_of_a_record_is_told_as_what_it_is() {
    for (status, name) in [
        (400, "InvalidRequest"),
        (400, "BlobNotFound"),
        (413, "PayloadTooLarge"),
    ] {
        let outcome = Fake::put_answers(error(status, name)).await;
        assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    }
    let outcome = Fake::put_answers(error(401, "AccountTakedown")).await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    for answer in [
        error(400, "InvalidSwap"),
        error(500, "InternalServerError"),
        error(502, "UpstreamFailure"),
        ResponseTemplate::new(200).set_body_string("ok"),
        ResponseTemplate::new(200).set_body_json(json!({"uri": "at://x"})),
        ResponseTemplate::new(307).insert_header("location", "/elsewhere"),
    ] {
        let outcome = Fake::put_answers(answer).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
    let reset = crate::common::now().timestamp() + 600;
    let answer = error(429, "RateLimitExceeded")
        .insert_header("ratelimit-reset", reset.to_string().as_str());
    let outcome = Fake::put_answers(answer).await;
    assert!(matches!(outcome, Outcome::RateLimited { until, .. } if until.timestamp() == reset));
}

#[tokio::test]
async fn a_lost_reply_is_unknown_and_sent_once() {
    let fake = Fake::new().await;
    fake.store("old", None);
    fake.on(PUT, written().set_delay(Duration::from_secs(5)), 1)
        .await;
    let platform = fake.connect_within(None, Duration::from_millis(300));
    let outcome = say(&*platform, "hello").await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn no_secret_is_shown_though_the_server_echoes_them() {
    let fake = Fake::new().await;
    fake.store("old", Some("stored-pass"));
    let echo = json!({"error": "InvalidRequest", "message": "old-access old-refresh stored-pass conf-pass"});
    fake.on(PUT, ResponseTemplate::new(400).set_body_json(echo), 1)
        .await;
    let platform = fake.connect(Some("conf-pass"));
    let outcome = say(&*platform, "hello").await;
    let shown = format!("{outcome:?} {platform:?}");
    for value in ["old-access", "old-refresh", "stored-pass", "conf-pass"] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[tokio::test]
async fn a_picture_that_is_too_large_is_refused_before_anything_is_sent() {
    let fake = Fake::new().await;
    let platform = fake.connect(Some("app-pass"));
    let error = platform
        .upload(&picture(&png(1), ""), vec![0; 1_000_001])
        .await
        .unwrap_err();
    assert!(matches!(&error, CallError::Rejected(reason) if reason.contains("1,000,000")));
    assert!(fake.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_uploaded_pictures_reference_is_pasted_unchanged() {
    let fake = Fake::new().await;
    fake.store("old", None);
    let blob =
        json!({"$type": "blob", "ref": {"$link": "bafk"}, "mimeType": "image/png", "size": 9});
    Mock::given(method("POST"))
        .and(path("/xrpc/com.atproto.repo.uploadBlob"))
        .and(header("content-type", "image/png"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"blob": blob})))
        .expect(1)
        .mount(&fake.server)
        .await;
    let platform = fake.connect(None);
    let bytes = png(1);
    let media = picture(&bytes, "a cat");
    let reference = platform.upload(&media, bytes).await.unwrap();
    let mut part = text("hello");
    part.media.push(media);
    let request = request(&*platform, &part, None, &[reference]);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["record"]["embed"]["images"][0]["image"], blob);
    assert_eq!(body["repo"], DID);
}

#[tokio::test]
async fn handles_are_resolved_in_order_and_an_unknown_one_is_none() {
    let fake = Fake::new().await;
    fake.store("old", None);
    let at = "/xrpc/com.atproto.identity.resolveHandle";
    Mock::given(path(at))
        .and(query_param("handle", "bob.test"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"did": "did:plc:bob"})))
        .mount(&fake.server)
        .await;
    Mock::given(path(at))
        .respond_with(error(400, "InvalidRequest"))
        .with_priority(9)
        .mount(&fake.server)
        .await;
    let handles = ["nobody.test", "bob.test"].map(str::to_owned);
    assert_eq!(
        fake.connect(None).resolve_handles(&handles).await,
        Ok(vec![None, Some("did:plc:bob".to_owned())])
    );
}

#[tokio::test]
async fn an_answered_post_brings_the_beginning_of_its_conversation() {
    let fake = Fake::new().await;
    fake.store("old", None);
    let record = |rkey: &str, value: Value| {
        Mock::given(path("/xrpc/com.atproto.repo.getRecord"))
            .and(query_param("repo", "bob.test"))
            .and(query_param("rkey", rkey))
            .respond_with(ResponseTemplate::new(200).set_body_json(
                json!({"uri": format!("at://did:plc:bob/x/{rkey}"), "cid": "bafy", "value": value}),
            ))
    };
    let root = json!({"root": {"uri": "at://root", "cid": "cid-r"}, "parent": {"uri": "at://p", "cid": "p"}});
    record("1", json!({"text": "a"})).mount(&fake.server).await;
    record("2", json!({"text": "b", "reply": root}))
        .mount(&fake.server)
        .await;
    Mock::given(path("/xrpc/com.atproto.repo.getRecord"))
        .respond_with(error(400, "RecordNotFound"))
        .with_priority(9)
        .mount(&fake.server)
        .await;
    let platform = fake.connect(None);
    let find = async |key: &str| {
        platform
            .find_post(&format!("https://bsky.app/profile/bob.test/post/{key}"))
            .await
            .unwrap()
    };
    let alone = find("1").await.unwrap();
    assert_eq!(alone.id, "at://did:plc:bob/x/1");
    assert_eq!(alone.root, None);
    assert_eq!(
        find("2").await.unwrap().root,
        Some(("at://root".to_owned(), "cid-r".to_owned()))
    );
    assert_eq!(find("3").await, None);
}

#[tokio::test]
async fn a_server_tells_a_limit_for_pictures_that_is_never_above_our_own() {
    for (told, expected) in [
        (json!({}), None),
        (json!({"blobUploadLimit": 500_000}), Some(500_000)),
        (json!({"blobUploadLimit": 52_428_800}), Some(1_000_000)),
    ] {
        let fake = Fake::new().await;
        fake.store("old", None);
        let answer = ResponseTemplate::new(200).set_body_json(told);
        fake.on("/xrpc/com.atproto.server.describeServer", answer, 1)
            .await;
        let limits = fake.connect(None).limits().await.unwrap();
        assert_eq!(limits.max_image_bytes, expected);
        assert_eq!(limits.max_characters, None);
    }
}

#[test]
fn the_longest_a_post_may_take_is_within_reason() {
    let folder = Path::new("unused");
    let platform = bluesky(
        "https://pds.example",
        "alice.test",
        Some("app-pass"),
        folder,
        None,
        Duration::from_secs(30),
    );
    assert!(platform.publish_timeout() >= Duration::from_secs(60));
    assert!(platform.publish_timeout() <= Duration::from_secs(180));
}
