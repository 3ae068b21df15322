//! A task done by hand in the real program: the clipboard's bytes, the plain page, the address, a terminal that changes size.

use super::terminal::Session;
use super::{ESC, masthead};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use std::time::Duration;

/// A minute after the post was due; it was added two minutes before.
const NOW: (&str, &str) = ("MASTHEAD_NOW", "2026-11-10T08:14:00+01:00;frozen");
const TEXT: &str = "Newsletter 48 is (finally) out: #OpenScience_2026, grüße 👋 and a line that is longer than the \
    eighty columns of this terminal, so that it has to be wrapped somewhere.\n\nhttps://example.org/news/48";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let config = "timezone = \"Europe/Oslo\"\n[channels.page]\nplatform = \"byhand\"\nlike = \"linkedin\"\n\
        url = \"https://www.linkedin.com/company/example\"\n";
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let args = [
        "add",
        "--title",
        "Newsletter 48",
        "--at",
        "2026-11-10 08:13",
        "--channel",
        "page",
    ];
    masthead(home.path(), &args, TEXT);
    home
}

/// The screen with the task open; it was asked for by this screen's own publisher.
fn opened(home: &Path, env: &[(&str, &str)]) -> Session {
    let mut session = Session::start(home, (80, 24), &[], &[&[NOW], env].concat());
    session.wait_for("26 Oct");
    session.wait_for("needs you 1");
    session.rest(Duration::from_millis(300));
    session.send("2");
    session.rest(Duration::from_millis(300));
    session.send("\r");
    session.wait_for("its address");
    session
}

/// What a terminal would take out of the bytes.
fn taken(raw: &str) -> Option<String> {
    let start = raw.find("]52;c;")? + 6;
    let end = raw[start..].find(['\u{1b}', '\u{7}'])? + start;
    String::from_utf8(STANDARD.decode(&raw[start..end]).ok()?).ok()
}

#[test]
fn the_text_goes_to_the_terminals_clipboard_and_the_pasted_address_publishes_it() {
    let home = home();
    let mut session = opened(home.path(), &[]);
    let before = session.raw_len();
    session.send("y");
    session.wait_for("Copied the text");
    assert_eq!(taken(&session.raw_since(before)).as_deref(), Some(TEXT));
    // A terminal that takes none is helped by the plain page: the text alone, on the terminal's own screen.
    let before = session.raw_len();
    session.send("v");
    session.wait_for("any key comes back");
    let shown = session.raw_since(before);
    assert!(shown.contains("\u{1b}[?1049l"), "{shown:?}");
    assert!(shown.contains(&TEXT.replace('\n', "\r\n")), "{shown:?}");
    session.send(" ");
    session.wait_for("its address");
    for (columns, rows) in [(60, 16), (30, 8), (120, 40), (80, 24)] {
        session.resize(columns, rows);
        session.rest(Duration::from_millis(200));
    }
    session.wait_for("its address");
    session.send("\x1b[200~https://www.linkedin.com/feed/update/7\x1b[201~");
    session.wait_for("update/7");
    session.send("\r");
    session.wait_for("Published on page");
    let shown = masthead(home.path(), &["show", "1", "--json"], "");
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let there = &shown["deliveries"][0];
    assert_eq!(there["state"], "published");
    assert_eq!(there["permalink"], "https://www.linkedin.com/feed/update/7");
    session.rest(Duration::from_millis(300));
    session.send("u");
    session.wait_for("post it by hand");
    session.send("q");
    session.send("q");
    assert_eq!(session.wait(), 0);
    assert!(session.is_restored());
}

#[test]
fn in_tmux_the_bytes_go_both_ways_and_a_second_person_is_told_who_was_first() {
    let home = home();
    let mut session = opened(home.path(), &[("TMUX", "/tmp/tmux-1/default,1,0")]);
    let before = session.raw_len();
    session.send("y");
    session.wait_for("Copied the text");
    let raw = session.raw_since(before);
    let (own, through) = raw.split_once("\u{1b}Ptmux;\u{1b}\u{1b}]52;c;").unwrap();
    assert_eq!(taken(own).as_deref(), Some(TEXT));
    assert!(through.contains("\u{1b}\\"));
    let elsewhere = [
        "mark",
        "1",
        "--channel",
        "page",
        "--there",
        "https://lnkd.in/first",
    ];
    masthead(home.path(), &elsewhere, "");
    session.wait_for("posted by hand by tester");
    session.wait_for("https://lnkd.in/first");
    session.send(ESC);
    session.rest(Duration::from_millis(300));
    session.send("\u{3}");
    session.wait();
}

#[test]
fn a_signal_ends_it_at_once_while_the_text_stands_alone_on_the_terminal() {
    let home = home();
    let mut session = opened(home.path(), &[]);
    session.send("v");
    session.wait_for("any key comes back");
    session.rest(Duration::from_millis(300));
    let before = session.raw_len();
    session.signal("TERM");
    assert_eq!(session.ended_within(Duration::from_secs(15)), Some(0));
    let after = session.raw_since(before);
    assert!(
        !after.contains("its address"),
        "a frame was drawn: {after:?}"
    );
    assert!(session.is_restored());
}
