//! Finding posts from the command line: `list` with a search and a filter, and the agenda.

use super::Desk;
use serde_json::Value;

/// A desk whose clock stands on Tuesday 10 November 2026, 08:12 in Oslo, with four posts.
fn desk() -> Desk {
    let desk = Desk::new();
    let add = |text: &str, arguments: &[&str]| {
        let mut all = vec!["add"];
        all.extend(arguments);
        on(&desk, &all, text).good();
    };
    add(
        "Hasta mañana",
        &[
            "--title",
            "Coworking",
            "--channel",
            "outbox",
            "--at",
            "2026-11-11 09:00",
            "--tag",
            "OpenScience",
        ],
    );
    add(
        "A showcase of xclim",
        &[
            "--title",
            "Package showcase",
            "--kind",
            "evergreen",
            "--channel",
            "outbox,sky",
            "--at",
            "2026-11-10 09:00",
            "--campaign",
            "Autumn",
        ],
    );
    add(
        "An idea",
        &[
            "--title",
            "On the shelf",
            "--channel",
            "sky",
            "--author",
            "ola",
        ],
    );
    add(
        "Far away",
        &[
            "--title",
            "Winter",
            "--channel",
            "sky",
            "--at",
            "2027-01-10 09:00",
        ],
    );
    desk
}

fn on(desk: &Desk, arguments: &[&str], stdin: &str) -> super::Run {
    let mut command = desk.command(arguments);
    command.env("MASTHEAD_NOW", "2026-11-10T07:12:00Z;frozen");
    desk.run_with(command, stdin.as_bytes())
}

fn titles(desk: &Desk, options: &[&str]) -> Vec<String> {
    let mut arguments = vec!["list", "--json"];
    arguments.extend(options);
    let list = on(desk, &arguments, "").json();
    let title = |post: &Value| post["title"].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(title).collect()
}

#[test]
fn a_list_is_searched_by_words_and_narrowed_by_each_option() {
    let desk = desk();
    assert_eq!(titles(&desk, &["--search", "manana"]), ["Coworking"]);
    assert_eq!(
        titles(&desk, &["--search", "SHOW xcl"]),
        ["Package showcase"]
    );
    assert_eq!(titles(&desk, &["--search", "\" OR *"]), [""; 0]);
    assert_eq!(
        titles(&desk, &["--channel", "sky", "--kind", "evergreen"]),
        ["Package showcase"]
    );
    assert_eq!(
        titles(&desk, &["--campaign", "autumn"]),
        ["Package showcase"]
    );
    assert_eq!(titles(&desk, &["--tag", "#openscience"]), ["Coworking"]);
    assert_eq!(titles(&desk, &["--author", "ola"]), ["On the shelf"]);
    let either = titles(&desk, &["--tag", "OpenScience", "--search", "show"]);
    assert_eq!(either, [""; 0], "different options add up");
    let all = titles(&desk, &["--state", "waiting,draft"]);
    assert_eq!(
        all,
        ["Package showcase", "Coworking", "Winter", "On the shelf"]
    );
    assert_eq!(titles(&desk, &["--state", "published"]), [""; 0]);
    assert_eq!(
        titles(&desk, &["--channel", "sky", "--limit", "1"]),
        ["Package showcase"]
    );
}

#[test]
fn an_option_that_names_nothing_is_answered_with_what_there_is() {
    let desk = desk();
    assert!(
        on(&desk, &["list", "--channel", "skye"], "")
            .refused()
            .contains("sky")
    );
    let state = on(&desk, &["list", "--state", "done"], "");
    assert_eq!(state.status(), 2);
    assert!(state.stderr().contains("published"), "{}", state.stderr());
    let filter = on(&desk, &["list", "--filter", "mine"], "").refused();
    assert!(filter.contains("mine"), "{filter}");
}

#[test]
fn the_agenda_says_the_coming_days_in_sentences() {
    let desk = desk();
    let said = on(&desk, &["agenda"], "").good();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines,
        [
            "Tuesday 10 November 2026, today. 1 post.",
            "09:00 waiting, evergreen: Package showcase. On outbox, sky.",
            "Wednesday 11 November 2026. 1 post.",
            "09:00 waiting: Coworking. On outbox.",
            "Needs you: 0. Without a time: 1.",
        ]
    );
    let said = on(
        &desk,
        &["agenda", "--from", "2026-12-01", "--days", "7"],
        "",
    )
    .good();
    assert!(
        said.starts_with("Nothing from Tuesday 1 December 2026 to Monday 7 December 2026."),
        "{said}"
    );
    let json = on(
        &desk,
        &["agenda", "--json", "--days", "90", "--channel", "sky"],
        "",
    )
    .json();
    assert_eq!(json[0]["date"], "2026-11-10");
    assert_eq!(json[0]["today"], true);
    assert_eq!(json[0]["posts"][0]["title"], "Package showcase");
    assert_eq!(json[1]["date"], "2027-01-10");
    assert_eq!(json.as_array().unwrap().len(), 2);
}
