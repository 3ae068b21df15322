//! Bluesky against a real PDS (npm `@atproto/pds`): what is in its repository afterwards.
//!
//! Started by `tests/servers/run.sh`; skipped without it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "fakes/bluesky_video.rs"]
mod bluesky_video_server;
mod common;
#[path = "fakes/wire.rs"]
mod fake_wire;
#[path = "platforms/pieces.rs"]
mod pieces;
#[path = "real_bluesky/video.rs"]
mod video;

use common::jwt::expired;
use common::lost::look;
use common::proxy::losing_proxy;
use common::{
    bluesky, channel, http, picture, png, published, read_json, request, server, text, thread,
};
use masthead::domain::{
    Account, AttemptRequest, Corrected, Facet, Feature, Outcome, Part, PartMedia, PlatformId,
    Published, RemoteRef,
};
use masthead::platforms::login::{bluesky_login, store};
use masthead::platforms::{CallError, Connection, Files, LookUp, Platform, connect};
use masthead::secrets::{BlueskySecret, Secret, SecretFile, StoredSecret};
use pieces::{InMemory, Log};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

struct Real {
    url: String,
    handle: String,
    did: String,
    password: String,
    folder: TempDir,
}

fn real() -> Option<Real> {
    let [url, handle, did, password] = server([
        "MASTHEAD_PDS_URL",
        "MASTHEAD_PDS_HANDLE",
        "MASTHEAD_PDS_DID",
        "MASTHEAD_PDS_PASSWORD",
    ])?;
    Some(Real {
        url,
        handle,
        did,
        password,
        folder: tempfile::tempdir().unwrap(),
    })
}

impl Real {
    fn connect(&self) -> Arc<dyn Platform> {
        self.connect_with(Some(&self.password))
    }

    fn connect_with(&self, password: Option<&str>) -> Arc<dyn Platform> {
        bluesky(
            &self.url,
            &self.handle,
            password,
            self.folder.path(),
            Some(&self.did),
            PATIENCE,
        )
    }

    fn file(&self) -> SecretFile {
        SecretFile::new(self.folder.path().join("secrets/test.json"))
    }

    /// Logs in, changes the session as a test wants it, and stores it.
    async fn log_in(&self, change: impl FnOnce(&mut BlueskySecret)) {
        let (secret, account) = bluesky_login(
            Some(&self.url),
            &self.handle,
            Secret::new(&*self.password),
            &channel(PlatformId::Bluesky),
            &http(PATIENCE),
        )
        .await
        .unwrap();
        assert_eq!(account.id, self.did);
        let StoredSecret::Bluesky(mut session) = secret else {
            panic!("another platform's secret");
        };
        change(&mut session);
        store(&self.file(), &StoredSecret::Bluesky(session)).unwrap();
    }

