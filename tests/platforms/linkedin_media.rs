//! What goes up to a strict LinkedIn: pictures, a card's thumbnail, a document, and videos in parts that go on after a crash.

use crate::common::{picture, png, published, request, text};
use crate::linkedin::{connected, connection, member, page, says};
use crate::linkedin_server::{ADA, PAGE, Server, TOKEN};
use crate::pieces::{InMemory, Log};
use masthead::domain::{Card, Part, PartMedia};
use masthead::platforms::{CallError, Connection, Files, Platform, UploadLog};
use serde_json::json;
use std::sync::Arc;

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn pictures_go_up_for_their_author_and_are_waited_for() {
    for alone in [true, false] {
        let server = Server::start();
        server.world().processing = 3;
        let platform = page(&server);
        let count = if alone { 1 } else { 3 };
        let pictures: Vec<Vec<u8>> = (0..count).map(png).collect();
        let mut part = says("Look");
        part.media = (pictures.iter())
            .map(|bytes| picture(bytes, "a cat"))
            .collect();
        let mut refs = Vec::new();
        for (media, bytes) in part.media.iter().zip(&pictures) {
            refs.push(platform.upload(media, bytes.clone()).await.unwrap());
        }
        for (urn, bytes) in refs.iter().zip(&pictures) {
            let world = server.world();
            assert_eq!(world.assets[urn].bytes.as_ref(), Some(bytes));
            assert!(world.assets[urn].owner.ends_with(&PAGE.to_string()));
        }
        let there = published(
            platform
                .publish(&request(&*platform, &part, None, &refs))
                .await,
        );
        let post = server.posts().remove(0);
        let link = format!("https://www.linkedin.com/feed/update/{}/", post.urn);
        assert_eq!(there.permalink.as_deref(), Some(link.as_str()));
        assert_eq!(there.id, post.urn);
        let image = |urn: &String| json!({"id": urn, "altText": "a cat"});
        let wanted = match alone {
            true => json!({"media": image(&refs[0])}),
            false => json!({"multiImage": {"images": refs.iter().map(image).collect::<Vec<_>>()}}),
        };
        assert_eq!(post.body["content"], wanted);
        let found = platform.find_post(&link).await.unwrap();
        assert_eq!(found.unwrap().id, post.urn);
    }
}

#[tokio::test]
async fn a_picture_that_is_never_ready_waits_one_that_fails_is_refused_and_a_member_waits_blindly()
{
    let server = Server::start();
    let bytes = png(1);
    server.world().processing = u32::MAX;
    let error = page(&server)
        .upload(&picture(&bytes, ""), bytes.clone())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unavailable(_)), "{error:?}");
    server.world().processing = 0;
    server.world().processing_fails = true;
    let error = page(&server)
        .upload(&picture(&bytes, ""), bytes.clone())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Rejected(_)), "{error:?}");
    server.world().processing_fails = false;
    let platform = member(&server);
    let urn = platform.upload(&picture(&bytes, ""), bytes).await.unwrap();
    let owner = server.world().assets[&urn].owner.clone();
    assert_eq!(owner, format!("urn:li:person:{ADA}"));
}

#[tokio::test]
async fn a_card_goes_as_an_article_with_our_own_words_and_its_picture() {
    let server = Server::start();
    let platform = page(&server);
    let mut part = says("Read this");
    part.card = Some(Card {
        url: "https://example.org/a_(b)".to_owned(),
        title: "A title".to_owned(),
        description: "What it is about".to_owned(),
        picture: None,
    });
    let bytes = png(1);
    let thumbnail = platform.upload(&picture(&bytes, ""), bytes).await.unwrap();
    let request = request(&*platform, &part, None, std::slice::from_ref(&thumbnail));
    published(platform.publish(&request).await);
    assert_eq!(
        server.posts()[0].body["content"],
        json!({"article": {
            "source": "https://example.org/a_(b)", "title": "A title", "description": "What it is about",
            "thumbnail": thumbnail,
        }})
    );
}

