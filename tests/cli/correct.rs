//! Taking back what is published: nothing goes without being asked twice, and all of it is told.

use super::Desk;

fn published(desk: &Desk, text: &str, arguments: &[&str]) -> String {
    let id = desk.add(text, arguments);
    let run = desk.run(&["publish", &id], "");
    assert_eq!(run.status(), 0, "{}", run.stderr());
    id
}

#[test]
fn a_deletion_wants_a_yes_takes_every_part_and_is_noted_on_the_post() {
    let desk = Desk::new();
    let id = published(&desk, "one\n---\ntwo", &["--channel", "outbox", "--thread"]);
    let asked = desk.run(&["delete", &id, "--channel", "outbox"], "yes\n");
    assert_eq!(asked.status(), 2, "{}", asked.stdout());
    assert!(asked.stderr().contains("--yes"));
    let outbox = desk.path("data/outbox/outbox");
    let names = || {
        let mut names: Vec<String> = std::fs::read_dir(&outbox)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let before = names();
    assert_eq!(before.len(), 2);
    let told = desk
        .run(
            &["delete", &id, "--channel", "outbox", "--yes", "--json"],
            "",
        )
        .json();
    let parts: Vec<_> = told["parts"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&parts[0]["part"], &parts[1]["part"]),
        (&2.into(), &1.into())
    );
    assert!(parts.iter().all(|part| part["outcome"] == "done"));
    let aside: Vec<String> = before
        .iter()
        .map(|name| format!("{name}.deleted"))
        .collect();
    assert_eq!(names(), aside);
    let shown = desk.run(&["show", &id, "--json"], "").json();
    assert_eq!(shown["deliveries"][0]["state"], "published");
    let reason = shown["deliveries"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("deleted there on ") && reason.ends_with(" by tester"));
    let again = desk.run(&["delete", &id, "--channel", "outbox", "--yes"], "");
    assert_eq!(again.status(), 1);
    assert!(again.stderr().contains("deleted on outbox already"));
    let resent = desk.run(&["publish", &id], "");
    assert_eq!(resent.status(), 1, "{}", resent.stdout());
    assert_eq!(names(), aside);
}

#[test]
fn what_is_not_there_or_cannot_be_edited_is_one_clear_line() {
    let desk = Desk::new();
    let waiting = desk.add(
        "later",
        &["--channel", "outbox", "--at", "2099-01-01 09:00"],
    );
    let run = desk.run(&["delete", &waiting, "--channel", "outbox", "--yes"], "");
    assert_eq!(run.status(), 1);
    assert!(run.stderr().contains("it is waiting"), "{}", run.stderr());
    let out = published(&desk, "here", &["--channel", "outbox"]);
    let run = desk.run(&["update", &out, "--channel", "outbox"], "");
    assert_eq!(run.status(), 1);
    assert!(
        run.stderr().contains("cannot be edited"),
        "{}",
        run.stderr()
    );
    let run = desk.run(&["update", &out, "--channel", "nowhere"], "");
    assert_eq!(run.status(), 1);
}
