//! The outbox: what it lists in which order, and what a person does there, above all calling back what is about to leave.

use crate::world::{World, ada, at, minutes, name, noon, planned};
use masthead::domain::{
    AttemptRequest, Content, DeliveryId, DeliveryState, Glyph, Outcome, PostId, Published, Section,
    Sending, Witness,
};
use masthead::store::{DeliveryChange, Lease, Mark, Store, StoreError};
use std::sync::{Arc, Barrier};

fn lead(world: &World) -> Lease {
    world.store.try_lead("test", noon()).unwrap().unwrap()
}

/// A claimed delivery of a post that is due.
fn claimed(world: &World, lease: &Lease, title: &str) -> (PostId, DeliveryId) {
    let post = world.add(planned(title, at(10, 12), &["fosstodon"]));
    let (fence, id) = (lease.fence, world.view(post.id).deliveries[0].id);
    let claim = world.store.wait(move |db| db.claim(fence, id, noon()));
    assert_eq!(claim, Ok(true));
    (post.id, id)
}

fn begin(store: &Store, fence: i64, id: DeliveryId, part: u32) -> Result<(), StoreError> {
    let request = AttemptRequest::default();
    store.wait(move |db| {
        db.begin_attempt(fence, id, part, &request, minutes(2), noon())
            .map(|_| ())
    })
}

fn skip(store: &Store, id: PostId) -> Result<usize, StoreError> {
    store.wait(move |db| db.skip(&ada(), id, &[name("fosstodon")], noon()))
}

fn end(world: &World, id: DeliveryId, outcome: Outcome) {
    let ended = world.store.wait(move |db| {
        let open = db.attempts(id)?.last().map(|attempt| attempt.id);
        db.finish_attempt(open.expect("an attempt"), &outcome, noon())
    });
    ended.unwrap();
}

#[test]
fn what_needs_a_person_comes_first_with_its_siblings_then_what_leaves_then_what_is_done() {
    let world = World::new();
    let done = world.add(planned("done", at(9, 9), &["fosstodon"]));
    let later = world.add(planned("later", at(12, 9), &["fosstodon"]));
    let next = world.add(planned("next", at(11, 9), &["fosstodon"]));
    let failed = world.add(planned("failed", at(10, 9), &["fosstodon", "bluesky"]));
    let unknown = world.add(planned("unknown", at(10, 11), &["fosstodon"]));
    let lease = lead(&world);
    claimed(&world, &lease, "leaving");
    drop(lease);
    let put = |id: PostId, at: usize, state| world.put(&world.view(id).deliveries[at], state);
    put(done.id, 0, DeliveryState::Published);
    put(failed.id, 0, DeliveryState::Published);
    put(failed.id, 1, DeliveryState::Failed);
    put(unknown.id, 0, DeliveryState::Unknown);
    let read = |section| {
        let read = world.store.wait(move |db| db.outbox(section, 10)).unwrap();
        let rows = read.rows.iter();
        rows.map(|row| format!("{} {}", row.title, row.delivery.state.word()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        read(Section::All),
        [
            "unknown unknown",
            "failed failed",
            "failed published",
            "leaving publishing",
            "next waiting",
            "later waiting",
            "done published",
        ]
    );
    assert_eq!(
        read(Section::NeedsYou),
        ["unknown unknown", "failed failed", "failed published"]
    );
    assert_eq!(read(Section::InFlight), ["leaving publishing"]);
    assert_eq!(read(Section::Next), ["next waiting", "later waiting"]);
    assert_eq!(read(Section::Done), ["done published"]);
    let _ = next;
    let all = world.store.wait(|db| db.outbox(Section::Next, 1)).unwrap();
    assert!(all.more && all.rows.len() == 1);
    assert_eq!(all.tally.of(Glyph::Published), 2);
    assert_eq!(all.tally.of(Glyph::Waiting), 2);
    // What is held back is counted for what it is.
    let draft = |content: &mut Content| content.scheduled = false;
    world.edit(ada(), later.id, draft).unwrap();
    let all = world.store.wait(|db| db.outbox(Section::Next, 1)).unwrap();
    assert_eq!(all.tally.of(Glyph::Waiting), 1);
    assert_eq!(all.tally.of(Glyph::Draft), 1);
}

#[test]
fn an_unknown_outcome_is_listed_even_when_its_post_is_in_the_trash() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["fosstodon"]));
    world.put(&world.view(post.id).deliveries[0], DeliveryState::Unknown);
    world
        .edit(ada(), post.id, |content| content.trashed = true)
        .unwrap();
    let read = world.store.wait(|db| db.outbox(Section::NeedsYou, 10));
    assert_eq!(read.unwrap().rows.len(), 1);
}

