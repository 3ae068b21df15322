//! Due, claim, attempts, outcomes and what a dead leader left behind.

use crate::world::{World, at, minutes, name, noon, planned};
use masthead::domain::{
    AttemptRequest, Content, DeliveryId, DeliveryState, Outcome, Plan, PostId, Published,
};
use masthead::store::{DeliveryChange, Lease, StoreError};

fn lead(world: &World) -> Lease {
    world
        .store
        .try_lead("daemon", noon())
        .expect("asks")
        .expect("leads")
}

/// Adds a post that is due now, claims its first delivery.
fn claimed(world: &World, lease: &Lease) -> (PostId, DeliveryId) {
    let post = world.add(planned("One", at(10, 12), &["fosstodon"]));
    let id = world.view(post.id).deliveries[0].id;
    let fence = lease.fence;
    assert_eq!(
        world.store.wait(move |db| db.claim(fence, id, noon())),
        Ok(true)
    );
    (post.id, id)
}

fn request() -> AttemptRequest {
    AttemptRequest {
        body: "{\"status\":\"Hi\"}".to_owned(),
        key: "key-1".to_owned(),
        rkey: Some("3k".to_owned()),
        media_refs: vec!["17".to_owned()],
        ..AttemptRequest::default()
    }
}

fn begin(
    world: &World,
    lease: &Lease,
    id: DeliveryId,
    part: u32,
) -> Result<masthead::domain::AttemptId, StoreError> {
    let fence = lease.fence;
    world
        .store
        .wait(move |db| db.begin_attempt(fence, id, part, &request(), minutes(2), noon()))
}

fn published(id: &str) -> Outcome {
    Outcome::Published(Published {
        id: id.to_owned(),
        ..Published::default()
    })
}

fn unknown() -> Outcome {
    Outcome::Unknown {
        reason: "the connection broke".to_owned(),
    }
}

#[test]
fn what_is_due_is_scheduled_untrashed_and_waiting_and_comes_oldest_first() {
    let world = World::new();
    world.add(planned("now", at(10, 12), &["fosstodon"]));
    world.add(planned("before", at(10, 11), &["fosstodon"]));
    world.add(planned("later", at(10, 13), &["fosstodon"]));
    world.add(Content {
        scheduled: false,
        ..planned("draft", at(10, 9), &["fosstodon"])
    });
    world.add(Content {
        trashed: true,
        ..planned("trashed", at(10, 9), &["fosstodon"])
    });
    let due = world.store.wait(|db| db.due(noon(), &[], 10)).expect("due");
    assert_eq!(
        due.iter()
            .map(|one| one.post.content.title.as_str())
            .collect::<Vec<_>>(),
        ["before", "now"]
    );
    assert_eq!(
        world.store.wait(|db| db.next_due(noon())),
        Ok(Some(at(10, 13).instant())),
        "what is due already is not what is waited for"
    );
}

#[test]
fn a_planned_retry_is_waited_for() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["fosstodon"]));
    let lease = lead(&world);
    let (fence, id) = (lease.fence, world.view(post.id).deliveries[0].id);
    let change = DeliveryChange {
        state: DeliveryState::Waiting,
        reason: "the server is busy".to_owned(),
        next_try: Some(minutes(5)),
        permalink: None,
        tries: 0,
        waits: masthead::domain::Waits::ForItself,
    };
    world
        .store
        .wait(move |db| db.change_delivery(fence, id, &change, noon()))
        .expect("changed");
    assert_eq!(
        world.store.wait(|db| db.due(minutes(4), &[], 10)),
        Ok(vec![])
    );
    assert_eq!(
        world.store.wait(|db| db.next_due(noon())),
        Ok(Some(minutes(5)))
    );
    let due = world
        .store
        .wait(|db| db.due(minutes(5), &[], 10))
        .expect("due");
    assert_eq!(due[0].delivery.next_try, Some(minutes(5)));
    assert_eq!(due[0].delivery.reason, "the server is busy");
    world
        .edit(crate::world::ada(), post.id, |content| {
            content.plan = Plan::At(at(10, 13))
        })
        .expect("moved");
    assert_eq!(
        world.store.wait(|db| db.next_due(noon())),
        Ok(Some(at(10, 13).instant()))
    );
}