#[tokio::test]
async fn a_document_goes_up_whole_and_is_shown_under_its_name() {
    let server = Server::start();
    server.world().processing = 2;
    let platform = page(&server);
    let bytes = b"%PDF-1.7 of slides".to_vec();
    let mut part = text("The slides");
    part.media = vec![PartMedia {
        name: "slides.pdf".to_owned(),
        mime: "application/pdf".to_owned(),
        ..picture(&bytes, "")
    }];
    assert!(!platform.in_pieces(&part.media[0]));
    let urn = platform
        .upload(&part.media[0], bytes.clone())
        .await
        .unwrap();
    assert!(urn.starts_with("urn:li:document:"), "{urn}");
    assert_eq!(server.world().assets[&urn].bytes.as_ref(), Some(&bytes));
    let sent = request(&*platform, &part, None, std::slice::from_ref(&urn));
    published(platform.publish(&sent).await);
    assert_eq!(
        server.posts()[0].body["content"],
        json!({"media": {"id": urn, "title": "slides.pdf"}})
    );
}

/// A video of 9 MB, three parts, and the platform that reads it.
fn film(server: &Server, of: Connection) -> (Arc<dyn Platform>, Part, PartMedia, Vec<u8>) {
    server.world().processing = 2;
    let bytes: Vec<u8> = (0..9 * MIB).map(|at| (at / 1000) as u8).collect();
    let platform = connected(Connection {
        files: Files::new(InMemory(bytes.clone())),
        ..of
    });
    let mut media = picture(&bytes, "");
    "video/mp4".clone_into(&mut media.mime);
    "talk.mp4".clone_into(&mut media.name);
    let mut part = text("watch this");
    part.media = vec![media.clone()];
    (platform, part, media, bytes)
}

fn of_a_page(server: &Server) -> Connection {
    Connection {
        organization: Some(format!("urn:li:organization:{PAGE}")),
        ..connection(server, TOKEN)
    }
}

/// How often something was asked whose method and path begin so.
fn asked(server: &Server, begin: &str) -> usize {
    let world = server.world();
    let all = world.asked.iter();
    all.filter(|call| call.starts_with(begin)).count()
}

