//! What is planned for a time leaves at that time, on every channel.

use crate::common::now;
use crate::desk::{Desk, assert_published, delivery, remote_ids};
use crate::servers::{Servers, Skyer, Tooter, alone};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use masthead::domain::{Attempt, PostId};
use masthead::store::Store;
use serde_json::Value;

/// Far more than a second: the figure is printed, and a busy machine is no reason to fail.
const LOOSE: TimeDelta = TimeDelta::seconds(5);

const CHANNELS: [&str; 4] = ["box", "mock", "snac", "sky"];

/// Returns the first attempt of each delivery, in the order of the channels.
fn first_attempts(desk: &Desk, id: &str) -> Vec<Attempt> {
    let store = Store::open(&desk.database(), now()).unwrap();
    let post = PostId(id.parse().unwrap());
    store
        .wait(move |db| {
            let deliveries = db.post(post)?.deliveries;
            deliveries
                .iter()
                .map(|delivery| Ok(db.attempts(delivery.id)?.remove(0)))
                .collect()
        })
        .unwrap()
}

/// Returns when each server made the post, by the server's own clock.
fn made_at(
    servers: &Servers,
    desk: &Desk,
    shown: &Value,
    tooter: &Tooter,
    skyer: &Skyer,
) -> [DateTime<Utc>; 4] {
    let id = |channel: &str| remote_ids(shown, channel).remove(0);
    let stated = |status: Value| {
        let text = status["created_at"].as_str().unwrap().to_owned();
        DateTime::parse_from_rfc3339(&text).unwrap().to_utc()
    };
    let file = url::Url::parse(delivery(shown, "box")["permalink"].as_str().unwrap()).unwrap();
    let written = std::fs::metadata(file.to_file_path().unwrap()).unwrap();
    [
        DateTime::from(written.modified().unwrap()),
        stated(servers.on_mock(tooter, &id("mock"))),
        stated(servers.on_snac(desk, &id("snac"))),
        servers.last_commit(skyer),
    ]
}

/// Prints how late each channel was, and checks when it was sent; `due` is the planned instant by the real clock.
fn check_lateness(
    due: DateTime<Utc>,
    attempts: &[Attempt],
    made: [DateTime<Utc>; 4],
    earliest: TimeDelta,
) {
    for ((channel, attempt), made) in CHANNELS.iter().zip(attempts).zip(made) {
        let began = attempt.started_at - due;
        let ended = attempt.ended_at.unwrap() - due;
        println!(
            "{channel:<5} sent {:>5} ms after its time, made by the server's clock {:>5} ms, on record as published {:>5} ms",
            began.num_milliseconds(),
            (made - due).num_milliseconds(),
            ended.num_milliseconds()
        );
        assert!(began >= earliest, "{channel} left before its time");
        // How long a server takes to answer is printed and no more: snac sometimes takes five seconds.
        assert!(began < LOOSE, "{channel} was late");
    }
}

#[test]
fn what_is_due_in_some_seconds_is_out_on_four_channels_within_a_second_of_its_time() {
    let _quiet = alone();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (desk, tooter, skyer) = servers.desk();
    let due = now().trunc_subsecs(0) + TimeDelta::seconds(5);
    let at = due.format("%Y-%m-%d %H:%M:%S").to_string();
    let id = desk.add(
        "On the minute",
        &["--channel", "box,mock,snac,sky", "--at", &at],
    );
    assert_eq!(
        desk.show(&id)["plan"]["due_at"],
        due.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    );
    let mut daemon = desk.daemon();
    daemon.hear_times(": published", CHANNELS.len());
    let shown = desk.show(&id);
    assert_published(&shown);
    daemon.end();
    let made = made_at(&servers, &desk, &shown, &tooter, &skyer);
    check_lateness(due, &first_attempts(&desk, &id), made, TimeDelta::zero());
    assert_eq!(servers.all_on_mock(&tooter).len(), 1);
    assert_eq!(servers.all_on_pds(&skyer).len(), 1);
}

#[test]
fn in_one_minute_by_a_clock_that_was_set_is_that_minute() {
    let _quiet = alone();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (mut desk, tooter, skyer) = servers.desk();
    // The minute is full three seconds after each start.
    desk.export("MASTHEAD_NOW", "2030-05-05T10:00:57Z");
    let id = desk.add(
        "In one minute",
        &["--channel", "box,mock,snac,sky", "--at", "in 1 min"],
    );
    assert_eq!(desk.show(&id)["plan"]["due_at"], "2030-05-05T10:01:00Z");
    let due = now() + TimeDelta::seconds(3);
    let mut daemon = desk.daemon();
    daemon.hear_times(": published", CHANNELS.len());
    daemon.end();
    let shown = desk.show(&id);
    assert_published(&shown);
    let made = made_at(&servers, &desk, &shown, &tooter, &skyer);
    // The clock was set when the daemon had started, some milliseconds after it was asked to.
    check_lateness(due, &first_attempts(&desk, &id), made, TimeDelta::zero());
}
