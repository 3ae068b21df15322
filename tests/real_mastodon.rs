//! Mastodon's API against a stateful server (PyPI `mastodon_mock`), which honours the idempotency key.
//!
//! Started by `tests/servers/run.sh`; skipped without it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod common;
#[path = "platforms/pieces.rs"]
mod pieces;

use common::proxy::losing_proxy;
use common::{
    channel, http, mastodon, picture, png, post_form, published, read_json, request, server, text,
    thread,
};
use masthead::domain::{Corrected, Outcome, PartMedia, PlatformId, RemoteRef, Visibility};
use masthead::platforms::login::MastodonLogin;
use masthead::platforms::{CallError, Connection, Files, Platform, connect};
use masthead::secrets::{Secret, StoredSecret};
use pieces::{InMemory, Log};
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

struct Real {
    url: String,
    token: String,
    platform: Arc<dyn Platform>,
}

fn real() -> Option<Real> {
    let [url, token] = server(["MASTHEAD_MASTODON_URL", "MASTHEAD_MASTODON_TOKEN"])?;
    Some(Real {
        platform: mastodon(&url, &token, PATIENCE),
        url,
        token,
    })
}

impl Real {
    async fn status(&self, id: &str) -> serde_json::Value {
        read_json(
            &format!("{}/api/v1/statuses/{id}", self.url),
            Some(&self.token),
        )
        .await
    }

    async fn how_often(&self, words: &str) -> usize {
        let account = self.platform.verify().await.unwrap().id;
        let url = format!("{}/api/v1/accounts/{account}/statuses?limit=40", self.url);
        let statuses = read_json(&url, Some(&self.token)).await;
        statuses
            .as_array()
            .unwrap()
            .iter()
            .filter(|status| status["content"].as_str().unwrap().contains(words))
            .count()
    }
}

#[tokio::test]
async fn account_and_limits_are_the_servers() {
    let Some(real) = real() else { return };
    let account = real.platform.verify().await.unwrap();
    assert!(account.handle.starts_with("@testuser@localhost:"));
    let limits = real.platform.limits().await.unwrap();
    assert_eq!(limits.max_characters, Some(500));
    assert_eq!(limits.characters_per_url, Some(23));
    assert_eq!(limits.max_media, Some(4));
}

#[tokio::test]
async fn a_post_has_its_pictures_alt_texts_warning_language_and_visibility() {
    let Some(real) = real() else { return };
    let mut part = text("Real post with pictures: ñ 👨‍👩‍👧");
    part.warning = Some("a warning".to_owned());
    part.language = Some("nb".to_owned());
    part.visibility = Some(Visibility::Unlisted);
    let mut refs = Vec::new();
    for (seed, alt) in [(1, "first, a cät"), (2, "")] {
        let bytes = png(seed);
        let media = picture(&bytes, alt);
        refs.push(real.platform.upload(&media, bytes).await.unwrap());
        part.media.push(media);
    }
    let request = request(&*real.platform, &part, None, &refs);
    let sent = published(real.platform.publish(&request).await);
    assert_eq!(sent.note, None);
    let status = real.status(&sent.id).await;
    assert_eq!(status["spoiler_text"], "a warning");
    assert_eq!(status["sensitive"], true);
    assert_eq!(status["visibility"], "unlisted");
    assert_eq!(status["language"], "nb");
    let media = status["media_attachments"].as_array().unwrap();
    assert_eq!(media.len(), 2);
    assert_eq!(media[0]["id"], refs[0].as_str());
    assert_eq!(media[0]["description"], "first, a cät");
    assert!(status["content"].as_str().unwrap().contains("ñ 👨‍👩‍👧"));
    assert_eq!(status["url"].as_str(), sent.permalink.as_deref());
}

#[tokio::test]
async fn each_part_of_a_thread_answers_the_one_before() {
    let Some(real) = real() else { return };
    let parts = ["one 1/3", "two 2/3", "three 3/3"].map(text);
    let sent = thread(&*real.platform, &parts).await;
    for pair in sent.windows(2) {
        let status = real.status(&pair[1].1.id).await;
        assert_eq!(status["in_reply_to_id"], pair[0].1.id.as_str());
    }
}

#[tokio::test]
async fn a_lost_answer_and_the_same_request_again_make_one_post() {
    let Some(real) = real() else { return };
    let proxy = losing_proxy(&real.url, "POST /api/v1/statuses", 1).await;
    let platform = mastodon(&proxy, &real.token, PATIENCE);
    let words = "answer lost on the way";
    let request = request(&*platform, &text(words), None, &[]);
    let lost = platform.publish(&request).await;
    assert!(matches!(lost, Outcome::Unknown { .. }), "{lost:?}");
    assert_eq!(real.how_often(words).await, 1);
    let again = published(platform.publish(&request).await);
    assert!(real.status(&again.id).await["content"].is_string());
    assert_eq!(real.how_often(words).await, 1);
}

