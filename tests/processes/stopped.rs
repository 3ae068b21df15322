//! A leader that was stopped and wakes up: SIGSTOP stands for a machine that sleeps.

use crate::desk::{Desk, deliveries, until};
use crate::server;
use chrono::TimeDelta;
use masthead::domain::DeliveryState;
use std::time::Duration;

#[test]
fn a_leader_that_wakes_up_without_its_fencing_number_sends_nothing() {
    let (address, arrived) = server::start("127.0.0.1:0");
    let desk = Desk::new(Some(address));
    let store = desk.store();
    let mut daemon = desk.daemon();
    let leads = || {
        store
            .wait(|db| db.leader())
            .unwrap()
            .is_some_and(|leader| leader.alive)
    };
    until("a leader", leads);
    let first = desk.add(&store, "before", server::now(), &["mock"]);
    until("the first post", || {
        deliveries(&store, first)[0].state == DeliveryState::Published
    });
    daemon.signal("STOP");
    // The kernel keeps a stopped process's lock; whoever deletes the file takes the lead all the same.
    std::fs::remove_file(desk.path().join("data/plan.db.lock")).unwrap();
    let lease = store.try_lead("usurper", server::now()).unwrap();
    let second = desk.add(&store, "while it was stopped", server::now(), &["mock"]);
    daemon.signal("CONT");
    std::thread::sleep(Duration::from_secs(4));
    let waiting = &deliveries(&store, second)[0];
    assert_eq!(
        (waiting.state, waiting.attempts),
        (DeliveryState::Waiting, 0)
    );
    assert_eq!(arrived.count().len(), 1);
    drop(lease);
    until("the second post", || {
        deliveries(&store, second)[0].state == DeliveryState::Published
    });
    daemon.end("TERM");
    let counted = arrived.count();
    assert!(
        counted.len() == 2 && counted.values().all(|times| *times == 1),
        "{counted:?}"
    );
}

#[test]
fn what_fell_due_while_the_leader_was_stopped_leaves_once_when_it_wakes_up() {
    let (address, arrived) = server::start("127.0.0.1:0");
    let desk = Desk::new(Some(address));
    let store = desk.store();
    let mut daemon = desk.daemon();
    until("a leader", || {
        store
            .wait(|db| db.leader())
            .unwrap()
            .is_some_and(|leader| leader.alive)
    });
    let due = server::now() + TimeDelta::seconds(2);
    let post = desk.add(&store, "due in its sleep", due, &["mock", "outbox"]);
    daemon.signal("STOP");
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!((arrived.count().len(), desk.outbox()), (0, 0));
    daemon.signal("CONT");
    until("both channels", || {
        deliveries(&store, post)
            .iter()
            .all(|one| one.state == DeliveryState::Published)
    });
    daemon.end("TERM");
    assert_eq!((arrived.count().len(), desk.outbox()), (1, 1));
    assert!(deliveries(&store, post).iter().all(|one| one.attempts == 1));
}
