//! Captions on YouTube: added once, whatever is lost, and never a reason for the post to fail.

use crate::common::{picture, published};
use crate::youtube::{Desk, film};
use crate::youtube_server::{FORCE_SSL, WIDE};
use masthead::domain::medium::WEBVTT;
use masthead::domain::{AttemptRequest, Part, PartMedia, Published, Watch};
use masthead::platforms::LookUp;
use std::time::Duration;

/// Every file of these desks has these bytes.
const BYTES: &[u8] = b"all of a small film";

fn with_captions(language: &str) -> Part {
    let mut part = film("A talk");
    part.language = Some(language.to_owned());
    part.media.push(PartMedia {
        name: "talk.vtt".to_owned(),
        mime: WEBVTT.to_owned(),
        pixels: None,
        ..picture(BYTES, "")
    });
    part
}

fn desk() -> Desk {
    let desk = Desk::patient(Duration::from_secs(2));
    desk.server.state().scopes = format!("{WIDE} {FORCE_SSL}");
    desk
}

async fn sent(desk: &Desk, part: Part) -> (AttemptRequest, Published) {
    let request = desk.begun_with(part).await.unwrap();
    let there = published(desk.platform.publish(&request).await);
    (request, there)
}

#[tokio::test]
async fn captions_go_with_their_video_in_the_language_of_its_text() {
    let desk = desk();
    let (_, there) = sent(&desk, with_captions("nb")).await;
    assert_eq!((there.note, there.watch), (None, Watch::Over));
    let videos = desk.server.videos();
    assert_eq!(videos[0].captions.len(), 1);
    let track = &videos[0].captions[0];
    assert_eq!(
        (track.language.as_str(), track.bytes.as_slice()),
        ("nb", BYTES)
    );
    // A new video is not asked which it has: each call has its price.
    assert_eq!(desk.server.asked("GET /youtube/v3/captions"), 0);
}

#[tokio::test]
async fn a_login_that_may_not_add_captions_is_one_clear_sentence_beside_the_published_video() {
    let desk = desk();
    desk.server.state().scopes = WIDE.to_owned();
    let (_, there) = sent(&desk, with_captions("en")).await;
    assert!(there.watch.is_over(), "{there:?}");
    let note = there.note.unwrap();
    assert!(
        note.starts_with("its captions were not added, since the login may not"),
        "{note}"
    );
    assert!(
        note.contains("YouTube Studio") && note.contains("`redirect`"),
        "{note}"
    );
    assert_eq!(desk.server.videos().len(), 1);
}

#[tokio::test]
async fn captions_that_could_not_be_added_yet_are_added_at_a_later_look_and_once() {
    for lost in [false, true] {
        let desk = desk();
        if lost {
            desk.server.state().lose_captions = 1;
        } else {
            desk.server.state().caption_errors = 1;
        }
        let (request, there) = sent(&desk, with_captions("en")).await;
        assert_eq!(
            there.note.as_deref(),
            Some("its captions are not added yet")
        );
        let later = desk.platform.watch(&there, &request).await.unwrap();
        assert_eq!(
            (later.note, later.watch),
            (None, Watch::Over),
            "lost {lost}"
        );
        assert_eq!(desk.server.videos()[0].captions.len(), 1);
        let inserts = if lost { 1 } else { 2 };
        assert_eq!(
            desk.server.asked("POST /upload/youtube/v3/captions"),
            inserts
        );
    }
}

#[tokio::test]
async fn a_video_that_turned_up_gets_its_captions_and_one_that_has_them_gets_no_second() {
    for has_them in [false, true] {
        let desk = desk();
        let (request, _) = sent(&desk, with_captions("en")).await;
        if !has_them {
            desk.server.state().videos[0].captions.clear();
        }
        let LookUp::Found(found) = desk.look(&request, &[]).await else {
            panic!("it is there");
        };
        assert!(found.watch.goes_on(), "{found:?}");
        let later = desk.platform.watch(&found, &request).await.unwrap();
        assert!(later.watch.is_over(), "{later:?}");
        assert_eq!(desk.server.videos()[0].captions.len(), 1);
        let inserts = if has_them { 1 } else { 2 };
        assert_eq!(
            desk.server.asked("POST /upload/youtube/v3/captions"),
            inserts
        );
    }
}
