//! Approvals on the way out: nothing leaves without one where they are required, nor with one for another text.

use super::{Fake, Room};
use chrono::Duration;
use masthead::domain::review::{APPROVED_OTHERWISE, UNAPPROVED};
use masthead::domain::{Author, ChannelName, Clock, DeliveryState, Facts, Post, ReviewRule};
use masthead::publisher::dry_run;
use std::sync::Arc;

fn required(fake: &Arc<Fake>) -> Room {
    let room = Room::new(&[("a", Arc::clone(fake))]);
    room.store
        .wait(|db| {
            db.set_review_rule(ReviewRule::Required);
            Ok(())
        })
        .unwrap();
    room
}

/// Approves what the channel would get, as a colleague.
fn approve(room: &Room, post: &Post, hash: Option<&str>) {
    let channel = ChannelName::from("a");
    let rules = room.outlets[&channel].channel.rules();
    let variant = post.content.variant(&channel).unwrap();
    let composed = masthead::text::compose(rules, &post.content, variant, &Facts::default());
    let hash = hash.map_or_else(|| composed.hash(), str::to_owned);
    let (id, now) = (post.id, room.clock.now());
    let approve = move |db: &mut masthead::store::Db| {
        db.approve(&Author::from("colleague"), id, &channel, &hash, now)
    };
    room.store.wait(approve).unwrap();
}

#[tokio::test]
async fn without_its_approval_it_waits_and_leaves_at_once_when_it_is_given() {
    let fake = Fake::following([]);
    let room = required(&fake);
    let post = room.add(&["a"], |_| ());
    let second = room.add(&["a"], |content| content.text = "Other".to_owned());
    approve(&room, &second, None);
    room.once().await;
    let held = room.delivery(&post);
    assert_eq!(held.state, DeliveryState::Waiting);
    assert_eq!(held.reason, UNAPPROVED);
    let behind = room.delivery(&second);
    assert_eq!(
        behind.state,
        DeliveryState::Published,
        "it holds nothing else up"
    );
    approve(&room, &post, None);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(fake.bodies().len(), 2);
}

#[tokio::test]
async fn an_approval_of_something_else_lets_nothing_leave() {
    let fake = Fake::following([]);
    let room = required(&fake);
    let post = room.add(&["a"], |_| ());
    approve(&room, &post, Some("another"));
    room.once().await;
    let held = room.delivery(&post);
    assert_eq!(held.state, DeliveryState::Waiting);
    assert_eq!(held.reason, APPROVED_OTHERWISE);
    assert_eq!(held.attempts, 0);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn past_its_grace_it_is_missed_because_nobody_approved_it() {
    let fake = Fake::following([]);
    let room = required(&fake);
    let post = room.add(&["a"], |_| ());
    room.once().await;
    room.clock.forward(Duration::minutes(16));
    room.once().await;
    let missed = room.delivery(&post);
    assert_eq!(missed.state, DeliveryState::Missed);
    assert!(missed.reason.contains("not approved"), "{}", missed.reason);
    assert!(fake.bodies().is_empty());
}

#[tokio::test]
async fn a_dry_run_says_what_lacks_its_approval() {
    let fake = Fake::following([]);
    let room = required(&fake);
    let post = room.add(&["a"], |_| ());
    let problems = |room: &Room| {
        let (outlets, setup, now) = (room.outlets.clone(), room.setup(), room.clock.now());
        let calls = move |db: &mut masthead::store::Db| {
            let until = now + Duration::days(1);
            dry_run::calls(db, &outlets, setup.clock_state, &setup.late, now, until)
        };
        room.store.wait(calls).unwrap().remove(0).problems
    };
    assert_eq!(problems(&room), [UNAPPROVED]);
    approve(&room, &post, Some("another"));
    assert_eq!(problems(&room), [APPROVED_OTHERWISE]);
    approve(&room, &post, None);
    assert!(problems(&room).is_empty());
}
