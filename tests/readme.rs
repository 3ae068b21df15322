//! The README says what the program does: its key table is the action table, its picture a tested screen, and what it says of
//! platforms is what the registry and the rules of each say.
//!
//! `MASTHEAD_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use masthead::app::action::{ACTIONS, Group, Place};
use masthead::app::{Action, Keymap};
use masthead::domain::{Measure, PlatformId, upload};
use masthead::text::abilities;
use std::fmt::Write as _;

fn keys(keymap: &Keymap, action: Action) -> String {
    let labels = keymap.labels(action);
    let quoted: Vec<String> = labels
        .iter()
        .map(|label| format!("`{}`", label.replace('|', "\\|")))
        .collect();
    quoted.join(" ")
}

fn key_table() -> String {
    let keymap = Keymap::default();
    let mut table = String::new();
    for group in Group::ALL {
        let rows = ACTIONS
            .iter()
            .filter(|row| row.group == group && row.place != Place::Details);
        writeln!(table, "| {} | |\n| --- | --- |", group.word()).unwrap();
        for row in rows {
            writeln!(table, "| {} | {} |", keys(&keymap, row.action), row.text).unwrap();
        }
        table.push('\n');
    }
    table.trim_end().to_owned() + "\n"
}

/// The screen as the snapshot of the tests has it.
fn picture() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/snapshots/screens__80x24_calendar.snap"
    );
    let snapshot = std::fs::read_to_string(path).unwrap();
    let screen = snapshot.splitn(3, "---\n").nth(2).unwrap();
    format!("```text\n{}\n```\n", screen.trim_end())
}

fn holds(name: &str, wanted: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let begin = format!("<!-- {name} -->\n");
    let start = readme
        .find(&begin)
        .expect("the README has the place for it")
        + begin.len();
    let end = start
        + readme[start..]
            .find(&format!("<!-- /{name} -->"))
            .expect("the place ends");
    if std::env::var_os("MASTHEAD_BLESS").is_some() {
        std::fs::write(
            path,
            format!("{}{wanted}{}", &readme[..start], &readme[end..]),
        )
        .unwrap();
        return;
    }
    assert_eq!(
        &readme[start..end],
        wanted,
        "write it anew: MASTHEAD_BLESS=1 cargo test --test readme"
    );
}

#[test]
fn the_key_table_and_the_picture_are_what_the_program_shows() {
    holds("keys", &key_table());
    holds("screen", &picture());
}

/// A number as people write it.
fn number(number: u32) -> String {
    match number {
        0..1000 => number.to_string(),
        more => format!("{},{:03}", more / 1000, more % 1000),
    }
}

/// The limits of a video as people say them.
fn video((bytes, milliseconds): (u64, u64)) -> String {
    let length = match milliseconds / 1000 {
        0 => String::new(),
        seconds @ 1..3600 => format!(", {}:{:02}", seconds / 60, seconds % 60),
        seconds => format!(", {} h", seconds / 3600),
    };
    format!("{}{length}", upload::bytes(bytes))
}

fn ability_table() -> String {
    let mut table = "| taken | text | pictures | video | alt text | thread | answer | warning | visible to | language | card | options |\n\
                     | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    let yes = |it: bool| if it { "yes" } else { "-" };
    for platform in PlatformId::ALL.iter().filter(|it| !it.is_local()) {
        let can = abilities(*platform);
        let limit = |name: &str, measure: Option<Measure>| {
            let limit = measure?.limit?;
            Some(format!("{}{name}", number(limit)))
        };
        let text = [
            limit("", Some(can.count.text)),
            limit(" bytes", can.count.bytes),
            limit(" title", can.count.title),
            limit(" topic", can.count.topic),
        ];
        let text: Vec<String> = text.into_iter().flatten().collect();
        let most = |limit: Option<u32>| limit.map_or("-".to_owned(), number);
        let options: Vec<String> = can
            .options
            .iter()
            .map(|it| format!("`{}`", it.name))
            .collect();
        let options = match options.as_slice() {
            [] => "-".to_owned(),
            all => all.join(" "),
        };
        writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {options} |",
            platform.label(),
            text.join(", "),
            most(can.pictures),
            can.video.map_or("-".to_owned(), video),
            most(can.alt),
            yes(can.threads),
            yes(can.replies),
            yes(can.warning),
            yes(can.visibility),
            yes(can.language),
            yes(can.card),
        )
        .unwrap();
    }
    table
}

fn document(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn what_each_platform_takes_is_what_its_rules_say() {
    holds("platforms", &ability_table());
}

#[test]
fn every_platform_has_its_row_and_those_that_publish_say_how_to_connect() {
    let (readme, example) = (document("README.md"), document("config.example.toml"));
    let table = readme
        .split_once("| platform | what is counted |")
        .and_then(|(_, rest)| rest.split_once("\n\n"))
        .expect("the README has the table of platforms")
        .0;
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(
        rows.len(),
        PlatformId::ALL.len(),
        "one row for each: {rows:#?}"
    );
    for (row, platform) in rows.iter().zip(PlatformId::ALL) {
        let label = platform.label();
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells[0], label, "the order is that of the registry");
        let limit = abilities(*platform).count.text.limit;
        let limit = limit.map_or("none".to_owned(), number);
        assert!(
            cells[2].contains(&limit),
            "{label} takes {limit}: {}",
            cells[2]
        );
        let publishes = PlatformId::PUBLISHES.contains(platform);
        assert_eq!(
            cells[3] != "counted and previewed",
            publishes,
            "{label}: {}",
            cells[3]
        );
        if publishes {
            let section = format!("platform = \"{}\"", platform.word());
            assert!(
                example.contains(&section),
                "config.example.toml has no {section}"
            );
            assert!(
                readme.contains(&section),
                "README.md has no {section}: how is {label} connected?"
            );
        }
        if publishes && !platform.is_local() {
            assert!(
                readme.contains(&format!("\n### {label}\n")),
                "README.md has no section {label}"
            );
        }
    }
}