#[test]
fn the_top_bar_knows_what_leaves_next_and_where() {
    let world = World::new();
    assert_eq!(world.store.wait(|db| db.next_leaving()), Ok(None));
    world.add(planned("Two", at(11, 9), &["outbox"]));
    world.add(planned("One", at(10, 13), &["bluesky", "fosstodon"]));
    let channels = vec![name("fosstodon"), name("bluesky")];
    assert_eq!(
        world.store.wait(|db| db.next_leaving()),
        Ok(Some((at(10, 13).instant(), channels)))
    );
}

#[test]
fn a_delivery_is_claimed_only_once_whoever_asks() {
    let world = World::new();
    let second = world.second();
    let lease = lead(&world);
    let (_, id) = claimed(&world, &lease);
    let fence = lease.fence;
    assert_eq!(
        world.store.wait(move |db| db.claim(fence, id, noon())),
        Ok(false)
    );
    assert_eq!(
        second.wait(move |db| db.claim(fence, id, noon())),
        Ok(false)
    );
}

#[test]
fn a_hundred_deliveries_are_claimed_once_each_by_two_handles_at_once() {
    let world = World::new();
    let ids: Vec<DeliveryId> = (0..100)
        .map(|number| {
            let post = world.add(planned(&number.to_string(), at(10, 12), &["outbox"]));
            world.view(post.id).deliveries[0].id
        })
        .collect();
    let fence = lead(&world).fence;
    let race = [world.store.clone(), world.second()].map(|store| {
        let ids = ids.clone();
        std::thread::spawn(move || {
            let claim = |id: &DeliveryId| {
                let id = *id;
                store
                    .wait(move |db| db.claim(fence, id, noon()))
                    .expect("asked")
            };
            ids.iter().filter(|id| claim(id)).count()
        })
    });
    let claims: usize = race
        .into_iter()
        .map(|thread| thread.join().expect("ended"))
        .sum();
    assert_eq!(claims, 100);
}

#[test]
fn a_draft_or_a_trashed_post_cannot_be_claimed() {
    let world = World::new();
    let lease = lead(&world);
    let fence = lease.fence;
    let post = world.add(Content {
        scheduled: false,
        ..planned("draft", at(10, 9), &["fosstodon"])
    });
    let id = world.view(post.id).deliveries[0].id;
    assert_eq!(
        world.store.wait(move |db| db.claim(fence, id, noon())),
        Ok(false)
    );
}

#[test]
fn an_attempt_comes_back_with_its_request_and_outcome() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    let attempt = begin(&world, &lease, id, 0).expect("begun");
    let stored = world
        .store
        .wait(move |db| db.attempts(id))
        .expect("attempts");
    assert_eq!(
        (stored[0].id, stored[0].part, stored[0].number),
        (attempt, 0, 1)
    );
    assert_eq!(stored[0].request, request());
    assert_eq!(
        (stored[0].started_at, stored[0].deadline),
        (noon(), minutes(2))
    );
    assert_eq!((&stored[0].outcome, stored[0].ended_at), (&None, None));
    world
        .store
        .wait(move |db| db.finish_attempt(attempt, &published("42"), minutes(1)))
        .expect("finished");
    let stored = world
        .store
        .wait(move |db| db.attempts(id))
        .expect("attempts");
    assert_eq!(stored[0].outcome, Some(published("42")));
    assert_eq!(stored[0].ended_at, Some(minutes(1)));
    let delivery = &world.view(post).deliveries[0];
    assert_eq!(
        (delivery.attempts, delivery.remote_ids.clone()),
        (1, vec!["42".to_owned()])
    );
}

#[test]
fn tries_are_numbered_for_each_part_and_a_part_that_is_there_is_never_tried_again() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    let first = begin(&world, &lease, id, 0).expect("begun");
    assert!(
        matches!(begin(&world, &lease, id, 0), Err(StoreError::Refused(line)) if line.contains("Part 1"))
    );
    let limited = Outcome::RateLimited {
        until: minutes(3),
        reason: "slow down".to_owned(),
    };
    world
        .store
        .wait(move |db| db.finish_attempt(first, &limited, noon()))
        .expect("finished");
    let again = begin(&world, &lease, id, 0).expect("begun");
    world
        .store
        .wait(move |db| db.finish_attempt(again, &published("1"), noon()))
        .expect("finished");
    assert!(matches!(
        begin(&world, &lease, id, 0),
        Err(StoreError::Refused(_))
    ));
    let next = begin(&world, &lease, id, 1).expect("begun");
    world
        .store
        .wait(move |db| db.finish_attempt(next, &published("2"), noon()))
        .expect("finished");
    let stored = world
        .store
        .wait(move |db| db.attempts(id))
        .expect("attempts");
    assert_eq!(
        stored
            .iter()
            .map(|one| (one.part, one.number))
            .collect::<Vec<_>>(),
        [(0, 1), (0, 2), (1, 1)]
    );
    assert_eq!(world.view(post).deliveries[0].remote_ids, ["1", "2"]);
}

