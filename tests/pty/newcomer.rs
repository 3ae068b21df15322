//! A newcomer's first hour, from an empty home, with no key but those that the screen names when they are pressed.

use crate::terminal::Session;
use std::path::Path;
use std::time::{Duration, Instant};

/// Nothing is set, and there is no file.
const NOTHING_SET: &[(&str, &str)] = &[
    ("MASTHEAD_AUTHOR", ""),
    ("MASTHEAD_CONFIG", ""),
    ("MASTHEAD_DATA_DIR", ""),
    ("USER", "newcomer"),
];

struct Newcomer {
    session: Session,
    pressed: Vec<String>,
}

impl Newcomer {
    fn start(home: &Path) -> Self {
        Self {
            session: Session::start(home, (80, 24), &[], NOTHING_SET),
            pressed: Vec::new(),
        }
    }

    /// Presses a key that the screen names with these words, the key first.
    fn press(&mut self, words: &str) {
        let screen = self.session.wait_for(words);
        let name = words.split_whitespace().next().unwrap();
        let is_named = screen.lines().any(|line| {
            line.find(words).is_some_and(|at| {
                line[..at]
                    .chars()
                    .next_back()
                    .is_none_or(|it| it == ' ' || it == '▸')
            })
        });
        assert!(is_named, "{words:?} is no hint in\n{screen}");
        let key = match name {
            "Enter" => "\r",
            "Esc" => "\x1b",
            one => one,
        };
        self.session.send(key);
        self.pressed.push(words.to_owned());
        // As a person does: look, before the next key.
        self.session.rest(Duration::from_millis(150));
    }

    /// Clears a message that took the place of the hints, by the key that led out of everything so far.
    fn clear_the_message(&mut self) {
        std::thread::sleep(Duration::from_secs(2));
        self.session.send("\x1b");
        // Esc with a key right behind it would be Alt with that key.
        self.session.rest(Duration::from_millis(150));
        self.session.wait_for("? help");
    }

    fn type_text(&mut self, text: &str) {
        self.session.send(text);
        self.session.wait_for(text);
        self.session.rest(Duration::from_millis(150));
    }

    /// Runs a command by its name, found in the palette that the hints name.
    fn run(&mut self, name: &str) {
        if !self.session.screen().contains(": all") {
            self.clear_the_message();
        }
        self.press(": all");
        self.session.wait_for("Command");
        self.type_text(name);
        self.press("Enter run");
    }
}

#[test]
fn a_newcomer_gets_from_an_empty_home_to_a_published_post_by_the_keys_on_the_screen() {
    let home = tempfile::tempdir().unwrap();
    let mut me = Newcomer::start(home.path());
    me.session.wait_for("A month of posts on one screen");
    me.press("2  Write the first post");
    me.session.wait_for("Esc saves");
    me.type_text("Hello from a newcomer");
    me.press("Esc saves");
    me.session.wait_for("Saved");

    me.press("s schedule");
    me.type_text("in 1 min");
    me.press("Enter schedule");
    me.session.wait_until("the sheet to close", |screen| {
        !screen.contains("Enter schedule")
    });
    let asked = Instant::now();
    while !me.session.screen().contains('✓') {
        assert!(
            asked.elapsed() < Duration::from_secs(150),
            "not published:\n{}",
            me.session.screen()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    let outbox = home.path().join(".local/share/masthead/outbox");
    let published = std::process::Command::new("grep")
        .args(["-rl", "Hello from a newcomer"])
        .arg(&outbox)
        .output()
        .unwrap();
    assert!(
        published.status.success(),
        "nothing in {}",
        outbox.display()
    );

    me.clear_the_message();
    me.press("a add");
    me.session.wait_for("Esc saves");
    me.type_text("Second thoughts");
    me.press("Esc saves");
    me.session.wait_for("Saved");

    me.run("search for words");
    me.session.wait_for("Find  >");
    me.type_text("newcomer");
    me.press("Enter stay there");
    me.session.wait_for("published");

    me.run("back, or quit");
    if me.session.ended_within(Duration::from_secs(2)).is_none() {
        me.run("back, or quit");
    }
    assert_eq!(me.session.wait(), 0);

    let pressed = std::mem::take(&mut me.pressed);
    me = Newcomer::start(home.path());
    me.session.wait_for("Secon");
    me.run("undo your last change");
    me.session.wait_until("the second post to go", |screen| {
        !screen.contains("◊") && screen.contains('✓')
    });
    me.run("redo what you undid");
    me.session
        .wait_until("the second post to come back", |screen| {
            screen.contains("◊")
        });
    println!(
        "pressed {:?}, then after a restart {:?}",
        pressed, me.pressed
    );
}
