//! What is kept about parts whose answer was lost, and what a late answer may still change.

use crate::world::{World, ada, at, minutes, name, noon, planned};
use masthead::domain::{
    AttemptId, AttemptRequest, DeliveryId, DeliveryState, Look, Outcome, Post, Published, Saw,
    Witness,
};
use masthead::store::{DeliveryChange, Lease, Mark, StoreError};

/// A post whose answer was lost; the lead is kept.
fn unknown(world: &World) -> (Post, DeliveryId, AttemptId, Lease) {
    let post = world.add(planned("Launch", at(10, 12), &["fosstodon"]));
    let id = world.view(post.id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let attempt = world
        .store
        .wait(move |db| {
            assert!(db.claim(fence, id, noon())?);
            let request = AttemptRequest::default();
            let attempt = db.begin_attempt(fence, id, 0, &request, minutes(2), noon())?;
            let lost = Outcome::Unknown {
                reason: "lost".to_owned(),
            };
            db.finish_attempt(attempt, &lost, noon())?;
            db.change_delivery(fence, id, &standing(DeliveryState::Unknown), noon())?;
            Ok(attempt)
        })
        .unwrap();
    (post, id, attempt, lease)
}

fn standing(state: DeliveryState) -> DeliveryChange {
    DeliveryChange {
        state,
        reason: String::new(),
        next_try: None,
        permalink: None,
        tries: 0,
        waits: masthead::domain::Waits::ForItself,
    }
}

fn look(attempt: AttemptId, saw: Saw) -> Look {
    Look {
        attempt,
        at: minutes(2),
        saw,
        reason: "seen".to_owned(),
    }
}

fn there() -> Outcome {
    Outcome::Published(Published {
        id: "42".to_owned(),
        ..Published::default()
    })
}

#[test]
fn an_unknown_delivery_is_due_for_a_look_at_once_then_when_planned_and_never_after_the_last() {
    let world = World::new();
    let (_post, id, attempt, lease) = unknown(&world);
    let due = |minute: i64| {
        let found = world
            .store
            .wait(move |db| db.unknown_due(minutes(minute), 9));
        found.unwrap().len()
    };
    assert_eq!(due(0), 1);
    let keep = |next: Option<i64>| {
        let change = DeliveryChange {
            next_try: next.map(minutes),
            ..standing(DeliveryState::Unknown)
        };
        let (fence, look) = (lease.fence, look(attempt, Saw::CannotTell));
        world
            .store
            .wait(move |db| db.keep_look(fence, id, &look, None, &change, minutes(2)))
            .unwrap()
    };
    assert!(keep(Some(5)));
    assert_eq!((due(4), due(5)), (0, 1));
    assert!(keep(None));
    assert_eq!(due(10_000), 0);
    let looks = world.store.wait(move |db| db.looks(id)).unwrap();
    assert_eq!(looks, vec![look(attempt, Saw::CannotTell); 2]);
}

#[test]
fn what_a_crash_left_open_is_due_for_a_look_whatever_earlier_tries_were_looked_up() {
    let world = World::new();
    let (_post, id, attempt, lease) = unknown(&world);
    let (fence, seen) = (lease.fence, look(attempt, Saw::Found));
    world
        .store
        .wait(move |db| {
            // The first part is there; the leader dies while it sends the second.
            let change = standing(DeliveryState::Waiting);
            assert!(db.keep_look(fence, id, &seen, Some(&there()), &change, minutes(3))?);
            assert!(db.claim(fence, id, minutes(3))?);
            let request = AttemptRequest::default();
            db.begin_attempt(fence, id, 1, &request, minutes(5), minutes(3))
        })
        .unwrap();
    drop(lease);
    let lease = world
        .second()
        .try_lead("next", minutes(6))
        .unwrap()
        .unwrap();
    let due = world.store.wait(move |db| {
        assert_eq!(db.recover(lease.fence, minutes(6))?, 1);
        db.unknown_due(minutes(6), 9)
    });
    assert_eq!(due.unwrap().len(), 1);
}

#[test]
fn a_look_changes_nothing_once_a_person_has_decided() {
    let world = World::new();
    let (post, id, attempt, lease) = unknown(&world);
    let marked = Mark::There(Published::default());
    world
        .store
        .wait(move |db| {
            db.mark(
                &ada(),
                post.id,
                &name("fosstodon"),
                &marked,
                minutes(1),
                minutes(1),
            )
        })
        .unwrap();
    let (fence, seen) = (lease.fence, look(attempt, Saw::Absent));
    let absent = Outcome::Absent {
        reason: String::new(),
        witness: Witness::Platform,
    };
    let kept = world.store.wait(move |db| {
        let change = standing(DeliveryState::Waiting);
        db.keep_look(fence, id, &seen, Some(&absent), &change, minutes(3))
    });
    assert_eq!(kept, Ok(false));
    assert_eq!(world.states(post.id), [DeliveryState::Published]);
}

#[test]
fn only_the_leader_keeps_looks() {
    let world = World::new();
    let (_post, id, attempt, lease) = unknown(&world);
    let fence = lease.fence - 1;
    let seen = look(attempt, Saw::Found);
    let kept = world.store.wait(move |db| {
        let change = standing(DeliveryState::Published);
        db.keep_look(fence, id, &seen, Some(&there()), &change, minutes(3))
    });
    assert_eq!(kept, Err(StoreError::NotLeader));
}

#[test]
fn an_answer_that_comes_after_it_was_taken_for_absent_still_counts_and_less_than_that_does_not() {
    let world = World::new();
    let (_post, id, attempt, lease) = unknown(&world);
    let (fence, seen) = (lease.fence, look(attempt, Saw::Absent));
    let absent = Outcome::Absent {
        reason: "looked".to_owned(),
        witness: Witness::Platform,
    };
    let known = absent.clone();
    let outcomes = world
        .store
        .wait(move |db| {
            let change = standing(DeliveryState::Waiting);
            assert!(db.keep_look(fence, id, &seen, Some(&absent), &change, minutes(3))?);
            let late = Outcome::Unknown {
                reason: "timed out".to_owned(),
            };
            db.finish_attempt(attempt, &late, minutes(4))?;
            let before = db.attempts(id)?.remove(0).outcome;
            db.finish_attempt(attempt, &there(), minutes(5))?;
            Ok((before, db.attempts(id)?.remove(0).outcome))
        })
        .unwrap();
    assert_eq!(outcomes, (Some(known), Some(there())));
}

#[test]
fn what_other_posts_on_the_channel_became_is_known() {
    let world = World::new();
    let (_post, _id, attempt, _lease) = unknown(&world);
    let ids = |channel: &'static str, minute: i64| {
        let found = world
            .store
            .wait(move |db| db.published_since(&name(channel), minutes(minute)));
        found.unwrap()
    };
    assert!(ids("fosstodon", -60).is_empty());
    world
        .store
        .wait(move |db| db.finish_attempt(attempt, &there(), minutes(1)))
        .unwrap();
    assert_eq!(ids("fosstodon", -60), ["42"]);
    assert!(ids("fosstodon", 2).is_empty());
    assert!(ids("bluesky", -60).is_empty());
}
