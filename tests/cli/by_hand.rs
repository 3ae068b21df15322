//! A channel served by hand, from the shell: asked at its time, listed with its checklist, marked once, taken back.

use super::{Desk, Run};
use serde_json::Value;

const CONFIG: &str = r#"
timezone = "Europe/Oslo"

[channels.page]
platform = "byhand"
like = "linkedin"
url = "https://www.linkedin.com/company/example"

[channels.outbox]
platform = "sandbox"
"#;
const DUE: &str = "2030-12-01T08:00:05Z;frozen";
const LATE: &str = "2030-12-01T10:00:00Z;frozen";
const TEXT: &str = "Read (this) [now] #OpenScience_2026\n\nhttps://example.org/a_(b)";
const ADDRESS: &str = "https://www.linkedin.com/feed/update/7";

fn at(desk: &Desk, clock: &str, arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    command.env("MASTHEAD_NOW", clock);
    desk.run_with(command, b"")
}

fn status(desk: &Desk, clock: &str) -> (i32, Value) {
    let run = at(desk, clock, &["status", "--json"]);
    (run.status(), serde_json::from_str(&run.stdout()).unwrap())
}

/// A desk with a post that somebody is asked for.
fn asked() -> (Desk, String) {
    let desk = Desk::with(CONFIG);
    let id = desk.add(
        TEXT,
        &[
            "--channel",
            "page",
            "--at",
            "2030-12-01 09:00",
            "--title",
            "News",
        ],
    );
    at(&desk, DUE, &["daemon", "--once"]).good();
    (desk, id)
}

#[test]
fn it_is_asked_for_copied_marked_and_taken_back() {
    let (desk, id) = asked();
    let (code, said) = status(&desk, DUE);
    assert_eq!(
        (code, &said["by_hand"], &said["overdue"]),
        (3, &1.into(), &0.into())
    );
    assert_eq!(said["deliveries"][0]["overdue"], false);
    let shown = desk.show(&id);
    assert_eq!(shown["deliveries"][0]["platform"], "byhand");
    assert_eq!(shown["deliveries"][0]["state"], "waiting");

    let tasks = at(&desk, DUE, &["tasks"]).good();
    assert!(
        tasks.contains("1  page  2030-12-01 09:00 Europe/Oslo  News"),
        "{tasks}"
    );
    assert!(
        tasks.contains("[ ] open: https://www.linkedin.com/company/example"),
        "{tasks}"
    );
    assert!(
        tasks.contains("by hand: copy, post, paste the address"),
        "{tasks}"
    );
    let json = at(&desk, DUE, &["tasks", "--json"]).json();
    assert_eq!(json[0]["asked"], true);
    assert_eq!(json[0]["checklist"][1]["text"], TEXT);

    // Exactly the text, for a clipboard program: nothing escaped, no line end added.
    let text = desk.run(&["compose", &id, "--channel", "page", "--text"], "");
    assert_eq!(text.good(), TEXT);

    let mark = |address: &str| {
        at(
            &desk,
            DUE,
            &["mark", &id, "--channel", "page", "--there", address],
        )
    };
    for (address, why) in [
        ("http://example.org/1", "must begin with https://"),
        ("https://example.org/\u{1b}[2J", "control character"),
        ("https://a:b@example.org/", "password"),
    ] {
        assert!(mark(address).refused().contains(why));
    }
    let long = format!("https://example.org/{}", "a".repeat(10_000));
    assert!(mark(&long).refused().contains("10020 bytes"));
    assert_eq!(status(&desk, DUE).0, 3);

    assert_eq!(mark(ADDRESS).good(), "page: published\n");
    let shown = desk.show(&id);
    assert_eq!(shown["deliveries"][0]["permalink"], ADDRESS);
    assert_eq!(shown["deliveries"][0]["reason"], "posted by hand by tester");
    assert_eq!(status(&desk, DUE).0, 0);
    let second = mark("https://www.linkedin.com/feed/update/8").refused();
    assert!(
        second.contains("posted by hand by tester") && second.contains(ADDRESS),
        "{second}"
    );
    assert_eq!(
        at(&desk, DUE, &["tasks"]).good(),
        "nothing is to be posted by hand\n"
    );

    desk.run(&["undo"], "").good();
    assert_eq!(status(&desk, DUE).0, 3);
    let elsewhere = mark("https://example.org/8");
    assert!(
        elsewhere
            .stderr()
            .contains("note: that is on example.org, not on linkedin.com")
    );
    assert_eq!(elsewhere.good(), "page: published\n");
    at(
        &desk,
        DUE,
        &["mark", &id, "--channel", "page", "--not-there"],
    )
    .good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "waiting");
}

