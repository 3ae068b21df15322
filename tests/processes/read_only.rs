//! A database that becomes read-only under a running screen and a running daemon: it is said, nothing leaves unrecorded,
//! and nothing typed is lost.

use crate::desk::{Desk, Process, deliveries, until};
use crate::disk::{self, ReadOnly};
use crate::server;
use crate::sick::{ESC, texts};
use chrono::TimeDelta;
use masthead::domain::DeliveryState;
use std::fs::File;
use std::time::Duration;

/// Lets nobody write the database of a desk, nor make a file beside it.
fn protected(desk: &Desk) -> Option<ReadOnly> {
    let data = desk.path().join("data");
    let paths = ["plan.db", "plan.db-wal", "."].map(|name| data.join(name));
    match ReadOnly::make(paths.into()) {
        Ok(made) => Some(made),
        Err(why) => {
            println!("skipped: no file can be made read-only under a program here: {why}");
            None
        }
    }
}

#[test]
fn a_database_that_becomes_read_only_is_said_and_the_text_is_kept_and_the_post_leaves_once() {
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    screen.send("a");
    screen.wait_for("Esc saves");
    screen.send("before, ");
    screen.wait_for("before,");
    let due = server::now() + TimeDelta::seconds(2);
    let post = desk.add(&store, "due", due, &["outbox"]);
    screen.rest(Duration::from_millis(300));
    let Some(held) = protected(&desk) else {
        return;
    };
    screen.send("and while it is read-only");
    let shown = screen.wait_for("NOT SAVED");
    println!("{}", shown.lines().next().unwrap_or_default());
    screen.wait_for("the database is read-only. Your text is kept here");
    let shown = screen.wait_for("NOT SAVED, NOT PUBLISHING: the database is read-only");
    println!("{}", shown.lines().last().unwrap_or_default());
    screen.send(ESC);
    screen.rest(Duration::from_millis(300));
    screen.send("\x03");
    screen.wait_for("only on this screen");
    screen.wait_for("before, and while it is read-only");
    assert_eq!(desk.outbox(), 0);
    drop(held);
    screen.wait_until("the alarms to end", |shown| {
        !shown.contains("NOT SAVED") && !shown.contains("NOT PUBLISHING")
    });
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send(ESC);
    screen.wait_for("Saved");
    assert!(texts(&store).contains(&"before, and while it is read-only".to_owned()));
    assert_eq!(
        (desk.outbox(), deliveries(&store, post)[0].attempts),
        (1, 1)
    );
}

#[test]
fn a_daemon_whose_database_becomes_read_only_sends_nothing_and_keeps_the_outcome_it_has() {
    let (address, arrived) = server::start("127.0.0.1:0");
    let desk = Desk::new(Some(address));
    let store = desk.store();
    let said = desk.path().join("said");
    let mut command = desk.command(&["daemon"]);
    command.stderr(File::create(&said).unwrap());
    let daemon = Process::Daemon(command.spawn().unwrap());
    let said = || std::fs::read_to_string(&said).unwrap();
    until("the lead", || said().contains("publishing from"));
    arrived.hold();
    let first = desk.add(&store, "on its way", server::now(), &["mock"]);
    let due = server::now() + TimeDelta::seconds(6);
    let second = desk.add(&store, "due meanwhile", due, &["outbox", "mock"]);
    until("the request", || arrived.count().len() == 1);
    let Some(held) = protected(&desk) else {
        arrived.let_go();
        return;
    };
    arrived.let_go();
    until("the daemon's words", || {
        said().contains("cannot be written")
    });
    std::thread::sleep(Duration::from_secs(8));
    assert_eq!(arrived.count().len(), 1, "nothing leaves unrecorded");
    assert_eq!(desk.outbox(), 0, "nothing leaves unrecorded");
    let state = deliveries(&store, first)[0].state;
    assert_eq!(state, DeliveryState::Publishing);
    drop(held);
    let published = |post| {
        let all = deliveries(&store, post);
        all.iter().all(|one| one.state == DeliveryState::Published)
    };
    until("all of it", || published(first) && published(second));
    assert!(said().contains("the database answers again"), "{}", said());
    daemon.end("TERM");
    for delivery in [deliveries(&store, first), deliveries(&store, second)].concat() {
        assert_eq!(delivery.attempts, 1, "{delivery:?}");
    }
    let counted = arrived.count();
    assert!(
        counted.len() == 2 && counted.values().all(|times| *times == 1),
        "{counted:?}"
    );
    assert_eq!(desk.outbox(), 1);
}

#[test]
fn a_disk_that_turns_read_only_after_an_error_loses_and_doubles_nothing() {
    if disk::own().is_none() {
        let test = "read_only::inside_a_disk_that_turns_read_only";
        disk::on_one_that_can_fail(test, "after the disk was mended:");
    }
}

#[test]
fn inside_a_disk_that_turns_read_only() {
    let Some(disk) = disk::own() else {
        return;
    };
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    screen.send("a");
    screen.wait_for("Esc saves");
    screen.send("before, ");
    screen.wait_for("before,");
    let due = server::now() + TimeDelta::seconds(2);
    let post = desk.add(&store, "due", due, &["outbox"]);
    screen.rest(Duration::from_millis(500));
    disk::fail(&disk);
    screen.send("and after the error");
    let shown = screen.wait_for("NOT SAVED, NOT PUBLISHING: the database is read-only");
    println!("{}", shown.lines().next().unwrap_or_default());
    let shown = screen.wait_for("before, and after the error");
    println!("{}", shown.lines().last().unwrap_or_default());
    // What is tried again and again must not end up in the text, or beside it.
    std::thread::sleep(Duration::from_secs(3));
    assert!(!screen.screen().contains("tracing"), "{}", screen.screen());
    let refused = desk.command(&["list"]).status().unwrap();
    assert!(!refused.success());
    screen.send("\x03");
    screen.wait_for("only on this screen");
    screen.send("\x03");
    screen.wait();
    assert!(screen.is_restored());
    assert_eq!(desk.outbox(), 0, "nothing leaves unrecorded");
    drop((screen, store));
    disk::mend(&disk);
    let store = desk.store();
    let mut screen = desk.screen();
    let shown = screen.wait_for("before,");
    println!("after the disk was mended:\n{shown}");
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send("\r");
    screen.wait_for("3 Editor  before,");
    screen.send(ESC);
    until("the text", || {
        texts(&store).contains(&"before, ".to_owned())
    });
    assert_eq!(texts(&store).len(), 2);
    assert_eq!(
        (desk.outbox(), deliveries(&store, post)[0].attempts),
        (1, 1)
    );
}
