//! A terminal that answers, one that answers late or in pieces, and one that never does.

use super::{home, opened, typing};
use std::time::Duration;

const QUESTION: &str = "\x1b[5n";
const ANSWER: &str = "\x1b[0n";

#[test]
fn a_terminal_that_never_answers_is_asked_once_and_never_waited_for() {
    let home = home();
    let mut session = opened(home.path());
    for key in ["l", "j", "h", "?", "\x1b", "k"] {
        session.send(key);
        session.rest(Duration::from_millis(250));
    }
    let asked = session.raw_since(0).matches(QUESTION).count();
    assert_eq!(asked, 1);
    session.send("q");
    assert_eq!(session.wait(), 0);
}

#[test]
fn an_answer_late_and_in_pieces_is_never_text() {
    let home = home();
    let mut session = typing(home.path(), "We say what we mean");
    for piece in ["\x1b[", "0", "n"] {
        session.send(piece);
        session.rest(Duration::from_millis(150));
    }
    session.send(" here");
    let screen = session.wait_for("We say what we mean here");
    assert!(!screen.contains("0n"), "{screen}");
    assert!(screen.contains("Esc saves"), "{screen}");
    session.send(ANSWER);
    session.send(" and there");
    session.wait_for("We say what we mean here and there");
}

#[test]
fn where_the_terminal_answers_a_second_frame_waits_for_it_and_comes() {
    let home = home();
    let mut session = opened(home.path());
    session.send(ANSWER);
    session.rest(Duration::from_millis(200));
    session.send("?");
    session.wait_for("Help");
    session.rest(Duration::from_millis(200));
    let before = session.raw_len();
    assert!(session.raw_since(0).ends_with(QUESTION), "a page asks");
    session.send("\x1b");
    session.rest(Duration::from_millis(300));
    assert_eq!(session.raw_since(before), "", "it was not answered yet");
    session.send(ANSWER);
    session.wait_until("the month again", |screen| !screen.contains("Help"));
    // It never answers again: that is waited for once, and then no more.
    session.send("?");
    session.wait_for("Help");
    session.send("q");
    session.rest(Duration::from_millis(200));
}

#[test]
fn a_locale_that_is_not_utf8_is_drawn_in_ascii_and_said() {
    let home = home();
    let env = [super::FROZEN, ("LANG", "C")];
    let session = super::Session::start(home.path(), (80, 24), &[], &env);
    session.wait_for("LANG=C is not UTF-8");
    session.rest(Duration::from_millis(500));
    assert!(session.raw_since(0).is_ascii());
}

#[test]
fn a_terminal_that_cannot_draw_the_screen_is_named_with_what_to_use_instead() {
    let home = home();
    let env = [("TERM", "")];
    let mut session = super::Session::start(home.path(), (80, 24), &[], &env);
    session.wait_for("masthead --plain");
    session.wait_for("masthead list");
    assert_eq!(session.wait(), 1);
}
