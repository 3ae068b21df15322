//! A disk that takes nothing: the text stays on the screen and is tried again.

use super::*;
use crate::app::Alarm;
use crate::app::editor::Kept;

/// A new text whose draft could not be written; returns the request that is open to try it again.
fn unwritten() -> (App, Request) {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "half a thought");
    let request = app.memory.draft;
    let full = Reply::CannotSave("the disk is full".to_owned());
    let effects = answer(&mut app, request, full);
    let retry = app.memory.retry;
    assert_eq!(effects, [Effect::TryAgain(retry)]);
    (app, retry)
}

fn note(app: &App) -> &str {
    app.note.as_ref().map_or("", |shown| &shown.note.text)
}

#[test]
fn a_full_disk_is_said_in_the_top_bar_and_below_and_the_text_stays() {
    let (app, _) = unwritten();
    let full = Alarm::CannotSave("the disk is full".to_owned());
    assert_eq!(app.alarm, Some(full));
    assert_eq!(
        note(&app),
        "Not saved: the disk is full. Your text is kept here; Esc tries again"
    );
    let editor = app.editor.unwrap();
    assert_eq!((editor.kept, editor.unkept), (Kept::Typed, true));
    assert_eq!(editor.content.text, "half a thought");
}

#[test]
fn what_could_not_be_written_is_tried_again_and_the_alarm_ends_once_it_is_kept() {
    let (mut app, retry) = unwritten();
    let effects = update(&mut app, Msg::Settled(retry));
    let [Effect::KeepDraft(request, draft)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(draft.content.text, "half a thought");
    answer(&mut app, *request, Reply::DraftKept);
    assert_eq!((&app.alarm, note(&app)), (&None, ""));
    assert_eq!(update(&mut app, Msg::Settled(retry)), []);
}

#[test]
fn esc_tries_to_save_again_and_never_closes_a_text_that_is_nowhere_else() {
    let (mut app, _) = unwritten();
    for _ in 0..3 {
        let effects = press(&mut app, "<esc>");
        assert_eq!(saves(&effects).len(), 1);
        let (request, _) = app.memory.save.clone().unwrap();
        let full = Reply::CannotSave("the disk is full".to_owned());
        answer(&mut app, request, full);
        assert!(app.editor.is_some());
    }
    press(&mut app, "<esc>");
    let (request, _) = app.memory.save.clone().unwrap();
    answer(&mut app, request, Reply::Saved(view(7, at(10, 9, 0)).post));
    assert!(app.editor.is_none());
    assert_eq!(app.alarm, None);
}

#[test]
fn after_another_failure_too_a_text_without_a_draft_is_not_closed() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "half");
    let broken = || Reply::Failed("the disk is broken".to_owned());
    let request = app.memory.draft;
    answer(&mut app, request, broken());
    for _ in 0..3 {
        press(&mut app, "<esc>");
        let (request, _) = app.memory.save.clone().unwrap();
        answer(&mut app, request, broken());
        assert!(app.editor.is_some());
    }
}

#[test]
fn leaving_with_a_text_that_cannot_be_kept_is_asked_twice() {
    let (mut app, _) = unwritten();
    let effects = press(&mut app, "ctrl-c");
    assert!(matches!(effects.as_slice(), [Effect::KeepDraft(..)]));
    assert!(note(&app).contains("only on this screen"), "{}", note(&app));
    let request = app.memory.draft;
    let full = Reply::CannotSave("the disk is full".to_owned());
    answer(&mut app, request, full);
    assert!(note(&app).contains("only on this screen"), "{}", note(&app));
    let effects = press(&mut app, "ctrl-c");
    assert!(effects.contains(&Effect::Quit));
}

#[test]
fn a_change_without_a_text_just_says_that_it_was_not_saved() {
    let mut app = filled();
    press(&mut app, ">");
    let (request, _) = app.memory.save.clone().unwrap();
    let full = Reply::CannotSave("the disk is full".to_owned());
    assert_eq!(answer(&mut app, request, full), []);
    assert_eq!(
        (&app.alarm, note(&app)),
        (
            &None,
            "Not saved: the disk is full. Nothing was changed; Esc, then the same again"
        )
    );
}

#[test]
fn every_error_says_what_happened_what_is_kept_and_a_key_that_helps() {
    let why = || "the disk is full".to_owned();
    let on = |key: &str| {
        let mut app = filled();
        press(&mut app, key);
        app
    };
    let save = |app: &App| {
        app.memory
            .save
            .as_ref()
            .map(|(request, _)| *request)
            .unwrap()
    };
    let mut moved = on(">");
    let request = save(&moved);
    answer(&mut moved, request, Reply::CannotSave(why()));
    let (typed, _) = unwritten();
    let mut left = on("a");
    type_text(&mut left, "half a thought");
    press(&mut left, "<esc>");
    let request = save(&left);
    answer(&mut left, request, Reply::Failed(why()));
    let mut picture = on("a");
    answer(&mut picture, 0, Reply::NotAttached(why()));
    let mut daemon = on("t");
    answer(&mut daemon, 0, Reply::Daemon(Err(why())));
    for (app, kept, key) in [
        (&moved, "Nothing was changed", "Esc"),
        (&typed, "Your text is kept here", "Esc"),
        (&left, "The text is kept here", "Esc"),
        (&picture, "", "C-o"),
        (&daemon, "", "D"),
    ] {
        let shown = app.note.as_ref().expect("an error");
        let words = &shown.note.text;
        assert_eq!(shown.note.rank, Rank::Bad, "{words}");
        assert!(words.contains("disk is full"), "{words}");
        assert!(words.contains(kept) && words.contains(key), "{words}");
    }
}

/// The draft that is to be kept.
fn kept(effects: &[Effect]) -> crate::domain::EditorDraft {
    let draft = effects.iter().find_map(|effect| match effect {
        Effect::KeepDraft(_, draft) => Some(draft.as_ref().clone()),
        _ => None,
    });
    draft.expect("something is kept")
}

#[test]
fn each_sitting_keeps_a_draft_of_its_own_and_one_that_goes_on_replaces_what_it_found() {
    let mut app = filled();
    press(&mut app, "a");
    let first = kept(&type_text(&mut app, "one"));
    let mut again = filled();
    again.screen = crate::domain::ScreenName::new("2-b").unwrap();
    answer(&mut again, 0, Reply::Drafts(vec![first.clone()]));
    press(&mut again, "<enter>");
    let second = kept(&type_text(&mut again, " more"));
    assert_ne!(second.key, first.key);
    assert!(second.key.as_str().starts_with("2-b/"), "{}", second.key);
    assert_eq!(second.goes_on, Some(first.key));
    let request = again.memory.draft;
    answer(&mut again, request, Reply::DraftKept);
    let request = again.memory.draft;
    answer(&mut again, request, Reply::DraftKept);
    let third = kept(&type_text(&mut again, "!"));
    assert_eq!((third.key, third.goes_on), (second.key, None));
}
