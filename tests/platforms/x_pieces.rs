//! Videos and GIFs on a strict X: in pieces that come in order, gone on with after a crash, awaited to the end.

use crate::common::{http, picture, published, request, text};
use crate::pieces::{InMemory, Log};
use crate::x::{PATIENCE, by_keys};
use crate::x_server::Server;
use masthead::domain::{Part, PartMedia, PlatformId};
use masthead::platforms::{CallError, Connection, Files, Platform, UploadLog, connect};
use std::sync::Arc;

const MIB: usize = 1024 * 1024;

/// A file of 9 MB, and the platform that reads it.
fn film(server: &Server, mime: &str) -> (Arc<dyn Platform>, Part, PartMedia, Vec<u8>) {
    server.site().rounds = 1;
    let bytes: Vec<u8> = (0..9 * MIB).map(|at| (at / 1000) as u8).collect();
    let connection = Connection {
        files: Files::new(InMemory(bytes.clone())),
        ..by_keys(server)
    };
    let test = crate::common::channel(PlatformId::X);
    let platform = connect(&test, connection, &http(PATIENCE)).unwrap();
    let mut media = picture(&bytes, "a talk");
    mime.clone_into(&mut media.mime);
    (platform, text("watch this"), media, bytes)
}

/// Kills an upload once so much has arrived, and goes on with what was kept.
async fn killed_and_gone_on(server: &Server, killed_at: u64) -> (Vec<u8>, Vec<u8>, usize) {
    let (platform, part, media, bytes) = film(server, "video/mp4");
    let mut log = Log {
        killed_at: Some(killed_at),
        ..Log::default()
    };
    let stopped = platform.upload_in_pieces(&part, &media, &log).await;
    assert!(
        matches!(stopped, Err(CallError::Unavailable(_))),
        "{stopped:?}"
    );
    log.killed_at = None;
    let id = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    published(
        platform
            .publish(&request(&*platform, &part, None, std::slice::from_ref(&id)))
            .await,
    );
    assert_eq!(server.posts().len(), 1);
    let site = server.site();
    assert_eq!(site.posts[0].media, std::slice::from_ref(&id));
    (site.media[&id].bytes.clone(), bytes, site.media.len())
}

#[tokio::test]
async fn a_gif_and_a_video_arrive_whole_and_are_awaited() {
    for (mime, category) in [("image/gif", "tweet_gif"), ("video/mp4", "tweet_video")] {
        let server = Server::start();
        let (platform, part, media, bytes) = film(&server, mime);
        assert!(platform.in_pieces(&media));
        let log = Log::default();
        let id = platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap();
        {
            let site = server.site();
            let there = &site.media[&id];
            assert_eq!((there.next, there.checks_left), (3, 0));
            assert_eq!(
                (there.category.as_str(), there.alt.as_str()),
                (category, "a talk")
            );
            assert!(there.bytes == bytes, "{mime} arrived otherwise");
        }
        published(
            platform
                .publish(&request(&*platform, &part, None, &[id]))
                .await,
        );
        assert!(!platform.in_pieces(&picture(&bytes, "")));
    }
}

#[tokio::test]
async fn what_x_cannot_use_is_told_by_name() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server, "video/mp4");
    server.site().media_fails = true;
    let log = Log::default();
    let Err(CallError::Rejected(said)) = platform.upload_in_pieces(&part, &media, &log).await
    else {
        panic!("it failed there");
    };
    assert!(said.contains("picture.png"), "{said}");
    assert!(said.contains("file is currently unsupported"), "{said}");
}

#[tokio::test]
async fn a_killed_upload_goes_on_where_it_was_and_there_is_one_video() {
    // Before its first piece, between two, after its last, and after its end was told but not kept.
    for killed_at in [1, 5 * MIB as u64, 9 * MIB as u64] {
        let server = Server::start();
        let (there, bytes, uploads) = killed_and_gone_on(&server, killed_at).await;
        assert!(
            there == bytes,
            "killed at {killed_at}: it arrived otherwise"
        );
        assert_eq!(uploads, 1, "killed at {killed_at}: gone on with");
        let begun = server
            .site()
            .asked
            .iter()
            .filter(|call| call.contains("initialize"))
            .count();
        assert_eq!(begun, 1);
    }
}

#[tokio::test]
async fn where_a_piece_is_not_taken_twice_or_the_upload_is_forgotten_it_begins_anew() {
    let server = Server::start();
    server.site().takes_pieces_again = false;
    let (there, bytes, uploads) = killed_and_gone_on(&server, 5 * MIB as u64).await;
    assert!(there == bytes, "it arrived otherwise");
    assert_eq!(uploads, 2);

    let server = Server::start();
    let (platform, part, media, bytes) = film(&server, "video/mp4");
    let log = Log::default();
    log.keep(r#"{"id":"17","next":2,"ended":false}"#, 8 * MIB as u64)
        .await
        .unwrap();
    let id = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    assert!(
        server.site().media[&id].bytes == bytes,
        "it arrived otherwise"
    );
}
