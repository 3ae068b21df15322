//! A fake Mastodon that refuses what the real one refuses.

use crate::common::{channel, http, mastodon, picture, png, published, request, say, text};
use masthead::domain::{Outcome, PlatformId, RemoteRef, Visibility};
use masthead::platforms::{CallError, Connection, Platform, connect};
use masthead::secrets::{Secret, SecretSource};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{body_string, header, header_exists, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "t0ken-of-the-account";

async fn fake() -> (MockServer, Arc<dyn Platform>) {
    let server = MockServer::start().await;
    let platform = mastodon(&server.uri(), TOKEN, Duration::from_secs(10));
    (server, platform)
}

async fn answers_to_a_post(template: ResponseTemplate) -> Outcome {
    let (server, platform) = fake().await;
    Mock::given(method("POST"))
        .and(path("/api/v1/statuses"))
        .respond_with(template)
        .expect(1)
        .mount(&server)
        .await;
    say(&*platform, "hello").await
}

fn error(status: u16, words: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": words}))
}

#[tokio::test]
async fn the_recorded_bytes_are_what_is_sent_with_key_token_and_name() {
    let (server, platform) = fake().await;
    let request = request(&*platform, &text("hé 👨‍👩‍👧"), None, &[]);
    Mock::given(method("POST"))
        .and(path("/api/v1/statuses"))
        .and(body_string(request.body.clone()))
        .and(header("content-type", "application/json"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .and(header("idempotency-key", request.key.as_str()))
        .and(header(
            "user-agent",
            concat!("masthead/", env!("CARGO_PKG_VERSION")),
        ))
        .respond_with(ResponseTemplate::new(200).set_body_json(
            json!({"id": "113", "url": null, "uri": "https://a.example/s/113", "visibility": "public"}),
        ))
        .expect(1)
        .mount(&server)
        .await;
    let published = published(platform.publish(&request).await);
    assert_eq!(published.id, "113");
    assert_eq!(
        published.permalink.as_deref(),
        Some("https://a.example/s/113")
    );
    assert_eq!(published.note, None);
}

#[tokio::test]
async fn a_changed_visibility_is_noted() {
    let (server, platform) = fake().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"id": "1", "visibility": "unlisted"})),
        )
        .mount(&server)
        .await;
    let mut part = text("hello");
    part.visibility = Some(Visibility::Public);
    let request = request(&*platform, &part, None, &[]);
    let note = published(platform.publish(&request).await).note.unwrap();
    assert!(
        note.contains("unlisted") && note.contains("public"),
        "{note}"
    );
}

#[tokio::test]
async fn every_refusal_says_what_to_do_next() {
    let outcome = answers_to_a_post(error(401, "The access token was revoked")).await;
    assert!(matches!(outcome, Outcome::Unauthorized { .. }));
    assert!(
        outcome.reason().contains("masthead login test"),
        "{outcome:?}"
    );
    let outcome =
        answers_to_a_post(error(403, "This action is outside the authorized scopes")).await;
    assert!(matches!(outcome, Outcome::Unauthorized { .. }));
    let outcome = answers_to_a_post(error(403, "Your account is suspended")).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }));
    let outcome = answers_to_a_post(error(404, "Record not found")).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }));
    let outcome = answers_to_a_post(error(422, "Validation failed: Text is too long")).await;
    assert!(matches!(&outcome, Outcome::Rejected { reason } if reason.contains("too long")));
}

