//! Calling a post back while the publisher is at it: before its request leaves nothing is sent, after that it is too late.

use super::*;
use masthead::store::StoreError;

fn skip(room: &Room, post: &Post) -> Result<usize, StoreError> {
    let (id, now) = (post.id, room.clock.now());
    room.store
        .wait(move |db| db.skip(&Author::from("tester"), id, &["a".into()], now))
}

async fn until(what: impl Fn() -> bool) {
    timeout(Wait::from_secs(20), async {
        while !what() {
            tokio::time::sleep(Wait::from_millis(5)).await;
        }
    })
    .await
    .expect("it comes to that");
}

fn with_picture(content: &mut Content) {
    content.attachments = vec![masthead::domain::Attachment {
        hash: "abc".to_owned(),
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 7,
        pixels: Some((10, 10)),
        duration_ms: None,
        alt: "a".to_owned(),
        ..masthead::domain::Attachment::default()
    }];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_called_back_while_its_picture_is_uploaded_is_not_sent_and_stays_skipped() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        upload_gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], with_picture);
    let (handle, _events) = publisher::start(room.setup());
    until(|| !fake.uploads.lock().unwrap().is_empty()).await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
    assert_eq!(skip(&room, &post), Ok(1));
    gate.notify_one();
    // A second post on the same channel leaves: the first one's task has ended, and nothing is stuck.
    let other = room.add(&["a"], |_| ());
    handle.wake();
    until(|| room.delivery(&other).state == DeliveryState::Published).await;
    handle.stop().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Skipped);
    assert_eq!(room.delivery(&post).attempts, 0);
    assert_eq!(fake.bodies().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_request_has_left_is_not_called_back_and_is_published_once() {
    let gate = Arc::new(Notify::new());
    let fake = Arc::new(Fake {
        gate: Some(Arc::clone(&gate)),
        ..Fake::default()
    });
    let room = Room::new(&[("a", Arc::clone(&fake))]);
    let post = room.add(&["a"], |_| ());
    let (handle, _events) = publisher::start(room.setup());
    until(|| !fake.bodies().is_empty()).await;
    let refused = skip(&room, &post);
    assert!(
        matches!(&refused, Err(StoreError::Refused(why)) if why.starts_with("Too late")),
        "{refused:?}"
    );
    gate.notify_one();
    until(|| room.delivery(&post).state == DeliveryState::Published).await;
    handle.stop().await;
    assert_eq!(fake.bodies().len(), 1);
}
