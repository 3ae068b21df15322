//! YouTube once a video is there: its processing over hours, how it ends, and what goes with it that was not brought at once.

use crate::common::{picture, published};
use crate::youtube::{Desk, film};
use masthead::domain::{AttemptRequest, Part, Published, Visibility, Watch};
use masthead::platforms::LookUp;
use std::time::{Duration, Instant};

const AN_HOUR: Duration = Duration::from_secs(3600);

/// A channel whose program waits only a moment for a video's processing.
fn desk(processing: Duration) -> Desk {
    let desk = Desk::patient(Duration::from_secs(2));
    desk.server.state().processing = processing;
    desk
}

fn with_thumbnail(title: &str) -> Part {
    let mut part = film(title);
    part.media.push(picture(b"a thumbnail", "The first slide"));
    part
}

async fn sent(desk: &Desk, part: Part) -> (AttemptRequest, Published) {
    let request = desk.begun_with(part).await.unwrap();
    let there = published(desk.platform.publish(&request).await);
    (request, there)
}

/// Its processing has ended now.
fn processed(desk: &Desk) {
    for video in &mut desk.server.state().videos {
        video.ready_at = Instant::now();
    }
}

#[tokio::test]
async fn a_film_that_takes_hours_is_there_at_once_and_told_to_be_processed_at_a_later_look() {
    let desk = desk(AN_HOUR);
    let (request, there) = sent(&desk, film("A talk")).await;
    assert_eq!(
        there.note.as_deref(),
        Some("YouTube is still processing it")
    );
    assert!(there.watch.goes_on(), "{there:?}");
    let later = desk.platform.watch(&there, &request).await.unwrap();
    assert_eq!(later, there, "still the same");
    processed(&desk);
    let later = desk.platform.watch(&later, &request).await.unwrap();
    assert_eq!((later.note, later.watch), (None, Watch::Over));
    assert_eq!(desk.server.videos().len(), 1);
}

#[tokio::test]
async fn a_film_that_cannot_be_processed_is_there_with_its_address_and_says_what_to_do() {
    let desk = desk(Duration::ZERO);
    desk.server.state().failure = Some("codec");
    let (request, there) = sent(&desk, film("A talk")).await;
    assert_eq!(there.id, desk.server.videos()[0].id);
    assert!(there.permalink.is_some());
    let reason = there.spoiled().unwrap();
    assert!(reason.starts_with("YouTube has the video"), "{reason}");
    assert!(reason.contains("(codec): delete it there"), "{reason}");
    // Whoever tries again sees the same, until it is gone or mended there.
    let again = desk.platform.watch(&there, &request).await.unwrap();
    assert_eq!(again.watch, there.watch);
    desk.server.state().failure = None;
    let mended = desk.platform.watch(&again, &request).await.unwrap();
    assert!(mended.watch.is_over(), "{mended:?}");
    desk.server.state().videos.clear();
    let gone = desk.platform.watch(&mended, &request).await.unwrap();
    assert!(gone.spoiled().unwrap().contains("not on YouTube any more"));
    assert_eq!(desk.server.asked("POST /upload/youtube/v3/videos"), 1);
}

#[tokio::test]
async fn a_film_that_is_locked_private_says_so_when_its_processing_ends() {
    let desk = desk(AN_HOUR);
    let (request, there) = sent(&desk, film("A talk")).await;
    desk.server.state().videos[0].resource["status"]["privacyStatus"] = "private".into();
    processed(&desk);
    let locked = desk.platform.watch(&there, &request).await.unwrap();
    let note = locked.note.unwrap();
    assert!(note.starts_with("YouTube keeps it private"), "{note}");
    assert!(locked.watch.is_over());
    // Who asked for it has it.
    let part = Part {
        visibility: Some(Visibility::Private),
        ..film("Another talk")
    };
    let (request, there) = sent(&desk, part).await;
    processed(&desk);
    let own = desk.platform.watch(&there, &request).await.unwrap();
    assert_eq!(own.note, None);
}

#[tokio::test]
async fn a_thumbnail_that_could_not_be_set_yet_is_set_at_a_later_look() {
    let desk = desk(Duration::ZERO);
    desk.server.state().thumbnail_errors = 1;
    let (request, there) = sent(&desk, with_thumbnail("A talk")).await;
    assert!(desk.server.videos()[0].thumbnail.is_none());
    assert!(there.watch.goes_on(), "{there:?}");
    let later = desk.platform.watch(&there, &request).await.unwrap();
    assert!(later.watch.is_over(), "{later:?}");
    assert!(desk.server.videos()[0].thumbnail.is_some());
}

#[tokio::test]
async fn a_video_that_turned_up_gets_what_was_not_brought_before_its_answer_was_lost() {
    for session_is_known in [true, false] {
        let desk = desk(Duration::ZERO);
        let (request, there) = sent(&desk, with_thumbnail("A talk")).await;
        // As after a kill between the last piece and the thumbnail.
        desk.server.state().videos[0].thumbnail = None;
        if !session_is_known {
            desk.server.state().sessions.clear();
        }
        let LookUp::Found(found) = desk.look(&request, &[]).await else {
            panic!("it is there");
        };
        assert_eq!(found.id, there.id);
        assert!(found.watch.goes_on(), "{found:?}");
        let later = desk.platform.watch(&found, &request).await.unwrap();
        assert!(later.watch.is_over(), "{later:?}");
        assert!(desk.server.videos()[0].thumbnail.is_some());
    }
}
