//! Channels that a person serves: who is asked, who did it first, and a mark that is taken back.

use crate::world::{World, ada, at, grace, minutes, name, noon, planned};
use chrono::Duration;
use masthead::domain::by_hand::{ASKED, LATER, Posted};
use masthead::domain::{
    Channel, Content, Delivery, DeliveryState, LocalTime, Outcome, PlatformId, Post, ReviewRule,
    Section, Waits,
};
use masthead::store::{DeliveryChange, Store, StoreError, Turned};
use std::sync::Barrier;

const ADDRESS: &str = "https://www.linkedin.com/feed/update/1";

fn world() -> World {
    let world = World::new();
    let mut page = Channel::new("page", PlatformId::ByHand);
    page.like = Some(PlatformId::LinkedIn);
    page.page = Some("https://www.linkedin.com/company/example".to_owned());
    let channels = [page, Channel::new("outbox", PlatformId::Sandbox)];
    world
        .store
        .wait(move |db| db.sync_channels(&channels))
        .unwrap();
    world
}

/// Puts a delivery to where a leader would.
fn put(world: &World, delivery: &Delivery, change: DeliveryChange) {
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let id = delivery.id;
    world
        .store
        .wait(move |db| db.change_delivery(lease.fence, id, &change, noon()))
        .unwrap();
}

/// A post that was due an hour ago on the page and is due tomorrow in the outbox's own time, and is asked for.
fn asked(world: &World) -> Post {
    let post = world.add(planned("Newsletter", at(10, 12), &["page", "outbox"]));
    let ask = DeliveryChange {
        next_try: Some(minutes(15)),
        waits: Waits::ForAPerson,
        ..DeliveryChange::to(DeliveryState::Waiting, ASKED)
    };
    put(world, &world.view(post.id).deliveries[0], ask);
    post
}

fn done(store: &Store, post: &Post, who: &str, address: &str) -> Result<(), StoreError> {
    let (id, who, address) = (post.id, who.into(), address.to_owned());
    store.wait(move |db| {
        let posted = Posted {
            permalink: Some(address),
            texts: vec!["The text, as it was pasted: (1) & #2".to_owned()],
        };
        db.posted_by_hand(&who, id, &name("page"), &posted, minutes(3), minutes(3))
    })
}

fn page(world: &World, post: &Post) -> Delivery {
    world.view(post.id).deliveries.remove(0)
}

#[test]
fn the_page_of_a_channel_is_kept_and_what_is_composed_for_it_is_pasted() {
    let world = world();
    let channels = world.store.wait(|db| db.channels()).unwrap();
    let address = channels[0].page.as_deref();
    assert_eq!(address, Some("https://www.linkedin.com/company/example"));
    let facts = world.store.wait(|db| db.facts()).unwrap();
    assert!(facts[&name("page")].by_hand);
    assert!(!facts[&name("outbox")].by_hand);
}

#[test]
fn what_somebody_is_asked_for_needs_them_and_leaves_no_more_by_itself() {
    let world = world();
    let post = asked(&world);
    let queue = world.store.wait(|db| db.queue(10)).unwrap();
    assert_eq!((queue.needs_you_total, queue.next_total), (1, 0));
    assert!(queue.needs_you[0].channels[0].is_asked_by_hand());
    let outbox = world
        .store
        .wait(|db| db.outbox(Section::NeedsYou, 10))
        .unwrap();
    assert_eq!(outbox.rows.len(), 2);
    let health = world.store.wait(|db| db.health(minutes(60))).unwrap();
    let ailing: Vec<_> = health.ailing.iter().map(|one| one.state).collect();
    assert_eq!(ailing, [DeliveryState::Waiting]);
    assert_eq!(health.ailing[0].channel, name("page"));
    let overdue: Vec<_> = health.overdue.iter().map(|one| &one.channel).collect();
    assert_eq!(overdue, [&name("outbox")], "it is asked for, not overdue");
    assert_eq!(health.next.unwrap().channels, [name("outbox")]);
    let (_, next) = world.store.wait(|db| db.next_leaving()).unwrap().unwrap();
    assert_eq!(next, [name("outbox")]);
    // Whoever leads looks again when its time is over.
    let due = world.store.wait(|db| db.next_due(minutes(1))).unwrap();
    assert_eq!(due, Some(minutes(15)));
    let tasks = world.store.wait(|db| db.tasks(noon(), 10)).unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].delivery.id, page(&world, &post).id);
}

