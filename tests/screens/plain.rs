//! The plain view as transcripts: the same facts in the same order, in words, one a line.

use super::shown::leaving::frozen;
use super::shown::{queue, screens};
use super::story::{self, app, typing};
use masthead::app::update::update;
use masthead::app::{App, Key, Msg, Pane, Publishing, Tab};
use masthead::ui::plain::{PAPER, Rest, Teller, facts};

const COLUMNS: u16 = 80;

fn paper(mut app: App) -> App {
    app.size = PAPER;
    app.look.in_words = true;
    app
}

fn start(app: &App) -> String {
    Teller::default().tell(&facts(app, COLUMNS), Rest::Busy)
}

/// What is told at the start, then after each key.
fn transcript(mut app: App, keys: &[Key]) -> String {
    let mut teller = Teller::default();
    let mut said = teller.tell(&facts(&app, COLUMNS), Rest::Busy);
    for key in keys {
        update(&mut app, Msg::Key(*key));
        said.push_str(&format!("\n--- {key}"));
        said.push_str(&teller.tell(&facts(&app, COLUMNS), Rest::Busy));
        if teller.waits() {
            said.push_str(&teller.tell(&facts(&app, COLUMNS), Rest::Resting));
        }
    }
    said
}

fn keys(typed: &str) -> Vec<Key> {
    typed.chars().map(Key::Char).collect()
}

#[test]
fn the_days_are_told_as_the_page_of_screens_says() {
    snapshot!("plain_start", start(&paper(app(80, 24))));
}

#[test]
fn after_a_key_only_what_changed_is_told() {
    let pressed = [keys("lhjk"), keys("K"), vec![Key::Tab, Key::Tab]].concat();
    snapshot!("plain_moves", transcript(paper(app(80, 24)), &pressed));
}

#[test]
fn the_queue_is_told_row_by_row() {
    let queue = paper(queue(80, 24));
    snapshot!("plain_queue", transcript(queue, &keys("jjgG")));
}

#[test]
fn what_is_typed_is_echoed_and_counted_when_the_keys_rest() {
    let mut app = paper(typing(80, 24, Tab::Master));
    if let Some(editor) = &mut app.editor {
        editor.width = 72;
    }
    let pressed = [keys(" Hi"), vec![Key::Backspace, Key::Left, Key::Tab]].concat();
    snapshot!("plain_typing", transcript(app, &pressed));
}

#[test]
fn alarms_are_told_at_the_start_and_when_they_change() {
    let mut app = paper(app(80, 24));
    let mut teller = Teller::default();
    teller.tell(&facts(&app, COLUMNS), Rest::Busy);
    app.publishing = Publishing::Cannot("disk is full".to_owned());
    let told = teller.tell(&facts(&app, COLUMNS), Rest::Busy);
    assert_eq!(told, "\nNOT PUBLISHING: disk is full. 09:00 due.");
    assert!(start(&app).contains("NOT PUBLISHING: disk is full."));
    let app = paper(frozen(story::app(80, 24)));
    assert!(start(&app).contains("FROZEN"), "{}", start(&app));
}

#[test]
fn every_screen_is_told_in_words() {
    let mut all = String::new();
    for (name, app) in screens(80, 24) {
        all.push_str(&format!("=== {name}\n{}\n\n", start(&paper(app))));
    }
    snapshot!("plain_every_screen", all);
}

#[test]
fn nothing_told_is_drawn() {
    for (name, app) in screens(80, 24) {
        let said = start(&paper(app));
        for sign in "│─▸◦✓✗⊘✎»◊◉↷↻¦✱‹›".chars() {
            assert!(!said.contains(sign), "{name}: {sign} in\n{said}");
        }
        assert!(!said.contains('\u{1b}') && !said.contains('\r'), "{name}");
    }
}

#[test]
fn alarms_are_told_on_every_screen() {
    for (name, mut app) in screens(80, 24) {
        app.publishing = Publishing::Nobody;
        let said = start(&paper(app));
        let is_said = ["NOT PUBLISHING", "NOT SAVED", "RESTART", "BROKEN"];
        assert!(
            is_said.iter().any(|it| said.contains(it)),
            "{name}:\n{said}"
        );
    }
}

#[test]
fn a_hostile_text_is_told_without_its_escapes() {
    let mut app = paper(app(80, 24));
    super::hostile(&mut app);
    for focus in [Pane::Calendar, Pane::Queue, Pane::Editor] {
        app.focus = focus;
        let said = start(&app);
        assert!(
            said.chars().all(|c| c == '\n' || !c.is_control()),
            "{said:?}"
        );
    }
}
