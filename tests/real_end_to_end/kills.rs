//! A daemon that is killed in the middle of its work, and the one after it.

use crate::common::now;
use crate::desk::{Desk, PATIENCE, delivery};
use crate::servers::{Servers, alone};
use chrono::{SubsecRound, TimeDelta};
use masthead::domain::{Attempt, PostId};
use masthead::store::Store;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const POSTS: usize = 8;

/// Returns all attempts at a post on a channel.
fn attempts(store: &Store, post: &str, channel: &str) -> Vec<Attempt> {
    let (post, channel) = (PostId(post.parse().unwrap()), channel.to_owned());
    store
        .wait(move |db| {
            let deliveries = db.post(post)?.deliveries;
            let found = deliveries
                .iter()
                .find(|delivery| delivery.channel.as_str() == channel)
                .unwrap();
            db.attempts(found.id)
        })
        .unwrap()
}

/// Adds posts of two parts that are due at the same time, and returns their ids.
fn due_soon(desk: &Desk) -> Vec<String> {
    let due = now().trunc_subsecs(0) + TimeDelta::seconds(2);
    let at = due.format("%Y-%m-%d %H:%M:%S").to_string();
    (0..POSTS)
        .map(|number| {
            desk.add(
                &format!("Post {number} part one\n---\nPost {number} part two"),
                &["--channel", "mock,sky", "--thread", "--at", &at],
            )
        })
        .collect()
}

#[test]
fn a_daemon_killed_again_and_again_doubles_nothing() {
    let _quiet = alone();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, skyer) = servers.desk();
    let ids = due_soon(&desk);
    let mut kills = 0;
    for published in [1, 2, 3, 1, 2] {
        let mut daemon = desk.daemon();
        daemon.hear_times(": published", published);
        daemon.kill();
        kills += 1;
    }
    let daemon = desk.daemon();
    let end = Instant::now() + PATIENCE;
    let settled = loop {
        let all: Vec<_> = ids.iter().map(|id| desk.show(id)).collect();
        // What the killed one had in flight stays as it is until its deadline: nobody may guess before.
        let in_flight = |id: &str, channel: &str| {
            let store = Store::open(&desk.database(), now()).unwrap();
            attempts(&store, id, channel)
                .iter()
                .any(|attempt| attempt.outcome.is_none())
        };
        let busy = all.iter().zip(&ids).any(|(shown, id)| {
            ["mock", "sky"].iter().any(|channel| {
                match delivery(shown, channel)["state"].as_str().unwrap() {
                    "waiting" => true,
                    "publishing" => !in_flight(id, channel),
                    _ => false,
                }
            })
        });
        if !busy || Instant::now() > end {
            break all;
        }
        std::thread::sleep(Duration::from_millis(300));
    };
    daemon.end();

    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for status in servers.all_on_mock(&tooter) {
        let words = status["content"]
            .as_str()
            .unwrap()
            .replace("<p>", "")
            .replace("</p>", "");
        *there.entry(format!("mock {words}")).or_default() += 1;
    }
    for record in servers.all_on_pds(&skyer) {
        let words = record["value"]["text"].as_str().unwrap();
        *there.entry(format!("sky {words}")).or_default() += 1;
    }
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for (number, shown) in settled.iter().enumerate() {
        for channel in ["mock", "sky"] {
            let state = delivery(shown, channel)["state"].as_str().unwrap();
            *states.entry(format!("{channel} {state}")).or_default() += 1;
            for part in ["one", "two"] {
                let words = format!("{channel} Post {number} part {part}");
                let found = there.remove(&words).unwrap_or_default();
                match state {
                    "published" => assert_eq!(found, 1, "{words}"),
                    "publishing" | "unknown" => assert!(found <= 1, "{words}: {found}"),
                    other => panic!("{words}: {other}"),
                }
            }
        }
    }
    assert!(there.is_empty(), "nobody asked for these: {there:?}");
    println!(
        "{kills} kills, {POSTS} posts of two parts on two channels: {states:?}, nothing doubled"
    );
}

#[test]
fn a_post_in_flight_when_the_daemon_was_killed_is_not_sent_again() {
    let _quiet = alone();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, _) = servers.desk();
    let due = now().trunc_subsecs(0) + TimeDelta::seconds(2);
    let at = due.format("%Y-%m-%d %H:%M:%S").to_string();
    servers.hold_next_status(3000);
    let id = desk.add("In flight", &["--channel", "mock", "--at", &at]);
    let daemon = desk.daemon();
    let store = Store::open(&desk.database(), now()).unwrap();
    let end = Instant::now() + PATIENCE;
    while attempts(&store, &id, "mock").is_empty() {
        assert!(Instant::now() < end, "nothing was sent");
        std::thread::sleep(Duration::from_millis(50));
    }
    // The request is with the server by now, which sleeps over it.
    std::thread::sleep(Duration::from_millis(500));
    daemon.kill();

    let daemon = desk.daemon();
    std::thread::sleep(Duration::from_secs(6));
    let shown = desk.show(&id);
    let state = delivery(&shown, "mock")["state"].as_str().unwrap();
    let there = servers.all_on_mock(&tooter).len();
    let tried = attempts(&store, &id, "mock");
    println!(
        "in flight: {there} on the server, {} attempt, state {state}",
        tried.len()
    );
    assert!(["publishing", "unknown"].contains(&state), "{shown}");
    assert!(there <= 1);
    assert_eq!(tried.len(), 1);
    assert!(tried[0].deadline > now(), "until then nobody decides");
    daemon.end();
}
