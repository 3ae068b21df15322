//! Channels that a person serves: asked in time, once, never sent to anything, and never quietly counted as published.

use super::{Fake, Room};
use chrono::Duration;
use masthead::domain::by_hand::{ASKED, LATER};
use masthead::domain::review::UNAPPROVED;
use masthead::domain::{
    Author, ChannelName, Clock, DeliveryState, Facts, Kind, PlatformId, ReviewRule,
};
use masthead::publisher::plan::NOBODY_DID;
use masthead::publisher::tasks;
use std::path::Path;
use std::sync::Arc;

/// A room whose channel `a` is served by hand; what would be sent to it is seen by the fake.
fn room(fake: &Arc<Fake>) -> Room {
    let mut room = Room::new(&[("a", Arc::clone(fake)), ("b", Arc::clone(fake))]);
    let channel = &mut room.outlet("a").channel;
    channel.platform = PlatformId::ByHand;
    channel.like = Some(PlatformId::LinkedIn);
    let channels: Vec<_> = room.outlets.values().map(|it| it.channel.clone()).collect();
    room.store
        .wait(move |db| db.sync_channels(&channels))
        .unwrap();
    room
}

#[tokio::test]
async fn at_its_time_somebody_is_asked_once_and_past_its_grace_it_is_missed() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a", "b"], |_| ());
    let settled = room.once().await;
    assert_eq!(settled.len(), 2);
    let [by_hand, sent] = &room.deliveries(&post)[..] else {
        panic!("two deliveries");
    };
    assert_eq!(sent.state, DeliveryState::Published, "nothing is held up");
    assert_eq!(
        (by_hand.state, by_hand.reason.as_str()),
        (DeliveryState::Waiting, ASKED)
    );
    assert_eq!(by_hand.attempts, 0);
    room.clock.forward(Duration::minutes(10));
    assert!(room.once().await.is_empty(), "asked already");
    room.clock.forward(Duration::minutes(6));
    room.once().await;
    let missed = room.delivery(&post);
    assert_eq!(
        (missed.state, missed.reason.as_str()),
        (DeliveryState::Missed, NOBODY_DID)
    );
    assert_eq!(fake.bodies().len(), 1, "only what goes by itself was sent");
}

#[tokio::test]
async fn at_the_last_moment_of_its_grace_it_is_neither_asked_again_nor_looked_at_for_ever() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a"], |_| ());
    room.clock.forward(Duration::minutes(15));
    room.once().await;
    let asked = room.delivery(&post);
    assert_eq!(asked.reason, ASKED);
    room.once().await;
    assert_eq!(room.delivery(&post), asked);
    room.clock.forward(Duration::seconds(1));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Missed);
}

#[tokio::test]
async fn tasks_of_one_minute_are_all_asked_for_at_once() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let posts: Vec<_> = (0..5)
        .map(|_| room.add(&["a"], |content| content.kind = Kind::Evergreen))
        .collect();
    room.clock.forward(Duration::minutes(30));
    room.once().await;
    for post in &posts {
        assert_eq!(room.delivery(post).reason, ASKED);
    }
}

#[tokio::test]
async fn what_is_put_off_is_asked_for_again_and_its_grace_begins_there() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    let (id, now) = (post.id, room.clock.now());
    let until = now + Duration::minutes(60);
    let channel = ChannelName::from("a");
    room.store
        .wait(move |db| db.put_off(&Author::from("ada"), id, &channel, until, now))
        .unwrap();
    room.clock.forward(Duration::minutes(59));
    room.once().await;
    assert!(room.delivery(&post).reason.starts_with(LATER));
    room.clock.forward(Duration::minutes(5));
    room.once().await;
    let asked = room.delivery(&post);
    assert_eq!(asked.reason, ASKED);
    room.clock.forward(Duration::minutes(20));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Missed);
}

#[tokio::test]
async fn a_text_over_the_limit_fails_and_says_why() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a"], |content| content.text = "x".repeat(3_001));
    room.once().await;
    let failed = room.delivery(&post);
    assert_eq!(failed.state, DeliveryState::Failed);
    assert!(
        failed.reason.contains("3000") || failed.reason.contains("3,000"),
        "{}",
        failed.reason
    );
}

