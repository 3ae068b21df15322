//! The README says what the program does: its key table is the action table.
//!
//! `MASTHEAD_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use masthead::app::action::{ACTIONS, Group, Place};
use masthead::app::{Action, Keymap};
use std::fmt::Write as _;

const BEGIN: &str = "<!-- keys -->\n";
const END: &str = "<!-- /keys -->";

fn keys(keymap: &Keymap, action: Action) -> String {
    let labels = keymap.labels(action);
    let quoted: Vec<String> = labels
        .iter()
        .map(|label| format!("`{}`", label.replace('|', "\\|")))
        .collect();
    quoted.join(" ")
}

fn table() -> String {
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

#[test]
fn the_key_table_of_the_readme_is_the_action_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let start = readme.find(BEGIN).expect("the README has a key table") + BEGIN.len();
    let end = start + readme[start..].find(END).expect("the key table ends");
    let wanted = table();
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
