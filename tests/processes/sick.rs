//! A full disk, a locked database and a network that is away, under a real screen: it says so, and the text stays.

use crate::desk::{Desk, deliveries, until};
use crate::disk;
use crate::server;
use chrono::TimeDelta;
use masthead::domain::DeliveryState;
use masthead::store::Store;
use rusqlite::Connection;
use std::time::Duration;

pub const ESC: &str = "\x1b";

/// The texts that are saved.
pub fn texts(store: &Store) -> Vec<String> {
    let all = store.wait(|db| db.list(None, None, false, 100)).unwrap();
    all.into_iter().map(|view| view.post.content.text).collect()
}

#[test]
fn a_locked_database_is_said_and_the_text_is_kept_and_the_post_leaves_once_it_is_free() {
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    screen.send("a");
    screen.wait_for("Esc saves");
    let post = desk.add(
        &store,
        "due meanwhile",
        server::now() + TimeDelta::seconds(1),
        &["outbox"],
    );
    let held = Connection::open(desk.database()).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    screen.send("typed while it was locked");
    screen.wait_for("typed while it was locked");
    screen.wait_for("NOT SAVED");
    screen.wait_for("Your text is kept here");
    screen.wait_for("NOT PUBLISHING");
    assert_eq!(desk.outbox(), 0);
    held.execute_batch("ROLLBACK").unwrap();
    screen.wait_until("the alarms to end", |shown| {
        !shown.contains("NOT SAVED") && !shown.contains("NOT PUBLISHING")
    });
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send(ESC);
    screen.wait_for("Saved");
    assert!(texts(&store).contains(&"typed while it was locked".to_owned()));
    assert_eq!(desk.outbox(), 1);
    assert_eq!(deliveries(&store, post)[0].attempts, 1);
}

#[test]
fn a_network_that_is_away_is_said_with_since_when_and_what_waits_and_each_post_leaves_once() {
    // A port on which nobody listens yet.
    let (address, _) = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        (listener.local_addr().unwrap(), ())
    };
    let desk = Desk::new(Some(address));
    let store = desk.store();
    let screen = desk.screen();
    screen.wait_for("publishing");
    let posts = ["one", "two"].map(|text| desk.add(&store, text, server::now(), &["mock"]));
    let shown = screen.wait_for("OFFLINE since ");
    println!("{}", shown.lines().next().unwrap_or_default());
    screen.wait_for(", 2 wait");
    let (_, arrived) = server::start(&address.to_string());
    screen.wait_until("the network", |shown| !shown.contains("OFFLINE"));
    until("both posts", || {
        posts
            .iter()
            .all(|post| deliveries(&store, *post)[0].state == DeliveryState::Published)
    });
    let counted = arrived.count();
    assert!(
        counted.len() == 2 && counted.values().all(|times| *times == 1),
        "{counted:?}"
    );
}

#[test]
fn on_a_full_disk_the_screen_says_so_keeps_the_text_and_publishes_once_there_is_room() {
    if disk::own().is_none() {
        let test = "sick::inside_a_disk_of_four_megabytes";
        disk::on_a_small_one(4, test, "under a real screen:");
    }
}

#[test]
fn inside_a_disk_of_four_megabytes() {
    let Some(own) = disk::own() else {
        return;
    };
    let desk = Desk::new(None);
    let store = desk.store();
    let mut screen = desk.screen();
    screen.wait_for("publishing");
    // The screen's copy of the day, made a few seconds after the start, must not be what finds the disk full.
    std::thread::sleep(Duration::from_secs(7));
    screen.send("a");
    screen.wait_for("Esc saves");
    screen.send("before, ");
    screen.wait_for("before,");
    let post = desk.add(
        &store,
        "due",
        server::now() + TimeDelta::seconds(2),
        &["outbox"],
    );
    screen.rest(Duration::from_millis(300));
    let filler = disk::fill(&own);
    screen.send("and on a full disk");
    let shown = screen.wait_for("NOT SAVED");
    println!(
        "under a real screen: {}",
        shown.lines().next().unwrap_or_default()
    );
    screen.wait_for("Your text is kept here");
    screen.wait_for("NOT PUBLISHING");
    let shown = screen.wait_for("before, and on a full disk");
    println!(
        "under a real screen: {}",
        shown.lines().last().unwrap_or_default()
    );
    screen.send("\x03");
    screen.wait_for("only on this screen");
    assert_eq!(desk.outbox(), 0);
    std::fs::remove_file(filler).unwrap();
    screen.wait_until("the alarms to end", |shown| {
        !shown.contains("NOT SAVED") && !shown.contains("NOT PUBLISHING")
    });
    until("the post", || {
        deliveries(&store, post)[0].state == DeliveryState::Published
    });
    screen.send(ESC);
    screen.wait_for("Saved");
    assert!(texts(&store).contains(&"before, and on a full disk".to_owned()));
    assert_eq!(
        (desk.outbox(), deliveries(&store, post)[0].attempts),
        (1, 1)
    );
}
