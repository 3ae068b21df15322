//! A small real fediverse server (snac2): it ignores the idempotency key and closes connections without saying so.
//!
//! Started by `tests/servers/run.sh`; skipped without it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod common;
#[path = "platforms/pieces.rs"]
mod pieces;

use common::{
    channel, http, mastodon, picture, png, post_form, published, read_json, request, server, text,
    thread,
};
use masthead::domain::{Corrected, Outcome, PartMedia, PlatformId, RemoteRef, Visibility};
use masthead::platforms::login::MastodonLogin;
use masthead::platforms::{Connection, Files, Platform, connect};
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

impl Real {
    async fn status(&self, id: &str) -> serde_json::Value {
        read_json(
            &format!("{}/api/v1/statuses/{id}", self.url),
            Some(&self.token),
        )
        .await
    }
}

/// Logs in as a person does: address, password on the server's page, code.
async fn real() -> Option<Real> {
    let [url, user, password] = server([
        "MASTHEAD_SNAC_URL",
        "MASTHEAD_SNAC_USER",
        "MASTHEAD_SNAC_PASSWORD",
    ])?;
    let (login, address) =
        MastodonLogin::begin(&url, &channel(PlatformId::Mastodon), &http(PATIENCE))
            .await
            .unwrap();
    let query = url::Url::parse(&address).unwrap();
    let of = |name: &str| {
        query
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap()
    };
    let code = post_form(
        &format!("{url}/oauth/x-snac-login"),
        &[
            ("login", &user),
            ("passwd", &password),
            ("redir", &of("redirect_uri")),
            ("cid", &of("client_id")),
            ("state", &of("state")),
        ],
    )
    .await;
    let (secret, account) = login.finish(login.code(&code).unwrap()).await.unwrap();
    assert!(account.handle.starts_with("@alice@"), "{}", account.handle);
    let StoredSecret::Mastodon(secret) = secret else {
        panic!("another platform's secret");
    };
    let token = secret.token.expose().to_owned();
    Some(Real {
        platform: mastodon(&url, &token, PATIENCE),
        url,
        token,
    })
}

#[tokio::test]
async fn a_person_logs_in_out_of_band_and_limits_come_from_the_old_call() {
    let Some(real) = real().await else { return };
    let limits = real.platform.limits().await.unwrap();
    assert!(limits.max_characters.is_some(), "{limits:?}");
}

#[tokio::test]
async fn a_post_has_its_picture_alt_text_and_warning() {
    let Some(real) = real().await else { return };
    let bytes = png(1);
    let media = picture(&bytes, "a cät");
    let reference = real.platform.upload(&media, bytes).await.unwrap();
    let mut part = text("Hello from a test: ñ 👨‍👩‍👧");
    part.warning = Some("a warning".to_owned());
    part.visibility = Some(Visibility::Private);
    part.media.push(media);
    let request = request(&*real.platform, &part, None, &[reference]);
    let sent = published(real.platform.publish(&request).await);
    assert!(sent.permalink.unwrap().starts_with(&real.url));
    let status = real.status(&sent.id).await;
    assert_eq!(status["spoiler_text"], "a warning");
    assert_eq!(status["sensitive"], true);
    assert_eq!(status["visibility"], "private");
    assert_eq!(status["media_attachments"][0]["description"], "a cät");
    assert!(status["content"].as_str().unwrap().contains("ñ 👨‍👩‍👧"));
}

#[tokio::test]
async fn a_thread_of_three_survives_a_server_that_closes_after_each_answer() {
    let Some(real) = real().await else { return };
    let parts = ["one 1/3", "two 2/3", "three 3/3"].map(text);
    let sent = thread(&*real.platform, &parts).await;
    for pair in sent.windows(2) {
        let status = real.status(&pair[1].1.id).await;
        assert_eq!(status["in_reply_to_id"], pair[0].1.id.as_str());
    }
}

#[tokio::test]
async fn a_wider_visibility_than_asked_is_noted() {
    let Some(real) = real().await else { return };
    let mut part = text("not for the lists");
    part.visibility = Some(Visibility::Unlisted);
    let request = request(&*real.platform, &part, None, &[]);
    let sent = published(real.platform.publish(&request).await);
    assert!(sent.note.unwrap().contains("public"));
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized() {
    let Some(real) = real().await else { return };
    let stranger = mastodon(&real.url, "wrong-token", PATIENCE);
    let outcome = common::say(&*stranger, "hello").await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn our_own_post_is_found_by_its_id() {
    let Some(real) = real().await else { return };
    let sent = published(common::say(&*real.platform, "to be answered").await);
    let found = real.platform.find_post(&sent.id).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(sent.id.clone()));
    let address = sent.permalink.unwrap();
    let found = real.platform.find_post(&address).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(sent.id), "{address}");
}

#[tokio::test]
async fn a_server_without_the_call_is_not_believed_when_it_says_that_a_post_is_gone() {
    let Some(real) = real().await else { return };
    let sent = published(common::say(&*real.platform, "here to stay").await);
    let there = RemoteRef {
        id: sent.id.clone(),
        ..RemoteRef::default()
    };
    let deleted = real.platform.delete(&there).await;
    assert!(
        matches!(&deleted, Corrected::Refused { reason } if reason.contains("delete")),
        "{deleted:?}"
    );
    assert!(real.status(&sent.id).await["content"].is_string());
    let edited = real.platform.edit(&there, &text("said better"), &[]).await;
    assert_eq!(edited, Corrected::Done);
    let status = real.status(&sent.id).await;
    assert!(status["content"].as_str().unwrap().contains("said better"));
}

#[tokio::test]
async fn a_video_is_read_while_it_is_sent_and_posted_with_its_alt_text() {
    let Some(real) = real().await else { return };
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
