//! Two screens at one database: what is typed in both is kept, and each sees what the other has open.

use crate::terminal::Session;
use crate::{ESC, FROZEN, home, opened, post, typing};
use std::time::Duration;

#[test]
fn two_screens_of_one_person_that_both_type_a_new_post_lose_neither() {
    let home = home();
    let first = typing(home.path(), "the first thought");
    let second = typing(home.path(), "another thought");
    // The second opened while the first was typing, and was not offered its text.
    assert!(
        !second.screen().contains("first thought"),
        "{}",
        second.screen()
    );
    for mut session in [first, second] {
        session.signal("KILL");
        session.wait();
    }
    let mut again = opened(home.path());
    again.wait_for("another thought");
    again.send("\r");
    again.wait_for("Esc saves");
    again.send(ESC);
    again.wait_for("Saved");
    // A letter right behind Esc would be Alt with that letter.
    again.rest(Duration::from_millis(200));
    again.send("a");
    again.wait_for("the first thought");
    again.send("\r");
    again.wait_for("Esc saves");
    again.send(ESC);
    again.wait_until("both", |screen| {
        screen.contains("the first") && screen.contains("another")
    });
}

#[test]
fn a_post_that_is_open_on_another_screen_says_by_whom_until_it_is_closed() {
    let home = home();
    post(home.path(), "Package showcase", "2026-11-10 09:00");
    let mut ada = Session::start(
        home.path(),
        (120, 40),
        &[],
        &[FROZEN, ("MASTHEAD_AUTHOR", "ada")],
    );
    let me = Session::start(home.path(), (120, 40), &[], &[FROZEN]);
    for session in [&ada, &me] {
        session.wait_for("3 Editor  Package showcase");
        // Who publishes, and with that what others change, is looked at a moment after the first frame.
        session.rest(Duration::from_millis(1_500));
    }
    ada.send("e");
    ada.wait_for("Esc saves");
    me.wait_for("open by ada");
    assert!(!ada.screen().contains("open by"), "{}", ada.screen());
    ada.send(ESC);
    me.wait_until("it to be closed", |screen| !screen.contains("open by"));
    ada.send("e");
    me.wait_for("open by ada");
    ada.signal("KILL");
    ada.wait();
    // Nobody says so when a process is killed; the next time the post is read it is known.
    post(home.path(), "Another", "2026-11-12 09:00");
    me.wait_until("the dead screen to be gone", |screen| {
        !screen.contains("open by")
    });
}
