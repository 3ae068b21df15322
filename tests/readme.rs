//! The README says what the program does: its key table is the action table, its picture a tested screen.
//!
//! `MASTHEAD_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use masthead::app::action::{ACTIONS, Group, Place};
use masthead::app::{Action, Keymap};
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