    fn stored(&self) -> BlueskySecret {
        match self.file().read().unwrap() {
            Some(StoredSecret::Bluesky(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    async fn record(&self, sent: &Published) -> Value {
        let rkey = sent.id.rsplit('/').next().unwrap();
        let url = format!(
            "{}/xrpc/com.atproto.repo.getRecord?repo={}&collection=app.bsky.feed.post&rkey={rkey}",
            self.url, self.did
        );
        let found = read_json(&url, None).await;
        assert_eq!(found["uri"], sent.id.as_str());
        assert_eq!(found["cid"].as_str(), sent.cid.as_deref());
        found["value"].clone()
    }

    async fn how_often(&self, words: &str) -> usize {
        let url = format!(
            "{}/xrpc/com.atproto.repo.listRecords?repo={}&collection=app.bsky.feed.post&limit=100",
            self.url, self.did
        );
        let records = read_json(&url, None).await;
        records["records"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|record| record["value"]["text"] == words)
            .count()
    }
}

fn asked(request: &AttemptRequest) -> Value {
    serde_json::from_str::<Value>(&request.body).unwrap()["record"].clone()
}

fn facet(text: &str, shown: &str, feature: Feature) -> Facet {
    let byte_start = text.find(shown).unwrap();
    Facet {
        byte_start,
        byte_end: byte_start + shown.len(),
        feature,
    }
}

#[tokio::test]
async fn account_limits_and_handles_are_the_servers() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let account = platform.verify().await.unwrap();
    assert_eq!(account.id, real.did);
    assert_eq!(account.handle, format!("@{}", real.handle));
    let limits = platform.limits().await.unwrap();
    assert!(
        limits
            .max_image_bytes
            .is_none_or(|limit| limit <= 1_000_000)
    );
    let handles = [real.handle.clone(), "nobody-here.test".to_owned()];
    assert_eq!(
        platform.resolve_handles(&handles).await,
        Ok(vec![Some(real.did.clone()), None])
    );
}

#[tokio::test]
async fn the_record_is_the_requests_record_with_facets_right_to_the_byte() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let words = format!("ñ 👨‍👩‍👧 see example.org/a, @{} and #café", real.handle);
    let mention = format!("@{}", real.handle);
    let mut part = text(&words);
    part.language = Some("nb".to_owned());
    part.facets = vec![
        facet(
            &words,
            "example.org/a",
            Feature::Link {
                uri: "https://example.org/a".to_owned(),
            },
        ),
        facet(
            &words,
            &mention,
            Feature::Mention {
                handle: real.handle.clone(),
                did: Some(real.did.clone()),
            },
        ),
        facet(
            &words,
            "#café",
            Feature::Tag {
                tag: "café".to_owned(),
            },
        ),
    ];
    let mut refs = Vec::new();
    for (seed, alt) in [(1, "first, a cät"), (2, "")] {
        let bytes = png(seed);
        let media = picture(&bytes, alt);
        refs.push(platform.upload(&media, bytes).await.unwrap());
        part.media.push(media);
    }
    let request = request(&*platform, &part, None, &refs);
    let sent = published(platform.publish(&request).await);
    let record = real.record(&sent).await;
    assert_eq!(record, asked(&request));
    assert_eq!(record["langs"], json!(["nb"]));
    assert_eq!(record["embed"]["images"][0]["alt"], "first, a cät");
    assert_eq!(
        record["embed"]["images"][0]["aspectRatio"],
        json!({"width": 16, "height": 12})
    );
    for (index, shown) in ["example.org/a", &mention, "#café"].iter().enumerate() {
        let at = &record["facets"][index]["index"];
        let of = |name: &str| usize::try_from(at[name].as_u64().unwrap()).unwrap();
        let bytes = &record["text"].as_str().unwrap().as_bytes()[of("byteStart")..of("byteEnd")];
        assert_eq!(bytes, shown.as_bytes());
    }
    let page = format!("https://bsky.app/profile/{}/post/", real.handle);
    assert!(sent.permalink.unwrap().starts_with(&page));
}

#[tokio::test]
async fn a_link_card_is_taken_as_written() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let part = Part {
        card: Some(masthead::domain::Card {
            url: "https://example.org/a".to_owned(),
            title: "A title".to_owned(),
            description: String::new(),
            picture: None,
        }),
        ..text("with a card")
    };
    let request = request(&*platform, &part, None, &[]);
    let sent = published(platform.publish(&request).await);
    let record = real.record(&sent).await;
    assert_eq!(record, asked(&request));
    assert_eq!(record["embed"]["external"]["title"], "A title");
}

#[tokio::test]
async fn a_link_card_with_its_picture_is_taken_as_written() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let folder = tempfile::tempdir().unwrap();
    let wide = image::RgbImage::from_fn(2000, 1000, |x, y| image::Rgb([x as u8, y as u8, 9]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    wide.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let picture = masthead::media::keep_for_card(&bytes.into_inner(), folder.path()).unwrap();
    let part = Part {
        card: Some(masthead::domain::Card {
            url: "https://example.org/a".to_owned(),
            title: "A title".to_owned(),
            description: "What the page says".to_owned(),
            picture: Some(picture.clone()),
        }),
        ..text("with a card and its picture")
    };
    let uploads = part.uploads();
    let kept = masthead::media::read(folder.path(), &picture.hash).unwrap();
    let thumb = platform.upload(&uploads[0], kept).await.unwrap();
    let request = request(&*platform, &part, None, &[thumb]);
    let sent = published(platform.publish(&request).await);
    let record = real.record(&sent).await;
    assert_eq!(record, asked(&request));
    let thumb = &record["embed"]["external"]["thumb"];
    assert_eq!(thumb["mimeType"], "image/jpeg");
    assert_eq!(thumb["size"].as_u64(), Some(picture.size));
}

#[tokio::test]
async fn every_part_of_a_thread_names_its_root_and_its_parent() {
    let Some(real) = real() else { return };
    let parts = ["thread 1/3", "thread 2/3", "thread 3/3"].map(text);
    let sent = thread(&*real.connect(), &parts).await;
    let reference = |index: usize| {
        let published = &sent[index].1;
        json!({"uri": published.id, "cid": published.cid})
    };
    let mut records = Vec::new();
    for (request, published) in &sent {
        let record = real.record(published).await;
        assert_eq!(record, asked(request));
        records.push(record);
    }
    assert!(records[0].get("reply").is_none());
    assert_eq!(
        records[1]["reply"],
        json!({"root": reference(0), "parent": reference(0)})
    );
    assert_eq!(
        records[2]["reply"],
        json!({"root": reference(0), "parent": reference(1)})
    );

    let platform = real.connect();
    for address in [sent[2].1.id.clone(), sent[2].1.permalink.clone().unwrap()] {
        let found = platform.find_post(&address).await.unwrap().unwrap();
        assert_eq!(found.id, sent[2].1.id);
        assert_eq!(found.cid, sent[2].1.cid);
        assert_eq!(
            found.root,
            Some((sent[0].1.id.clone(), sent[0].1.cid.clone().unwrap()))
        );
    }
    let nothing = format!("at://{}/app.bsky.feed.post/3lenax2wkm23e", real.did);
    assert_eq!(platform.find_post(&nothing).await, Ok(None));
}

#[tokio::test]
async fn a_lost_answer_and_the_same_request_again_make_one_record() {
    let Some(real) = real() else { return };
    let proxy = losing_proxy(&real.url, "com.atproto.repo.putRecord", 1).await;
    real.log_in(|session| session.pds = proxy).await;
    let platform = real.connect_with(None);
    let words = "answer lost on the way";
    let request = request(&*platform, &text(words), None, &[]);
    let lost = platform.publish(&request).await;
    assert!(matches!(lost, Outcome::Unknown { .. }), "{lost:?}");
    assert_eq!(real.how_often(words).await, 1);
    let again = published(platform.publish(&request).await);
    assert_eq!(platform.publish(&request).await, Outcome::Published(again));
    assert_eq!(real.how_often(words).await, 1);
}

#[tokio::test]
async fn another_record_at_our_key_is_left_alone_and_unknown() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let first = request(&*platform, &text("the first at this key"), None, &[]);
    let sent = published(platform.publish(&first).await);
    let mut other = first.clone();
    other.body = first.body.replace("the first", "another");
    let outcome = platform.publish(&other).await;
    assert!(
        matches!(&outcome, Outcome::Unknown { reason } if reason.contains("different record")),
        "{outcome:?}"
    );
    assert_eq!(real.record(&sent).await, asked(&first));
}

#[tokio::test]
async fn a_record_is_found_absent_or_different() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let look = async |request: &AttemptRequest| look(&*platform, request, &[]).await;
    let first = request(&*platform, &text("looked for at this key"), None, &[]);
    assert_eq!(look(&first).await, LookUp::Absent);
    let sent = published(platform.publish(&first).await);
    assert_eq!(look(&first).await, LookUp::Found(sent));
    let mut other = first.clone();
    other.body = first.body.replace("looked for", "another");
    let different = look(&other).await;
    assert!(
        matches!(&different, LookUp::CannotTell { reason } if reason.contains("different record")),
        "{different:?}"
    );
    let mut elsewhere = first.clone();
    elsewhere.body = first
        .body
        .replace(&real.did, "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
    let elsewhere = look(&elsewhere).await;
    assert!(
        matches!(elsewhere, LookUp::CannotTell { .. }),
        "{elsewhere:?}"
    );
}

#[tokio::test]
async fn an_expired_session_is_refreshed_its_tokens_rotated_and_the_post_sent() {
    let Some(real) = real() else { return };
    let [secret] = server(["MASTHEAD_PDS_JWT_SECRET"]).unwrap();
    real.log_in(|session| {
        session.access = Secret::new(expired(session.access.expose(), &secret));
        session.password = None;
    })
    .await;
    let before = real.stored();
    let words = "after the session expired";
    published(common::say(&*real.connect_with(None), words).await);
    let after = real.stored();
    assert!(after.access != before.access && after.refresh != before.refresh);
    assert_eq!(real.how_often(words).await, 1);
    published(common::say(&*real.connect_with(None), "with the rotated session").await);
}

#[tokio::test]
async fn a_token_that_the_server_does_not_know_leads_to_a_login() {
    let Some(real) = real() else { return };
    real.log_in(|session| session.access = Secret::new("garbage"))
        .await;
    published(common::say(&*real.connect_with(None), "after a garbage token").await);
    assert_ne!(real.stored().access.expose(), "garbage");
}

#[tokio::test]
async fn what_the_server_refuses_is_told_as_what_it_is() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let outcome = common::say(&*platform, &"a".repeat(301)).await;
    assert!(
        matches!(&outcome, Outcome::Rejected { reason } if reason.contains("300")),
        "{outcome:?}"
    );
    let stranger = tempfile::tempdir().unwrap();
    let wrong = bluesky(
        &real.url,
        &real.handle,
        Some("wrong-password"),
        stranger.path(),
        None,
        PATIENCE,
    );
    assert!(matches!(
        wrong.verify().await,
        Err(CallError::Unauthorized(_))
    ));
    let outcome = common::say(&*wrong, "hello").await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_thread_is_deleted_part_by_part_and_gone_after_that() {
    let Some(real) = real() else { return };
    let platform = real.connect();
    let parts = ["taken back 1/2", "taken back 2/2"].map(text);
    let sent = thread(&*platform, &parts).await;
    for (_, published) in sent.iter().rev() {
        let there = RemoteRef {
            id: published.id.clone(),
            cid: published.cid.clone(),
            root: None,
        };
        assert_eq!(platform.delete(&there).await, Corrected::Done);
        assert_eq!(platform.delete(&there).await, Corrected::Gone);
    }
    for part in &parts {
        assert_eq!(real.how_often(&part.text).await, 0);
    }
}
