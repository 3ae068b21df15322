//! The mouse on request, and colours for the background that the terminal says it has.

use super::{ESC, FROZEN, home, post};
use crate::terminal::Session;
use std::path::Path;
use std::time::Duration;

const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Puts a line at the head of the configuration.
fn configure(home: &Path, line: &str) {
    let path = home.join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{line}\n{config}")).unwrap();
}

fn opened(home: &Path, env: &[(&str, &str)]) -> Session {
    let session = Session::start(home, (80, 24), &[], &[env, &[FROZEN]].concat());
    session.wait_for("26 Oct");
    session.rest(Duration::from_millis(800));
    session
}

#[test]
fn without_being_asked_for_the_mouse_stays_the_terminals() {
    let home = home();
    let mut session = opened(home.path(), &[]);
    session.send("q");
    assert_eq!(session.wait(), 0);
    assert!(!session.raw_since(0).contains("\x1b[?1000h"));
}

#[test]
fn a_click_selects_a_day_and_the_mouse_is_given_back() {
    let home = home();
    configure(home.path(), "mouse = true");
    post(home.path(), "Package showcase", "2026-11-12 09:00");
    let env = [("EDITOR", "cat")];
    let mut session = opened(home.path(), &env);
    assert!(session.raw_since(0).contains(MOUSE_ON));
    let screen = session.screen();
    let y = screen
        .lines()
        .position(|line| line.contains("Packag"))
        .unwrap();
    let x = screen.lines().nth(y).unwrap().find("Packag").unwrap();
    session.send(&format!(
        "\x1b[<0;{};{}M\x1b[<0;{};{}m",
        x + 1,
        y + 1,
        x + 1,
        y + 1
    ));
    let screen = session.wait_for("[12]");
    assert!(
        screen.contains("Thu 12 Nov") || screen.contains("Package showcase"),
        "{screen}"
    );
    let before = session.raw_len();
    session.send("E");
    session.rest(Duration::from_millis(800));
    let outside = session.raw_since(before);
    let (off, on) = (
        outside.find(MOUSE_OFF).unwrap(),
        outside.rfind(MOUSE_ON).unwrap(),
    );
    assert!(off < on, "the editor has the mouse to itself: {outside:?}");
    session.send(ESC);
    session.rest(Duration::from_millis(300));
    session.send("q");
    assert_eq!(session.wait(), 0);
    let raw = session.raw_since(0);
    assert!(raw.rfind(MOUSE_OFF) > raw.rfind(MOUSE_ON));
}

#[test]
fn a_background_that_is_said_late_colours_the_screen_and_never_lands_in_the_text() {
    let home = home();
    configure(home.path(), "theme = \"exact\"");
    let mut session = opened(home.path(), &[("COLORTERM", "truecolor")]);
    assert!(session.raw_since(0).contains("\x1b]11;?\x1b\\"));
    session.send("a");
    session.wait_for("Esc saves");
    session.send("We say what we mean");
    session.wait_for("We say what we mean");
    // Longer than anybody waits for it, and in two pieces.
    std::thread::sleep(Duration::from_secs(3));
    let before = session.raw_len();
    session.send("\x1b]11;rgb:ffff/");
    session.rest(Duration::from_millis(700));
    session.send("ffff/ffff\x1b\\");
    session.rest(Duration::from_millis(300));
    assert!(
        session.raw_since(before).contains("38;2;"),
        "light colours are drawn"
    );
    session.send(" here");
    let screen = session.wait_for("We say what we mean here");
    assert!(
        !screen.contains("11;") && !screen.contains("ffff"),
        "{screen}"
    );
}

#[test]
fn a_look_that_cannot_be_granted_is_named_with_its_line() {
    let home = home();
    let path = home.path().join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{config}[theme]\nmutd = \"red\"\n")).unwrap();
    let mut session = Session::start(home.path(), (80, 24), &[], &[FROZEN]);
    session.wait_for("did you mean `muted`");
    assert_eq!(session.wait(), 1);
}
