//! Videos on a strict Mastodon: read while they are sent, waited for, and not sent again by a run that finds them there.

use crate::common::{http, picture, published, request, text};
use crate::mastodon_server::{Server, TOKEN};
use crate::pieces::{InMemory, Log};
use chrono::{DateTime, TimeDelta, Utc};
use masthead::domain::{Outcome, Part, PartMedia, PlatformId};
use masthead::platforms::{CallError, Connection, Files, Platform, connect};
use masthead::secrets::Secret;
use std::sync::Arc;
use std::time::Duration;

/// A film of 9 MB, and the platform that reads it.
fn film(server: &Server) -> (Arc<dyn Platform>, Part, PartMedia, Vec<u8>) {
    let mut bytes: Vec<u8> = (0..9_000_000).map(|at| (at / 1000) as u8).collect();
    bytes[4..8].copy_from_slice(b"ftyp");
    let connection = Connection {
        url: Some(server.url()),
        secret: Some(Secret::new(TOKEN)),
        files: Files::new(InMemory(bytes.clone())),
        ..Connection::default()
    };
    let test = crate::common::channel(PlatformId::Mastodon);
    let platform = connect(&test, connection, &http(Duration::from_secs(20))).unwrap();
    let mut media = picture(&bytes, "a tälk");
    media.name = "talk.mp4".to_owned();
    media.mime = "video/mp4".to_owned();
    let mut part = text("watch this");
    part.media.push(media.clone());
    (platform, part, media, bytes)
}

fn uploads(server: &Server) -> usize {
    let site = server.site();
    let asked = site.asked.iter();
    asked
        .filter(|call| call.as_str() == "POST /api/v2/media")
        .count()
}

#[tokio::test]
async fn a_video_arrives_whole_is_waited_for_and_posted_with_its_alt_text() {
    let server = Server::start();
    let (platform, part, media, bytes) = film(&server);
    assert!(platform.in_pieces(&media));
    let log = Log::default();
    let id = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    {
        let site = server.site();
        let there = &site.media[&id];
        assert!(there.bytes == bytes, "it arrived otherwise");
        assert_eq!((there.rounds, there.alt.as_str()), (0, "a tälk"));
        assert!(there.name.ends_with(".mp4") && there.name != "talk.mp4");
    }
    let sent = request(&*platform, &part, None, std::slice::from_ref(&id));
    published(platform.publish(&sent).await);
    assert_eq!(server.site().posts[0].media, [id]);
}

/// Makes it seem that what is kept of a video was kept so much earlier.
fn age(log: &Log, time: TimeDelta) {
    let mut kept = log.kept.lock().unwrap();
    let begun = kept.as_mut().unwrap();
    let mut session: serde_json::Value = serde_json::from_str(&begun.session).unwrap();
    let at: DateTime<Utc> = session["at"].as_str().unwrap().parse().unwrap();
    session["at"] = (at - time).to_rfc3339().into();
    begun.session = session.to_string();
}

#[tokio::test]
async fn a_video_that_an_earlier_run_brought_there_is_not_sent_again() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server);
    server.site().rounds = u32::MAX;
    let log = Log::default();
    let waits = platform.upload_in_pieces(&part, &media, &log).await;
    assert!(
        matches!(&waits, Err(CallError::Unavailable(said)) if said.contains("still processing the video talk.mp4")),
        "{waits:?}"
    );
    for media in server.site().media.values_mut() {
        media.rounds = 1;
    }
    age(&log, TimeDelta::hours(11));
    let id = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    assert_eq!(uploads(&server), 1);
    // What the server forgot meanwhile is sent anew.
    server.site().media.remove(&id);
    server.site().rounds = 0;
    let other = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    assert_ne!(id, other);
    assert_eq!(uploads(&server), 2);
}

#[tokio::test]
async fn a_video_that_cannot_be_processed_is_one_sentence_and_begins_anew_when_asked() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server);
    server.site().fails = true;
    let log = Log::default();
    for sent in 1..=2 {
        let failed = platform.upload_in_pieces(&part, &media, &log).await;
        let Err(CallError::Rejected(said)) = failed else {
            panic!("{failed:?}");
        };
        assert!(said.contains("Error processing"), "{said}");
        assert!(said.ends_with("convert talk.mp4 to MP4 with H.264 and AAC, and attach it again"));
        assert_eq!(uploads(&server), sent);
    }
    assert!(server.site().posts.is_empty());
}

#[tokio::test]
async fn a_post_whose_video_is_worked_on_after_all_is_not_ready() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server);
    let id = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap();
    server.site().media.get_mut(&id).unwrap().rounds = 2;
    let sent = request(&*platform, &part, None, &[id]);
    let outcome = platform.publish(&sent).await;
    assert!(matches!(outcome, Outcome::NotReady { .. }), "{outcome:?}");
    let again = platform.publish(&sent).await;
    assert!(matches!(again, Outcome::NotReady { .. }), "{again:?}");
    published(platform.publish(&sent).await);
    assert_eq!(server.site().posts.len(), 1);
}

#[tokio::test]
async fn what_the_server_says_of_videos_is_read() {
    let server = Server::start();
    let (platform, ..) = film(&server);
    let limits = platform.limits().await.unwrap();
    assert_eq!(limits.max_video_bytes, Some(45_000_000));
    assert_eq!(limits.max_video_pixels, Some(8_294_400));
    assert_eq!(limits.max_video_rate, Some(120));
    assert_eq!(limits.video_types, ["video/webm", "video/mp4"]);
}
