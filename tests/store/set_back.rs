//! The machine's clock is set back while something waits to be tried again.

use crate::world::{World, ada, at, minutes, name, noon, planned};
use chrono::{DateTime, Duration, Utc};
use masthead::domain::{AttemptRequest, DeliveryState, Outcome};
use masthead::store::DeliveryChange;

fn waiting(next_try: DateTime<Utc>) -> DeliveryChange {
    DeliveryChange {
        next_try: Some(next_try),
        ..DeliveryChange::to(DeliveryState::Waiting, "no network")
    }
}

#[test]
fn a_retry_planned_before_the_clock_was_set_back_waits_no_hour_longer() {
    let world = World::new();
    let post = world.add(planned("late", at(10, 8), &["outbox"]));
    let id = world.view(post.id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let (then, now) = (minutes(1), minutes(-59));
    let next = world
        .store
        .wait(move |db| {
            db.claim(fence, id, then)?;
            db.change_delivery(fence, id, &waiting(then + Duration::seconds(5)), then)?;
            db.tick(fence, then)?;
            db.tick(fence, now)?;
            db.delivery(id)
        })
        .unwrap()
        .next_try
        .unwrap();
    assert_eq!(next, now + Duration::seconds(5));
    // A clock that goes on, and one that is set forward, change nothing.
    let next = world
        .store
        .wait(move |db| {
            db.change_delivery(fence, id, &waiting(minutes(30)), now)?;
            db.tick(fence, minutes(-58))?;
            db.tick(fence, minutes(120))?;
            db.delivery(id)
        })
        .unwrap()
        .next_try;
    assert_eq!(next, Some(minutes(30)));
}

#[test]
fn the_next_leader_notices_a_clock_that_was_set_back_while_nobody_led() {
    let world = World::new();
    let post = world.add(planned("late", at(10, 8), &["outbox"]));
    let id = world.view(post.id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    world
        .store
        .wait(move |db| {
            db.claim(fence, id, noon())?;
            db.change_delivery(fence, id, &waiting(minutes(2)), noon())
        })
        .unwrap();
    drop(lease);
    let lease = world.store.try_lead("next", minutes(-60)).unwrap();
    let next = world
        .store
        .wait(move |db| db.delivery(id))
        .unwrap()
        .next_try;
    assert_eq!(next, Some(minutes(-58)));
    drop(lease);
}

#[test]
fn an_attempt_of_unknown_outcome_is_then_looked_for_from_long_before_and_its_deadline_stays_after_the_true_one()
 {
    let world = World::new();
    let post = world.add(planned("lost", at(10, 12), &["outbox"]));
    let id = world.view(post.id).deliveries[0].id;
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let attempts = world
        .store
        .wait(move |db| {
            db.claim(fence, id, noon())?;
            let request = AttemptRequest::default();
            let attempt = db.begin_attempt(fence, id, 0, &request, minutes(2), noon())?;
            let lost = Outcome::Unknown {
                reason: "no answer".to_owned(),
            };
            db.finish_attempt(attempt, &lost, noon())?;
            // Set back by an hour, noticed half a minute later.
            db.tick(fence, minutes(-60) + Duration::seconds(30))?;
            db.attempts(id)
        })
        .unwrap();
    let truly_until = minutes(2) - Duration::hours(1);
    assert_eq!(attempts[0].deadline, truly_until + Duration::seconds(30));
    assert!(attempts[0].started_at < noon() - Duration::hours(25));
}

#[test]
fn the_network_is_away_as_long_as_nothing_gets_through_anywhere() {
    use masthead::store::Reached;
    let world = World::new();
    let first = world.add(planned("one", at(10, 12), &["fosstodon"]));
    let second = world.add(planned("two", at(10, 12), &["bluesky", "fosstodon"]));
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let one = world.view(first.id).deliveries[0].id;
    let two = world.view(second.id).deliveries;
    assert_eq!(two[0].channel, name("bluesky"));
    let offline = || world.store.wait(|db| db.queue(10)).unwrap().offline;
    assert_eq!(offline(), None);
    let (blue, foss) = (two[0].id, two[1].id);
    world
        .store
        .wait(move |db| {
            db.note_reached(fence, one, Reached::No, minutes(1))?;
            db.note_reached(fence, foss, Reached::No, minutes(2))?;
            db.note_reached(fence, one, Reached::No, minutes(3))
        })
        .unwrap();
    let away = offline().unwrap();
    assert_eq!((away.since, away.waiting), (minutes(1), 2));
    // Another channel gets through: it is one server that is away.
    world
        .store
        .wait(move |db| {
            let there = DeliveryChange::to(DeliveryState::Published, "");
            db.change_delivery(fence, blue, &there, minutes(4))
        })
        .unwrap();
    assert_eq!(offline(), None);
    let third = world.add(planned("three", at(10, 12), &["bluesky"]));
    let three = world.view(third.id).deliveries[0].id;
    world
        .store
        .wait(move |db| db.note_reached(fence, three, Reached::No, minutes(5)))
        .unwrap();
    let away = offline().unwrap();
    assert_eq!((away.since, away.waiting), (minutes(1), 3));
    world
        .store
        .wait(move |db| {
            let skipped = db.skip(&ada(), third.id, &[], minutes(6))?;
            assert_eq!(skipped, 1);
            for id in [one, foss] {
                db.note_reached(fence, id, Reached::Yes, minutes(6))?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(offline(), None);
}