#[test]
fn asked_once_more_is_told_once_more() {
    let world = world();
    let post = asked(&world);
    let told = world.store.wait(|db| db.untold()).unwrap();
    assert_eq!(told.len(), 1);
    world.store.wait(move |db| db.tell(&told)).unwrap();
    assert_eq!(world.store.wait(|db| db.untold()).unwrap(), []);
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let id = page(&world, &post).id;
    let ask = DeliveryChange {
        next_try: Some(minutes(75)),
        waits: Waits::ForAPerson,
        ..DeliveryChange::to(DeliveryState::Waiting, ASKED)
    };
    world
        .store
        .wait(move |db| db.change_delivery(lease.fence, id, &ask, minutes(60)))
        .unwrap();
    assert_eq!(world.store.wait(|db| db.untold()).unwrap().len(), 1);
}

#[test]
fn what_was_posted_is_on_record_and_the_second_person_is_told_who_was_first() {
    let world = world();
    let post = asked(&world);
    done(&world.store, &post, "Ada", ADDRESS).unwrap();
    let there = page(&world, &post);
    assert_eq!(there.state, DeliveryState::Published);
    assert_eq!(there.reason, "posted by hand by Ada");
    assert_eq!(there.permalink.as_deref(), Some(ADDRESS));
    assert_eq!(there.remote_ids, [ADDRESS]);
    assert_eq!(there.next_try, None);
    let attempts = world.store.wait(move |db| db.attempts(there.id)).unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!(
        attempts[0].request.text(),
        "The text, as it was pasted: (1) & #2"
    );
    let second = done(&world.second(), &post, "Grace", "https://example.org/2");
    let said = second.unwrap_err().to_string();
    assert!(
        said.contains("“Newsletter” is on page already: posted by hand by Ada")
            && said.contains(ADDRESS),
        "{said}"
    );
    assert_eq!(page(&world, &post).permalink.as_deref(), Some(ADDRESS));
    let queue = world.store.wait(|db| db.queue(10)).unwrap();
    assert_eq!((queue.needs_you_total, queue.next_total), (0, 1));
}