#[test]
fn nothing_is_sent_for_a_delivery_that_was_not_claimed() {
    let world = World::new();
    let lease = lead(&world);
    let post = world.add(planned("One", at(10, 12), &["fosstodon"]));
    let id = world.view(post.id).deliveries[0].id;
    assert!(matches!(
        begin(&world, &lease, id, 0),
        Err(StoreError::Refused(_))
    ));
}

#[test]
fn the_outcome_of_a_call_is_kept_even_when_the_lead_is_lost() {
    let world = World::new();
    let lease = lead(&world);
    let (_, id) = claimed(&world, &lease);
    let attempt = begin(&world, &lease, id, 0).expect("begun");
    drop(lease);
    let _next = world
        .second()
        .try_lead("other", noon())
        .expect("asks")
        .expect("leads");
    world
        .store
        .wait(move |db| db.finish_attempt(attempt, &unknown(), noon()))
        .expect("finished");
    world
        .store
        .wait(move |db| db.finish_attempt(attempt, &published("1"), noon()))
        .expect("known now");
    let back = world
        .store
        .wait(move |db| db.finish_attempt(attempt, &unknown(), noon()));
    assert!(matches!(back, Err(StoreError::Refused(_))));
}

#[test]
fn what_a_dead_leader_was_sending_is_unknown_once_its_deadline_has_passed() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    begin(&world, &lease, id, 0).expect("begun");
    drop(lease);
    let next = lead(&world).fence;
    assert_eq!(
        world.store.wait(move |db| db.recover(next, minutes(1))),
        Ok(0)
    );
    assert_eq!(world.states(post), [DeliveryState::Publishing]);
    assert_eq!(
        world.store.wait(move |db| db.recover(next, minutes(2))),
        Ok(1)
    );
    let delivery = &world.view(post).deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Unknown);
    assert_eq!(
        delivery.reason,
        "the program ended while it was being sent; nobody knows whether it arrived"
    );
    let stored = world
        .store
        .wait(move |db| db.attempts(id))
        .expect("attempts");
    assert!(matches!(stored[0].outcome, Some(Outcome::Unknown { .. })));
    let queue = world.store.wait(|db| db.queue(10)).expect("a queue");
    assert_eq!(queue.needs_you_total, 1);
}

#[test]
fn what_a_dead_leader_claimed_and_never_sent_waits_again_but_not_what_this_one_claimed() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    let fence = lease.fence;
    assert_eq!(
        world.store.wait(move |db| db.recover(fence, minutes(9))),
        Ok(0)
    );
    drop(lease);
    let next = lead(&world).fence;
    assert_eq!(
        world.store.wait(move |db| db.recover(next, minutes(9))),
        Ok(1)
    );
    assert_eq!(world.states(post), [DeliveryState::Waiting]);
    assert_eq!(
        world.store.wait(move |db| db.claim(next, id, noon())),
        Ok(true)
    );
}

#[test]
fn an_unknown_outcome_that_a_dead_leader_did_not_act_on_is_not_sent_again() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    let attempt = begin(&world, &lease, id, 0).expect("begun");
    world
        .store
        .wait(move |db| db.finish_attempt(attempt, &unknown(), noon()))
        .expect("finished");
    drop(lease);
    let next = lead(&world).fence;
    assert_eq!(world.store.wait(move |db| db.recover(next, noon())), Ok(1));
    assert_eq!(world.states(post), [DeliveryState::Unknown]);
}

#[test]
fn a_published_delivery_keeps_its_permalink_when_it_changes_again() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease);
    let fence = lease.fence;
    for permalink in [Some("https://fosstodon.org/@a/1".to_owned()), None] {
        let change = DeliveryChange {
            state: DeliveryState::Published,
            reason: String::new(),
            next_try: None,
            permalink,
            tries: 0,
            waits: masthead::domain::Waits::ForItself,
        };
        world
            .store
            .wait(move |db| db.change_delivery(fence, id, &change, noon()))
            .expect("changed");
    }
    assert_eq!(
        world.view(post).deliveries[0].permalink.as_deref(),
        Some("https://fosstodon.org/@a/1")
    );
    let missing = world.store.wait(|db| db.delivery(DeliveryId(99)));
    assert!(matches!(missing, Err(StoreError::NotFound(_))));
}