#[tokio::test]
async fn an_answer_that_proves_nothing_is_unknown() {
    let html = "<html><title>Welcome</title></html>";
    for template in [
        error(500, "Something went wrong"),
        error(502, "Bad gateway"),
        error(503, "Remote data could not be fetched"),
        error(408, "Request timeout"),
        ResponseTemplate::new(200).set_body_raw(html, "text/html"),
        ResponseTemplate::new(200).set_body_json(json!({"error": "later"})),
        ResponseTemplate::new(200).set_body_json(json!({"id": ""})),
        ResponseTemplate::new(204),
    ] {
        let outcome = answers_to_a_post(template).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_unknown_and_never_followed() {
    for status in [301, 302, 307, 308] {
        let (server, platform) = fake().await;
        Mock::given(path("/api/v1/statuses"))
            .respond_with(
                ResponseTemplate::new(status)
                    .insert_header("location", format!("{}/elsewhere", server.uri())),
            )
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(path("/elsewhere"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "1"})))
            .expect(0)
            .mount(&server)
            .await;
        let outcome = say(&*platform, "hello").await;
        assert!(
            matches!(&outcome, Outcome::Unknown { reason } if reason.contains("set `url`")),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn too_many_requests_says_until_when() {
    let reset = crate::common::now() + chrono::TimeDelta::minutes(30);
    let template = error(429, "Too many requests")
        .insert_header("x-ratelimit-reset", reset.to_rfc3339().as_str());
    let Outcome::RateLimited { until, .. } = answers_to_a_post(template).await else {
        panic!("not rate limited");
    };
    assert!((until - reset).num_seconds().abs() <= 1);
}

#[tokio::test]
async fn a_token_that_the_server_echoes_is_not_shown() {
    for status in [401, 422, 500] {
        let outcome =
            answers_to_a_post(error(status, &format!("bad\u{1b}[31m token {TOKEN}"))).await;
        let shown = format!("{outcome:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
    let (_server, platform) = fake().await;
    assert!(!format!("{platform:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_post_whose_picture_is_still_processed_is_not_ready() {
    for (media_status, ready) in [(206, false), (200, true), (404, true)] {
        let (server, platform) = fake().await;
        Mock::given(path("/api/v1/statuses"))
            .respond_with(error(
                422,
                "Cannot attach files that have not finished processing",
            ))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(path("/api/v1/media/9"))
            .respond_with(ResponseTemplate::new(media_status).set_body_json(json!({"id": "9"})))
            .mount(&server)
            .await;
        let request = request(&*platform, &text("hello"), None, &["9".to_owned()]);
        let outcome = platform.publish(&request).await;
        if ready {
            assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
        } else {
            assert!(matches!(outcome, Outcome::NotReady { .. }), "{outcome:?}");
        }
    }
}

#[tokio::test]
async fn an_accepted_picture_is_waited_for() {
    let (server, platform) = fake().await;
    Mock::given(method("POST"))
        .and(path("/api/v2/media"))
        .and(header_exists("authorization"))
        .respond_with(ResponseTemplate::new(202).set_body_json(json!({"id": "9", "url": null})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/media/9"))
        .respond_with(ResponseTemplate::new(206).set_body_json(json!({"id": "9"})))
        .up_to_n_times(2)
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/media/9"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "9"})))
        .expect(1)
        .mount(&server)
        .await;
    let bytes = png(1);
    let uploaded = platform
        .upload(&picture(&bytes, "a cät"), bytes)
        .await
        .unwrap();
    assert_eq!(uploaded, "9");
    let form = server.received_requests().await.unwrap()[0].body.clone();
    let form = String::from_utf8_lossy(&form);
    assert!(form.contains("name=\"description\"") && form.contains("a cät"));
    assert!(form.contains("Content-Type: image/png"));
    assert!(
        !form.contains("picture.png"),
        "the author's file name is sent"
    );
}

#[tokio::test]
async fn a_picture_that_fails_or_takes_too_long_is_told_apart() {
    for (status, rejected) in [(422, true), (206, false)] {
        let (server, platform) = fake().await;
        Mock::given(path("/api/v2/media"))
            .respond_with(ResponseTemplate::new(202).set_body_json(json!({"id": "9"})))
            .mount(&server)
            .await;
        Mock::given(path("/api/v1/media/9"))
            .respond_with(ResponseTemplate::new(status).set_body_json(json!({"error": "broken"})))
            .mount(&server)
            .await;
        let bytes = png(2);
        let error = platform
            .upload(&picture(&bytes, ""), bytes)
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, CallError::Rejected(_)),
            rejected,
            "{error:?}"
        );
        assert_eq!(
            matches!(error, CallError::Unavailable(_)),
            !rejected,
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_old_server_gets_pictures_and_tells_limits_the_old_way() {
    let (server, platform) = fake().await;
    Mock::given(path("/api/v1/media"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "7"})))
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/instance"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"configuration": {"statuses": {"max_characters": 11000}}})),
        )
        .mount(&server)
        .await;
    let bytes = png(3);
    assert_eq!(
        platform
            .upload(&picture(&bytes, ""), bytes)
            .await
            .as_deref(),
        Ok("7")
    );
    assert_eq!(
        platform.limits().await.unwrap().max_characters,
        Some(11_000)
    );
}

#[tokio::test]
async fn a_post_is_found_by_its_address_with_and_without_the_right_to_search() {
    let found = |id: &str| {
        Ok(Some(RemoteRef {
            id: id.to_owned(),
            ..RemoteRef::default()
        }))
    };
    let (server, platform) = fake().await;
    let remote = "https://b.example/@bob/55";
    Mock::given(path("/api/v2/search"))
        .and(query_param("q", remote))
        .and(query_param("resolve", "true"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"statuses": [
                {"id": "1", "url": "https://c.example/mentions-it"},
                {"id": "900", "url": remote},
            ]})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/api/v2/search"))
        .respond_with(error(403, "This action is outside the authorized scopes"))
        .with_priority(9)
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/statuses/77"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "77"})))
        .mount(&server)
        .await;
    assert_eq!(platform.find_post(remote).await, found("900"));
    let own = format!("{}/@alice/77", server.uri());
    assert_eq!(platform.find_post(&own).await, found("77"));
    assert_eq!(platform.find_post("77").await, found("77"));
    assert_eq!(platform.find_post("78").await, Ok(None));
    assert_eq!(
        platform.find_post("https://d.example/@x/77").await,
        Ok(None)
    );
}

#[tokio::test]
async fn a_refused_token_is_mended_where_it_comes_from() {
    let server = MockServer::start().await;
    let connected = |secret_from: Option<SecretSource>| {
        let connection = Connection {
            url: Some(server.uri()),
            secret: Some(Secret::new("wrong")),
            secret_from,
            ..Connection::default()
        };
        connect(
            &channel(PlatformId::Mastodon),
            connection,
            &http(Duration::from_secs(10)),
        )
        .unwrap()
    };
    for status in [401, 422] {
        server.reset().await;
        Mock::given(path("/api/v1/accounts/verify_credentials"))
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        let told = |result: Result<_, CallError>| match result {
            Err(CallError::Unauthorized(reason)) => reason,
            other => panic!("{other:?}"),
        };
        let stored = told(connected(None).verify().await);
        assert!(stored.contains("run `masthead login test`"), "{stored}");
        let named = connected(Some(SecretSource::Env("TOKEN".to_owned())));
        let named = told(named.verify().await);
        assert!(
            named.contains("token_env `TOKEN`") && !named.contains("masthead login"),
            "{named}"
        );
    }
}

#[tokio::test]
async fn what_a_token_may_do_is_what_its_application_was_granted_where_the_server_tells() {
    let server = MockServer::start().await;
    let connection = Connection {
        url: Some(server.uri()),
        secret: Some(Secret::new("t")),
        ..Connection::default()
    };
    let platform = connect(
        &channel(PlatformId::Mastodon),
        connection,
        &http(Duration::from_secs(10)),
    )
    .unwrap();
    let told = |body: serde_json::Value| async {
        server.reset().await;
        Mock::given(path("/api/v1/apps/verify_credentials"))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&server)
            .await;
        platform.permission().await.unwrap().unwrap()
    };
    let scopes = ["read", "write:statuses"];
    let narrow = told(serde_json::json!({"name": "Masthead", "scopes": scopes})).await;
    assert_eq!(narrow.may, "scopes read write:statuses");
    assert_eq!(
        narrow.lacks[0].words,
        "it lacks `write:media`, without which pictures are refused: run `masthead login test`"
    );
    // Servers before 4.3.
    let silent = told(serde_json::json!({"name": "Masthead"})).await;
    assert!(silent.may.contains("does not say"), "{}", silent.may);
    assert!(silent.lacks.is_empty());
}