#[test]
fn what_was_claimed_is_called_back_until_its_request_is_on_record() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease, "One");
    assert_eq!(skip(&world.store, post), Ok(1));
    assert_eq!(world.states(post), [DeliveryState::Skipped]);
    assert_eq!(
        begin(&world.store, lease.fence, id, 0),
        Err(StoreError::CalledBack)
    );
    assert_eq!(world.store.wait(move |db| db.attempts(id)), Ok(vec![]));
    // Undone it has to be claimed anew; nothing stays marked as publishing.
    world.store.wait(|db| db.undo(&ada(), &[], noon())).unwrap();
    assert_eq!(world.states(post), [DeliveryState::Waiting]);
}

#[test]
fn once_its_request_is_on_record_calling_back_says_that_it_is_too_late() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease, "One");
    begin(&world.store, lease.fence, id, 0).unwrap();
    let named = skip(&world.store, post);
    let whole = world
        .store
        .wait(move |db| db.skip(&ada(), post, &[], noon()));
    for refused in [named, whole] {
        assert!(
            matches!(&refused, Err(StoreError::Refused(why)) if why.starts_with("Too late")),
            "{refused:?}"
        );
    }
    assert_eq!(world.states(post), [DeliveryState::Publishing]);
    let row = world.store.wait(|db| db.outbox(Section::InFlight, 1));
    assert_eq!(row.unwrap().rows[0].sending, Sending::Begun);
}

#[test]
fn a_thread_that_has_begun_is_finished_not_called_back() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease, "One");
    begin(&world.store, lease.fence, id, 0).unwrap();
    end(&world, id, Outcome::Published(Published::default()));
    assert!(matches!(
        skip(&world.store, post),
        Err(StoreError::Refused(_))
    ));
    assert_eq!(begin(&world.store, lease.fence, id, 1), Ok(()));
}

#[test]
fn a_try_that_made_nothing_can_still_be_called_back_before_the_next() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease, "One");
    begin(&world.store, lease.fence, id, 0).unwrap();
    let reason = "no network".to_owned();
    end(&world, id, Outcome::NotSent { reason });
    assert_eq!(skip(&world.store, post), Ok(1));
    assert_eq!(
        begin(&world.store, lease.fence, id, 0),
        Err(StoreError::CalledBack)
    );
}

#[test]
fn what_the_publisher_writes_never_undoes_a_call_back() {
    let world = World::new();
    let lease = lead(&world);
    let (post, id) = claimed(&world, &lease, "One");
    skip(&world.store, post).unwrap();
    for state in [
        DeliveryState::Waiting,
        DeliveryState::Failed,
        DeliveryState::Missed,
    ] {
        let fence = lease.fence;
        let change = DeliveryChange::to(state, "late news");
        let written = world
            .store
            .wait(move |db| db.change_delivery(fence, id, &change, noon()));
        assert_eq!(written, Err(StoreError::CalledBack));
    }
    assert_eq!(world.states(post), [DeliveryState::Skipped]);
}