#[test]
fn of_two_people_at_the_same_moment_one_did_it() {
    for _ in 0..5 {
        let world = world();
        let post = asked(&world);
        let stores = [world.second(), world.second()];
        let start = Barrier::new(2);
        let results = std::thread::scope(|scope| {
            let both: Vec<_> = stores
                .iter()
                .zip(["Ada", "Grace"])
                .map(|(store, who)| {
                    let (start, post) = (&start, &post);
                    scope.spawn(move || {
                        start.wait();
                        done(store, post, who, &format!("https://example.org/{who}")).is_ok()
                    })
                })
                .collect();
            both.into_iter()
                .map(|one| one.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(results.iter().filter(|done| **done).count(), 1);
        assert_eq!(page(&world, &post).attempts, 1);
    }
}

#[test]
fn a_mark_by_mistake_is_undone_and_done_again_even_after_another_channel_left() {
    let world = world();
    let post = asked(&world);
    done(&world.store, &post, "Ada", ADDRESS).unwrap();
    let outbox = world.view(post.id).deliveries.remove(1);
    put(
        &world,
        &outbox,
        DeliveryChange::to(DeliveryState::Published, ""),
    );
    let undone = world
        .store
        .wait(|db| db.undo(&ada(), &[], minutes(5)))
        .unwrap();
    assert!(
        matches!(undone, Turned::Done(ref it) if it.label == "posted by hand on page “Newsletter”"),
        "{undone:?}"
    );
    let back = page(&world, &post);
    assert_eq!(
        (back.state, back.reason.as_str()),
        (DeliveryState::Waiting, ASKED)
    );
    assert_eq!((back.permalink, back.next_try), (None, Some(minutes(15))));
    assert!(back.remote_ids.is_empty());
    let id = back.id;
    let attempts = world.store.wait(move |db| db.attempts(id)).unwrap();
    assert!(matches!(attempts[0].outcome, Some(Outcome::Absent { .. })));
    let queue = world.store.wait(|db| db.queue(10)).unwrap();
    assert_eq!(queue.needs_you_total, 1);
    world
        .store
        .wait(|db| db.redo(&ada(), &[], minutes(6)))
        .unwrap();
    let again = page(&world, &post);
    assert_eq!(again.state, DeliveryState::Published);
    assert_eq!(again.permalink.as_deref(), Some(ADDRESS));
    assert_eq!(again.attempts, 2);
}

#[test]
fn a_colleague_takes_a_mark_back_and_it_is_asked_for_again() {
    let world = world();
    let post = asked(&world);
    let id = post.id;
    let take_back = |world: &World| {
        world
            .store
            .wait(move |db| db.not_posted_by_hand(&grace(), id, &name("page"), minutes(9)))
    };
    let said = take_back(&world).unwrap_err().to_string();
    assert!(said.contains("there is no mark to take back"), "{said}");
    done(&world.store, &post, "Ada", ADDRESS).unwrap();
    take_back(&world).unwrap();
    let back = page(&world, &post);
    assert_eq!((back.state, back.permalink), (DeliveryState::Waiting, None));
    let due = world.store.wait(|db| db.due(minutes(9), &[], 5)).unwrap();
    assert!(due.iter().any(|due| due.delivery.channel == name("page")));
    // Ada's own mark is gone, and says so.
    let undone = world
        .store
        .wait(|db| db.undo(&ada(), &[], minutes(9)))
        .unwrap();
    assert!(
        matches!(undone, Turned::Stuck { ref why, .. } if why.contains("moved on")),
        "{undone:?}"
    );
}

#[test]
fn it_is_put_off_and_never_past_its_not_after_time() {
    let world = world();
    let post = asked(&world);
    let later = |world: &World, post: &Post, until| {
        let id = post.id;
        world
            .store
            .wait(move |db| db.put_off(&ada(), id, &name("page"), until, minutes(1)))
    };
    later(&world, &post, minutes(61)).unwrap();
    let there = page(&world, &post);
    assert_eq!(there.state, DeliveryState::Waiting);
    assert_eq!(there.reason, format!("{LATER}: Ada"));
    assert_eq!(there.next_try, Some(minutes(61)));
    let queue = world.store.wait(|db| db.queue(10)).unwrap();
    assert_eq!((queue.needs_you_total, queue.next_total), (0, 1));
    let tasks = world.store.wait(|db| db.tasks(minutes(1), 10)).unwrap();
    assert_eq!(tasks.len(), 1, "it is a task all the same");

    let ends = world.add(Content {
        not_after: Some(LocalTime::from_instant(minutes(30), chrono_tz::UTC)),
        ..planned("Call", at(10, 12), &["page"])
    });
    let said = later(&world, &ends, minutes(61)).unwrap_err().to_string();
    assert!(said.contains("not after"), "{said}");
    let early = world.add(planned("Early", at(20, 12), &["page"]));
    let said = later(&world, &early, minutes(61)).unwrap_err().to_string();
    assert!(said.contains("not due"), "{said}");
    done(&world.store, &early, "Ada", ADDRESS).unwrap();
    assert_eq!(page(&world, &early).state, DeliveryState::Published);
}

#[test]
fn a_new_time_makes_it_a_plan_again_and_a_skip_can_be_undone() {
    let world = world();
    let post = asked(&world);
    world
        .edit(ada(), post.id, |content| {
            content.plan = masthead::domain::Plan::At(at(12, 9));
        })
        .unwrap();
    let moved = page(&world, &post);
    assert_eq!((moved.reason.as_str(), moved.next_try), ("", None));
    let queue = world.store.wait(|db| db.queue(10)).unwrap();
    assert_eq!((queue.needs_you_total, queue.next_total), (0, 1));

    let other = asked(&world);
    let id = other.id;
    world
        .store
        .wait(move |db| db.skip(&ada(), id, &[name("page")], noon()))
        .unwrap();
    world.store.wait(|db| db.undo(&ada(), &[], noon())).unwrap();
    assert_eq!(page(&world, &other).state, DeliveryState::Waiting);
}

#[test]
fn nothing_is_marked_without_its_approval_and_nothing_where_a_program_publishes() {
    let world = world();
    let post = asked(&world);
    let id = post.id;
    let outbox = world.store.wait(move |db| {
        let posted = Posted::default();
        db.posted_by_hand(&ada(), id, &name("outbox"), &posted, noon(), noon())
    });
    let said = outbox.unwrap_err().to_string();
    assert!(said.contains("not served by hand"), "{said}");
    world
        .store
        .wait(|db| {
            db.set_review_rule(ReviewRule::Required);
            Ok(())
        })
        .unwrap();
    let said = done(&world.store, &post, "Ada", ADDRESS)
        .unwrap_err()
        .to_string();
    assert!(said.contains("not approved"), "{said}");
    assert_eq!(page(&world, &post).state, DeliveryState::Waiting);
}

#[test]
fn what_passed_its_time_can_still_be_marked_and_undone_to_missed() {
    let world = world();
    let post = asked(&world);
    let missed = DeliveryChange::to(DeliveryState::Missed, "nobody");
    put(&world, &page(&world, &post), missed);
    done(&world.store, &post, "Ada", ADDRESS).unwrap();
    world
        .store
        .wait(|db| db.undo(&ada(), &[], noon() + Duration::hours(3)))
        .unwrap();
    let back = page(&world, &post);
    assert_eq!(
        (back.state, back.reason.as_str()),
        (DeliveryState::Missed, "nobody")
    );
}

#[test]
fn what_somebody_did_stands_though_the_leader_had_found_the_task_open() {
    let world = world();
    let post = asked(&world);
    done(&world.store, &post, "Ada", ADDRESS).unwrap();
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let (fence, id) = (lease.fence, page(&world, &post).id);
    for state in [DeliveryState::Waiting, DeliveryState::Missed] {
        let late = DeliveryChange::to(state, ASKED);
        let written = world
            .store
            .wait(move |db| db.change_delivery(fence, id, &late, minutes(4)));
        assert_eq!(written, Err(StoreError::CalledBack));
    }
    assert_eq!(page(&world, &post).state, DeliveryState::Published);
}

#[test]
fn a_task_put_off_since_the_leader_read_it_is_not_called_missed() {
    let world = world();
    let post = asked(&world);
    let read = page(&world, &post);
    let (id, off) = (post.id, minutes(61));
    world
        .store
        .wait(move |db| db.put_off(&ada(), id, &name("page"), off, minutes(1)))
        .unwrap();
    let lease = world.store.try_lead("test", noon()).unwrap().unwrap();
    let fence = lease.fence;
    let decided = |read: Delivery| {
        let missed = DeliveryChange::to(DeliveryState::Missed, "nobody has said that it is done");
        world
            .store
            .wait(move |db| db.decide_delivery(fence, &read, &missed, minutes(16)))
    };
    assert_eq!(decided(read), Err(StoreError::CalledBack));
    let now = page(&world, &post);
    assert_eq!(now.next_try, Some(off));
    assert_eq!(decided(now), Ok(()));
}