#[test]
fn what_nobody_did_is_missed_and_put_off_it_is_asked_for_again() {
    let (desk, id) = asked();
    let later = at(&desk, DUE, &["mark", &id, "--channel", "page", "--later"]).good();
    assert_eq!(
        later,
        "page: put off, asked for again 2030-12-01 10:00 Europe/Oslo\n"
    );
    let (code, said) = status(&desk, DUE);
    assert_eq!((code, &said["by_hand"]), (0, &0.into()));
    at(&desk, "2030-12-01T09:00:10Z;frozen", &["daemon", "--once"]).good();
    assert_eq!(status(&desk, DUE).1["by_hand"], 1);
    at(&desk, LATE, &["daemon", "--once"]);
    let (code, said) = status(&desk, LATE);
    assert_eq!(
        (code, &said["by_hand"], &said["missed"]),
        (3, &0.into(), &1.into())
    );
    let tasks = at(&desk, LATE, &["tasks"]).good();
    assert!(
        tasks.contains("missed: by hand: nobody has said that it is done"),
        "{tasks}"
    );
    at(
        &desk,
        LATE,
        &["mark", &id, "--channel", "page", "--there", ADDRESS],
    )
    .good();
    assert_eq!(status(&desk, LATE).0, 0);
}

#[test]
fn whoever_asked_for_it_is_told_when_it_is_time() {
    let desk = Desk::with(CONFIG);
    let notices = desk.path("notices");
    let config = format!(
        "notify_command = [\"sh\", \"-c\", \"cat >> {}\"]\n{CONFIG}",
        notices.display()
    );
    std::fs::write(desk.path("config.toml"), config).unwrap();
    desk.add(TEXT, &["--channel", "page", "--at", "2030-12-01 09:00"]);
    at(&desk, DUE, &["daemon", "--once"]).good();
    let told = std::fs::read_to_string(&notices).unwrap();
    assert!(
        told.starts_with("Masthead: it is time to post 1 post by hand\n"),
        "{told}"
    );
    assert!(
        told.contains("by hand: copy, post, paste the address"),
        "{told}"
    );
}

#[test]
fn publishing_it_now_asks_and_does_not_wait_for_the_person() {
    let desk = Desk::with(CONFIG);
    let id = desk.add(TEXT, &["--channel", "page"]);
    let began = std::time::Instant::now();
    let run = desk.run(&["publish", &id], "");
    assert_eq!(run.status(), 3, "{}", run.stderr());
    assert!(
        run.stdout().contains("page: waiting by hand: copy"),
        "{}",
        run.stdout()
    );
    assert!(began.elapsed() < std::time::Duration::from_secs(30));
}

#[test]
fn the_channel_is_listed_with_its_page_and_needs_no_login() {
    let desk = Desk::with(CONFIG);
    let listed = desk.run(&["channels"], "").good();
    assert!(listed.contains("byhand like linkedin"), "{listed}");
    assert!(
        listed.contains("https://www.linkedin.com/company/example  posted by hand"),
        "{listed}"
    );
    let all = desk.run(&["channels", "--json"], "").json();
    for one in all.as_array().unwrap() {
        assert!(one["secret"].is_null(), "{one}");
    }
    assert!(
        listed.contains("no account  nothing leaves this machine: files in "),
        "{listed}"
    );
    let page = desk.run(&["handover"], "").good();
    assert!(page.contains("| none; posted by hand"), "{page}");
    assert!(
        desk.run(&["channels", "--check"], "")
            .good()
            .contains("works")
    );
    assert!(
        desk.run(&["login", "page"], "")
            .refused()
            .contains("needs no login")
    );
    let refused = desk
        .run(&["mark", "1", "--channel", "outbox", "--later"], "")
        .refused();
    assert!(!refused.is_empty());
}

#[test]
fn of_a_thread_one_part_is_printed_and_the_alt_text_of_a_picture() {
    let desk = Desk::with(&CONFIG.replace("linkedin\"\nurl", "mastodon\"\nurl"));
    let id = desk.add("one\n---\ntwo", &["--channel", "page,outbox", "--thread"]);
    let compose = |more: &[&str]| {
        let mut all = vec!["compose", id.as_str(), "--text"];
        all.extend(more);
        desk.run(&all, "")
    };
    assert!(compose(&[]).refused().contains("--channel"));
    assert!(
        compose(&["--channel", "page"])
            .refused()
            .contains("2 parts")
    );
    assert_eq!(compose(&["--channel", "page", "--part", "2"]).good(), "two");
    assert!(
        compose(&["--channel", "page", "--part", "3"])
            .refused()
            .contains("2 parts")
    );
    assert!(
        compose(&["--channel", "page", "--alt", "1"])
            .refused()
            .contains("0 pictures")
    );
}