#[tokio::test]
async fn a_wrong_token_and_an_empty_post_are_refused_as_what_they_are() {
    let Some(real) = real() else { return };
    let stranger = mastodon(&real.url, "wrong-token", PATIENCE);
    assert!(matches!(
        stranger.verify().await,
        Err(CallError::Unauthorized(_))
    ));
    let outcome = common::say(&*stranger, "hello").await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    let outcome = common::say(&*real.platform, "").await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_post_is_edited_and_deleted_and_gone_after_that() {
    let Some(real) = real() else { return };
    let sent = published(common::say(&*real.platform, "to be taken back").await);
    let there = RemoteRef {
        id: sent.id.clone(),
        ..RemoteRef::default()
    };
    let edited = real.platform.edit(&there, &text("said better"), &[]).await;
    assert_eq!(edited, Corrected::Done);
    let status = real.status(&sent.id).await;
    assert!(status["content"].as_str().unwrap().contains("said better"));
    assert_eq!(real.platform.delete(&there).await, Corrected::Done);
    assert_eq!(real.how_often("said better").await, 0);
    assert_eq!(real.platform.delete(&there).await, Corrected::Gone);
    let late = real.platform.edit(&there, &text("too late"), &[]).await;
    assert_eq!(late, Corrected::Gone);
}

#[tokio::test]
async fn our_own_post_is_found_by_its_address() {
    let Some(real) = real() else { return };
    let sent = published(common::say(&*real.platform, "to be answered").await);
    for address in [
        sent.permalink.clone().unwrap(),
        format!("{}/@testuser/{}", real.url, sent.id),
        sent.id.clone(),
    ] {
        let found = real.platform.find_post(&address).await.unwrap();
        assert_eq!(
            found.map(|found| found.id),
            Some(sent.id.clone()),
            "{address}"
        );
    }
    let nothing = format!("{}/@testuser/1", real.url);
    assert_eq!(real.platform.find_post(&nothing).await, Ok(None));
}

#[tokio::test]
async fn a_person_logs_in_with_a_code() {
    let Some(real) = real() else { return };
    let [user] = server(["MASTHEAD_MASTODON_USER"]).unwrap();
    let (login, address) =
        MastodonLogin::begin(&real.url, &channel(PlatformId::Mastodon), &http(PATIENCE))
            .await
            .unwrap();
    let query = url::Url::parse(&address).unwrap();
    let mut fields: Vec<(String, String)> = query.query_pairs().into_owned().collect();
    fields.push(("username".to_owned(), user));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let page = post_form(&format!("{}/oauth/authorize", real.url), &fields).await;
    let code = page
        .split("code: ")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap();
    let (secret, account) = login.finish(login.code(code).unwrap()).await.unwrap();
    assert!(account.handle.starts_with("@testuser@"));
    let StoredSecret::Mastodon(secret) = secret else {
        panic!("another platform's secret");
    };
    let platform = mastodon(&real.url, secret.token.expose(), PATIENCE);
    published(common::say(&*platform, "posted with the new token").await);
}

#[tokio::test]
async fn a_video_is_read_while_it_is_sent_and_posted_with_its_alt_text() {
    let Some(real) = real() else { return };
    let bytes = common::film::film(3_000_000);
    let connection = Connection {
        url: Some(real.url.clone()),
        secret: Some(Secret::new(&*real.token)),
        files: Files::new(InMemory(bytes.clone())),
        ..Connection::default()
    };
    let test = channel(PlatformId::Mastodon);
    let platform = connect(&test, connection, &http(PATIENCE)).unwrap();
    let media = PartMedia {
        name: "talk.mp4".to_owned(),
        mime: "video/mp4".to_owned(),
        pixels: Some((640, 360)),
        duration_ms: Some(12_000),
        ..picture(&bytes, "a tälk")
    };
    let mut part = text("watch this");
    part.media.push(media.clone());
    let log = Log::default();
    let uploaded = platform.upload_in_pieces(&part, &media, &log).await;
    let reference = uploaded.unwrap();
    let kept = log.kept.lock().unwrap().clone().unwrap();
    assert_eq!(kept.sent, media.size);
    let request = request(&*platform, &part, None, std::slice::from_ref(&reference));
    let sent = published(platform.publish(&request).await);
    let there = &real.status(&sent.id).await["media_attachments"][0];
    assert_eq!(there["type"], "video", "{there}");
    assert_eq!(there["description"], "a tälk", "{there}");
    // Another run does not send it again.
    let again = platform.upload_in_pieces(&part, &media, &log).await;
    assert_eq!(again, Ok(reference));
}