#[test]
fn of_calling_back_and_beginning_at_the_same_moment_exactly_one_happens() {
    let world = World::new();
    let lease = lead(&world);
    let other = world.second();
    let (mut called_back, mut left) = (0, 0);
    for round in 0..60 {
        let (post, id) = claimed(&world, &lease, &format!("post {round}"));
        let start = Arc::new(Barrier::new(2));
        let (fence, store, ready) = (lease.fence, world.store.clone(), Arc::clone(&start));
        let publisher = std::thread::spawn(move || {
            ready.wait();
            begin(&store, fence, id, 0)
        });
        start.wait();
        if round % 2 == 1 {
            std::thread::yield_now();
        }
        let skipped = skip(&other, post);
        let begun = publisher.join().unwrap();
        let tries = world.store.wait(move |db| db.attempts(id)).unwrap();
        match (skipped, begun) {
            (Ok(1), Err(StoreError::CalledBack)) => {
                assert!(tries.is_empty());
                assert_eq!(world.states(post), [DeliveryState::Skipped]);
                called_back += 1;
            }
            (Err(StoreError::Refused(why)), Ok(())) => {
                assert!(why.starts_with("Too late"), "{why}");
                assert_eq!(tries.len(), 1);
                assert_eq!(world.states(post), [DeliveryState::Publishing]);
                left += 1;
            }
            both => panic!("{both:?}"),
        }
    }
    assert_eq!(called_back + left, 60);
    println!("{called_back} called back, {left} left");
}

#[test]
fn another_try_is_made_at_once_without_a_new_time_and_nothing_else_is() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["fosstodon", "bluesky"]));
    let ids = world.view(post.id).deliveries;
    let (retried, fresh) = (ids[0].id, ids[1].id);
    let lease = lead(&world);
    let fence = lease.fence;
    let change = DeliveryChange {
        next_try: Some(minutes(20)),
        ..DeliveryChange::to(DeliveryState::Waiting, "server said wait (429)")
    };
    world
        .store
        .wait(move |db| db.change_delivery(fence, retried, &change, noon()))
        .unwrap();
    let tried = world.store.wait(move |db| db.try_now(retried, minutes(3)));
    assert_eq!(tried, Ok(post.id));
    let now = &world.view(post.id).deliveries[0];
    assert_eq!(now.next_try, Some(minutes(3)));
    assert_eq!(now.due_at, Some(noon()));
    let refused = world.store.wait(move |db| db.try_now(fresh, minutes(3)));
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}

/// A delivery whose answer was lost.
fn unknown(world: &World) -> (PostId, DeliveryId, Lease) {
    let lease = lead(world);
    let (post, id) = claimed(world, &lease, "One");
    begin(&world.store, lease.fence, id, 0).unwrap();
    let reason = "lost".to_owned();
    end(world, id, Outcome::Unknown { reason });
    let fence = lease.fence;
    let change = DeliveryChange::to(DeliveryState::Unknown, "lost");
    world
        .store
        .wait(move |db| db.change_delivery(fence, id, &change, noon()))
        .unwrap();
    (post, id, lease)
}

#[test]
fn an_unknown_delivery_is_never_tried_or_skipped_and_looks_again_only_after_its_deadline() {
    let world = World::new();
    let (post, id, _lease) = unknown(&world);
    let tried = world.store.wait(move |db| db.try_now(id, minutes(9)));
    assert!(matches!(tried, Err(StoreError::Refused(why)) if why.contains("guess")));
    assert!(matches!(
        skip(&world.store, post),
        Err(StoreError::Refused(_))
    ));
    let look = |minute: i64| {
        world.store.wait(move |db| {
            db.look_again(post, &name("fosstodon"), minutes(minute), minutes(minute))
        })
    };
    assert!(
        matches!(look(1), Err(StoreError::Refused(why)) if why.contains("12:02")
        || why.contains("11:02"))
    );
    assert_eq!(look(2), Ok(()));
    assert_eq!(world.view(post).deliveries[0].next_try, Some(minutes(2)));
}

#[test]
fn what_is_not_there_can_be_left_away_by_a_person_who_looked() {
    let world = World::new();
    let (post, id, _lease) = unknown(&world);
    let mark = |minute: i64| {
        world.store.wait(move |db| {
            let (channel, said) = (name("fosstodon"), Mark::NotThereSkip);
            db.mark(
                &ada(),
                post,
                &channel,
                &said,
                minutes(minute),
                minutes(minute),
            )
        })
    };
    assert!(matches!(mark(1), Err(StoreError::Refused(_))));
    assert_eq!(mark(3), Ok(()));
    assert_eq!(world.states(post), [DeliveryState::Skipped]);
    let tries = world.store.wait(move |db| db.attempts(id)).unwrap();
    assert!(matches!(
        tries[0].outcome,
        Some(Outcome::Absent {
            witness: Witness::Person,
            ..
        })
    ));
}