/// Checks that this video arrived whole, and that a post of it is taken.
async fn is_posted(server: &Server, platform: &dyn Platform, part: &Part, urn: &str, bytes: &[u8]) {
    let arrived = server.world().assets[urn].bytes.clone();
    assert!(
        arrived.is_some_and(|it| it == bytes),
        "it arrived otherwise"
    );
    published(
        platform
            .publish(&request(platform, part, None, &[urn.to_owned()]))
            .await,
    );
    let content = server.posts().remove(0).body["content"].clone();
    assert_eq!(content, json!({"media": {"id": urn}}));
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn a_video_goes_up_in_its_parts_and_is_awaited_and_a_member_waits_blindly() {
    let server = Server::start();
    let (platform, part, media, bytes) = film(&server, of_a_page(&server));
    assert!(platform.in_pieces(&media));
    assert!(!platform.in_pieces(&picture(&bytes, "")));
    let urn = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap();
    is_posted(&server, &*platform, &part, &urn, &bytes).await;
    assert_eq!(asked(&server, "PUT /uploads/parts/"), 3);
    assert_eq!(asked(&server, "GET /rest/videos/"), 3);

    let server = Server::start();
    drop(member(&server));
    let (platform, part, media, _) = film(&server, connection(&server, "member"));
    let urn = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap();
    let owner = server.world().assets[&urn].owner.clone();
    assert_eq!(owner, format!("urn:li:person:{ADA}"));
}

#[tokio::test]
async fn a_killed_upload_sends_only_what_is_missing_and_there_is_one_video() {
    let parts = [4 * MIB as u64, 8 * MIB as u64, 9 * MIB as u64];
    // At the answer to its first, second and last part, and where its end was told but not kept.
    for (killed_at, again) in [(parts[0], 1), (parts[1], 1), (parts[2], 1)] {
        let server = Server::start();
        let (platform, part, media, bytes) = film(&server, of_a_page(&server));
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
        let urn = platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap();
        // Only the part whose answer was not kept comes again.
        assert_eq!(
            asked(&server, "PUT /uploads/parts/"),
            3 + again,
            "{killed_at}"
        );
        assert_eq!(server.world().assets.len(), 1);
        is_posted(&server, &*platform, &part, &urn, &bytes).await;
        // Once more, from what was kept at the end: nothing is sent.
        let same = platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap();
        assert_eq!(same, urn);
        assert_eq!(asked(&server, "PUT /uploads/parts/"), 3 + again);
        assert_eq!(asked(&server, "POST /rest/videos"), 2);
    }
}

#[tokio::test]
async fn an_end_that_was_told_but_not_kept_is_not_told_twice() {
    let server = Server::start();
    let (platform, part, media, bytes) = film(&server, of_a_page(&server));
    let log = Log::default();
    let urn = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    let kept = log.earlier().unwrap();
    let before = kept.session.replace("\"ended\":true", "\"ended\":false");
    assert_ne!(before, kept.session);
    log.keep(&before, kept.sent).await.unwrap();
    assert_eq!(
        platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap(),
        urn
    );
    assert_eq!(asked(&server, "POST /rest/videos"), 2);
    is_posted(&server, &*platform, &part, &urn, &bytes).await;
}

#[tokio::test]
async fn addresses_that_have_ended_by_the_clock_or_earlier_begin_the_upload_anew() {
    for ends_early in [false, true] {
        let server = Server::start();
        let (platform, part, media, bytes) = film(&server, of_a_page(&server));
        let mut log = Log {
            killed_at: Some(8 * MIB as u64),
            ..Log::default()
        };
        platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap_err();
        log.killed_at = None;
        let kept = log.earlier().unwrap();
        if ends_early {
            for asset in server.world().assets.values_mut() {
                asset.film.as_mut().unwrap().ends = 0;
            }
        } else {
            let mut session: serde_json::Value = serde_json::from_str(&kept.session).unwrap();
            session["ends"] = json!(1);
            log.keep(&session.to_string(), kept.sent).await.unwrap();
        }
        let urn = platform
            .upload_in_pieces(&part, &media, &log)
            .await
            .unwrap();
        assert_eq!(server.world().assets.len(), 2, "begun anew");
        is_posted(&server, &*platform, &part, &urn, &bytes).await;
    }
}

#[tokio::test]
async fn parts_without_a_name_wait_and_a_video_that_cannot_be_used_is_told_with_the_remedy() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server, of_a_page(&server));
    server.world().names_parts = false;
    let error = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unavailable(_)), "{error:?}");
    server.world().names_parts = true;
    server.world().processing_fails = true;
    let error = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap_err();
    let CallError::Rejected(said) = error else {
        panic!("{error:?}");
    };
    assert!(
        said.contains("cannot process talk.mp4: convert it to MP4"),
        "{said}"
    );
    server.world().processing_fails = false;
    server.world().processing = u32::MAX;
    let error = platform
        .upload_in_pieces(&part, &media, &Log::default())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn the_server_refuses_names_out_of_order_missing_ones_and_a_post_before_it_is_ready() {
    let server = Server::start();
    let (platform, part, media, _) = film(&server, of_a_page(&server));
    let mut log = Log {
        killed_at: Some(9 * MIB as u64),
        ..Log::default()
    };
    platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap_err();
    log.killed_at = None;
    let kept = log.earlier().unwrap();
    let session: serde_json::Value = serde_json::from_str(&kept.session).unwrap();
    let urn = session["video"].as_str().unwrap().to_owned();
    let (first, second) = (&session["parts"][0]["etag"], &session["parts"][1]["etag"]);
    let mut swapped = session.clone();
    swapped["parts"][0]["etag"] = second.clone();
    swapped["parts"][1]["etag"] = first.clone();
    log.keep(&swapped.to_string(), kept.sent).await.unwrap();
    // It is refused, so that all begins anew.
    let fresh = platform
        .upload_in_pieces(&part, &media, &log)
        .await
        .unwrap();
    assert_ne!(fresh, urn);
    let early = request(&*platform, &part, None, std::slice::from_ref(&urn));
    let outcome = platform.publish(&early).await;
    assert!(
        outcome.reason().contains("not AVAILABLE yet"),
        "{outcome:?}"
    );
    assert!(server.posts().is_empty());
}