#[tokio::test]
async fn frozen_nobody_is_asked_and_unapproved_it_waits_for_that() {
    let fake = Fake::following([]);
    let room = room(&fake);
    let post = room.add(&["a"], |content| content.kind = Kind::Evergreen);
    let now = room.clock.now();
    room.store
        .wait(move |db| db.freeze(&Author::from("ada"), "", now))
        .unwrap();
    room.once().await;
    assert_eq!(room.delivery(&post).reason, "");
    let id = room.delivery(&post).id;
    let held = move |db: &mut masthead::store::Db| tasks::task(db, id, Path::new("/m"), now);
    let task = room.store.wait(held).unwrap();
    assert_eq!(task.held, ["frozen by ada"]);
    room.store
        .wait(move |db| {
            db.thaw(&Author::from("ada"), &[], now)?;
            db.set_review_rule(ReviewRule::Required);
            Ok(())
        })
        .unwrap();
    room.once().await;
    assert_eq!(room.delivery(&post).reason, UNAPPROVED);
    let task = room.store.wait(held).unwrap();
    assert_eq!(task.held, [UNAPPROVED]);
    let channel = ChannelName::from("a");
    let facts = Facts {
        by_hand: true,
        ..Facts::default()
    };
    let variant = post.content.variant(&channel).unwrap();
    let composed = masthead::text::compose(PlatformId::LinkedIn, &post.content, variant, &facts);
    let (id, hash) = (post.id, composed.hash());
    room.store
        .wait(move |db| db.approve(&Author::from("grace"), id, &channel, &hash, now))
        .unwrap();
    room.once().await;
    assert_eq!(room.delivery(&post).reason, ASKED);
}

#[tokio::test]
async fn a_task_has_the_text_as_it_is_pasted_with_pictures_and_alt_texts() {
    use masthead::domain::by_hand::Handling::{Attach, Know, Open, Paste};
    let fake = Fake::following([]);
    let room = room(&fake);
    let mut channels: Vec<_> = room.outlets.values().map(|it| it.channel.clone()).collect();
    channels[0].page = Some("https://www.linkedin.com/company/example".to_owned());
    room.store
        .wait(move |db| db.sync_channels(&channels))
        .unwrap();
    let picture = |name: &str, alt: &str| masthead::domain::Attachment {
        hash: format!("hash-{name}"),
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        size: 10,
        pixels: Some((10, 10)),
        duration_ms: None,
        alt: alt.to_owned(),
        ..masthead::domain::Attachment::default()
    };
    let post = room.add(&["a"], |content| {
        content.text = "Read (this) #OpenScience_2026".to_owned();
        content.link = Some(masthead::domain::LinkCard {
            url: "https://example.org/news".to_owned(),
            title: "News".to_owned(),
            description: String::new(),
        });
        content.attachments = vec![picture("one.png", "A map"), picture("two.png", "")];
    });
    let (id, now) = (room.delivery(&post).id, room.clock.now());
    let task = room
        .store
        .wait(move |db| tasks::task(db, id, Path::new("/data/media"), now))
        .unwrap();
    let pieces: Vec<_> = task
        .pieces()
        .into_iter()
        .map(|it| (it.name, it.handling, it.text))
        .collect();
    let piece = |name: &str, handling, text: &str| (name.to_owned(), handling, text.to_owned());
    assert_eq!(
        pieces,
        [
            piece("open", Open, "https://www.linkedin.com/company/example"),
            piece(
                "text",
                Paste,
                "Read (this) #OpenScience_2026\nhttps://example.org/news"
            ),
            piece("picture 1", Attach, "/data/media/hash-one.png"),
            piece("alt text of picture 1", Paste, "A map"),
            piece("picture 2", Attach, "/data/media/hash-two.png"),
            piece("alt text of picture 2", Know, "none was written"),
        ]
    );
}
