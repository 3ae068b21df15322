//! `freeze`, `thaw` and `simulate`: nothing leaves, and what would.

use super::*;

/// The plan's clock stands still.
fn at_noon(desk: &Desk, minutes: u32, arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    let now = format!(
        "2030-12-01T{:02}:{:02}:00Z;frozen",
        12 + minutes / 60,
        minutes % 60
    );
    command.env("MASTHEAD_NOW", now);
    desk.run_with(command, b"")
}

fn lines_of(run: &Run) -> Vec<String> {
    run.good().lines().map(str::to_owned).collect()
}

#[test]
fn while_frozen_publish_and_daemon_once_are_refused_with_the_reason_and_a_thaw_says_what_leaves() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--at", "2030-12-01 13:00"],
    );
    let late = desk.add("Late", &["--channel", "sky", "--at", "2030-12-01 12:00"]);
    let told = at_noon(&desk, 1, &["freeze", "--reason", "wrong link"]).good();
    assert_eq!(
        told,
        "frozen by tester, \"wrong link\", since 2030-12-01 13:01: nothing leaves\n"
    );
    let reason = "frozen by tester, \"wrong link\", since 2030-12-01 13:01";
    assert_eq!(
        at_noon(&desk, 2, &["publish", &id]).refused(),
        format!("post {id} is not sent: everything is {reason}")
    );
    assert_eq!(
        at_noon(&desk, 2, &["daemon", "--once"]).refused(),
        format!("nothing is sent: everything is {reason}")
    );
    assert!(
        at_noon(&desk, 2, &["freeze"])
            .refused()
            .contains("wrong link")
    );
    assert!(at_noon(&desk, 2, &["list"]).stderr().contains(reason));
    assert!(at_noon(&desk, 2, &["show", &id]).stderr().contains(reason));
    let doctor = at_noon(&desk, 2, &["doctor"]).stdout();
    assert!(
        doctor.contains("everything is frozen by tester"),
        "{doctor}"
    );
    let would = lines_of(&at_noon(&desk, 2, &["thaw", "--dry-run"]));
    let missed = format!(
        "post {late} on sky: missed: its time passed while everything was frozen by tester, \"wrong link\""
    );
    let leaves = format!("post {id} on outbox: leaves now");
    assert_eq!(
        would,
        [
            missed.clone(),
            leaves.clone(),
            "would be thawed; 2 held".to_owned()
        ]
    );
    assert_eq!(desk.show(&late)["deliveries"][0]["state"], "waiting");
    let did = lines_of(&at_noon(&desk, 2, &["thaw"]));
    assert_eq!(did, [missed, leaves, "thawed; 2 held".to_owned()]);
    assert_eq!(desk.show(&late)["deliveries"][0]["state"], "missed");
    at_noon(&desk, 2, &["daemon", "--once"]).good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    assert_eq!(at_noon(&desk, 2, &["thaw"]).refused(), "nothing is frozen");
}

#[test]
fn a_dry_run_lists_each_call_in_order_with_what_would_stop_it_and_sends_nothing() {
    let desk = Desk::new();
    let second = desk.add(
        "Second",
        &["--channel", "outbox", "--at", "2030-12-01 15:00"],
    );
    let first = desk.add(
        "First",
        &["--channel", "outbox,sky", "--at", "2030-12-01 14:00"],
    );
    let over = desk.add(
        &"long ".repeat(100),
        &["--channel", "sky", "--at", "2030-12-01 16:00"],
    );
    desk.add("Later", &["--channel", "sky", "--at", "2030-12-03 09:00"]);
    let ended = desk.add(
        "Ended",
        &[
            "--channel",
            "sky",
            "--at",
            "2030-12-01 12:58",
            "--not-after",
            "2030-12-01 12:59",
        ],
    );
    let until = ["simulate", "--until", "2030-12-02", "--json"];
    let calls = at_noon(&desk, 0, &until).json();
    let told: Vec<(String, &str, bool)> = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            (
                call["post"].to_string(),
                call["channel"].as_str().unwrap(),
                call["leaves"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (ended, "sky", false),
            (first.clone(), "outbox", true),
            (first, "sky", true),
            (second, "outbox", true),
            (over, "sky", false),
        ]
    );
    assert_eq!(
        calls[0]["problems"][0],
        "too late: its “not after” time has passed"
    );
    assert_eq!(calls[1]["at"], "2030-12-01T13:00:00Z");
    assert_eq!(calls[1]["parts"][0]["text"], "First");
    assert_eq!(calls[1]["parts"][0]["used"], 5);
    assert_eq!(calls[1]["parts"][0]["limit"], 500);
    at_noon(&desk, 0, &["freeze"]).good();
    let frozen = at_noon(&desk, 0, &until).json();
    let all = frozen.as_array().unwrap();
    assert!(
        all.iter()
            .all(|call| call["leaves"] == false && call["problems"][0] == "frozen by tester")
    );
    let text = at_noon(&desk, 0, &["simulate", "--until", "2030-12-02"]);
    assert!(
        text.good()
            .ends_with("until 2030-12-02 00:00: 0 leave, 5 would not\n")
    );
    assert!(!desk.path("data/outbox").exists() || desk.show("1")["deliveries"][0]["attempts"] == 0);
}
