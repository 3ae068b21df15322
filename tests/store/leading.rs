//! One leader: the lock, the fencing number, and a process that dies.
//!
//! The process is this test program again, told by `MASTHEAD_TEST_LEAD` to lead a database until it is killed.

use crate::world::{World, at, minutes, noon, planned};
use masthead::domain::{AttemptRequest, DeliveryState};
use masthead::store::{DeliveryChange, Store, StoreError};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn only_one_of_two_processes_leads_until_it_gives_the_lead_up() {
    let world = World::new();
    let second = world.second();
    assert_eq!(world.store.wait(|db| db.leader()), Ok(None));
    let lease = world
        .store
        .try_lead("daemon", noon())
        .expect("asks")
        .expect("leads");
    assert!(second.try_lead("screen", noon()).expect("asks").is_none());
    let leader = second
        .wait(|db| db.leader())
        .expect("reads")
        .expect("a leader");
    assert_eq!(
        (leader.holder.as_str(), leader.fence, leader.alive),
        ("daemon", lease.fence, true)
    );
    let fence = lease.fence;
    world
        .store
        .wait(move |db| db.tick(fence, minutes(1)))
        .expect("ticks");
    drop(lease);
    let leader = second
        .wait(|db| db.leader())
        .expect("reads")
        .expect("a leader");
    assert_eq!((leader.tick_at, leader.alive), (minutes(1), false));
    let next = second
        .try_lead("screen", minutes(2))
        .expect("asks")
        .expect("leads");
    assert!(next.fence > fence);
}

#[test]
fn asking_who_leads_costs_nobody_the_lead() {
    let world = World::new();
    let asking = world.second();
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stop = std::sync::Arc::clone(&done);
    let questions = std::thread::spawn(move || {
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            asking.wait(|db| db.leader()).expect("reads");
        }
    });
    for _ in 0..50 {
        assert!(
            world
                .store
                .try_lead("daemon", noon())
                .expect("asks")
                .is_some()
        );
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    questions.join().expect("ended");
}

#[test]
fn a_leader_that_was_replaced_can_change_nothing_any_more() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["outbox"]));
    let id = world.view(post.id).deliveries[0].id;
    let old = world
        .store
        .try_lead("old", noon())
        .expect("asks")
        .expect("leads")
        .fence;
    let second = world.second();
    let new = second
        .try_lead("new", noon())
        .expect("asks")
        .expect("leads");
    let change = DeliveryChange {
        state: DeliveryState::Published,
        reason: String::new(),
        next_try: None,
        permalink: None,
        tries: 0,
        waits: masthead::domain::Waits::ForItself,
    };
    let request = AttemptRequest::default();
    let refused = [
        world
            .store
            .wait(move |db| db.claim(old, id, noon()).map(|_| ())),
        world.store.wait(move |db| {
            db.begin_attempt(old, id, 0, &request, minutes(2), noon())
                .map(|_| ())
        }),
        world
            .store
            .wait(move |db| db.change_delivery(old, id, &change, noon())),
        world.store.wait(move |db| db.tick(old, noon())),
        world
            .store
            .wait(move |db| db.recover(old, noon()).map(|_| ())),
    ];
    assert!(
        refused.iter().all(|one| *one == Err(StoreError::NotLeader)),
        "{refused:?}"
    );
    assert_eq!(world.states(post.id), [DeliveryState::Waiting]);
    assert_eq!(
        second.wait(move |db| db.claim(new.fence, id, noon())),
        Ok(true)
    );
}

const LEAD: &str = "MASTHEAD_TEST_LEAD";

/// The body of the other process; without the variable there is nothing to test here.
#[test]
fn leads_until_it_is_killed_when_started_as_the_other_process() {
    let Some(path) = std::env::var_os(LEAD) else {
        return;
    };
    let store = Store::open(path.as_ref(), noon()).expect("opens");
    let lease = store
        .try_lead("other process", noon())
        .expect("asks")
        .expect("leads");
    let due = store.wait(|db| db.due(noon(), &[], 1)).expect("due");
    let (fence, id) = (lease.fence, due[0].delivery.id);
    store
        .wait(move |db| {
            db.claim(fence, id, noon())?;
            db.begin_attempt(fence, id, 0, &AttemptRequest::default(), minutes(1), noon())
        })
        .expect("begun");
    println!("\nleading");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_killed_process_loses_the_lead_at_once_and_what_it_was_sending_is_unknown() {
    let world = World::new();
    let post = world.add(planned("One", at(10, 12), &["outbox"]));
    let mut other = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "--nocapture"])
        .arg("leading::leads_until_it_is_killed_when_started_as_the_other_process")
        .env(LEAD, world.store.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(other.stdout.take().expect("its output")).lines();
    assert!(lines.any(|line| line.expect("a line") == "leading"));
    assert!(
        world
            .store
            .try_lead("screen", noon())
            .expect("asks")
            .is_none()
    );
    let leader = world
        .store
        .wait(|db| db.leader())
        .expect("reads")
        .expect("a leader");
    assert_eq!(
        (leader.holder.as_str(), leader.alive),
        ("other process", true)
    );
    assert_eq!(world.states(post.id), [DeliveryState::Publishing]);
    other.kill().expect("killed");
    other.wait().expect("gone");
    let lease = world
        .store
        .try_lead("screen", noon())
        .expect("asks")
        .expect("leads");
    assert_eq!(
        world
            .store
            .wait(move |db| db.recover(lease.fence, minutes(1))),
        Ok(1)
    );
    assert_eq!(world.states(post.id), [DeliveryState::Unknown]);
}
