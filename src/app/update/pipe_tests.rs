//! The pipe, key by key: what it asks for, and that nothing changes before it is accepted.

use super::super::tests::{answer, app as empty, filled, press, type_text};
use crate::app::msg::Reply;
use crate::app::pipe::{PipeStep, Piped};
use crate::app::sheet::Sheet;
use crate::app::{App, Effect, Key, Msg, Request};
use crate::domain::TextFilter;

fn filter(name: &str) -> TextFilter {
    TextFilter {
        name: name.to_owned(),
        command: vec!["spell".to_owned()],
        limit: TextFilter::LIMIT,
    }
}

/// A text is being typed, and two filters are set up.
fn typing() -> App {
    let mut app = filled();
    app.text_filters = vec![filter("spelling"), filter("shorter")];
    press(&mut app, "e");
    type_text(&mut app, " teh");
    app
}

fn text(app: &App) -> &str {
    app.editor.as_ref().map_or("", |editor| editor.text())
}

fn step(app: &App) -> &PipeStep {
    match &app.sheet {
        Some(Sheet::Pipe(sheet)) => &sheet.step,
        other => panic!("{other:?}"),
    }
}

fn trouble(app: &App) -> &str {
    match step(app) {
        PipeStep::Choosing(Some(trouble)) => trouble,
        other => panic!("{other:?}"),
    }
}

/// Runs the first filter and returns the number of its request.
fn run(app: &mut App) -> Request {
    let effects = press(app, "ctrl-p <enter>");
    let [Effect::Pipe(request, filter, given)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (filter.name.as_str(), given.as_str()),
        ("spelling", "text teh")
    );
    *request
}

fn piped(before: &str, printed: &str) -> Reply {
    Reply::Piped(Ok(Piped::of(before, printed).expect("a text")))
}

#[test]
fn what_a_command_made_of_the_text_is_taken_over_by_enter_alone_and_undone_in_one_step() {
    let mut app = typing();
    let request = run(&mut app);
    answer(&mut app, request, piped("text teh", "text the\n"));
    assert_eq!(text(&app), "text teh", "nothing changed yet");
    let PipeStep::Came { piped, .. } = step(&app) else {
        panic!("no difference")
    };
    assert_eq!(piped.difference, "text [-teh-]{+the+}");
    let kept = press(&mut app, "<enter>");
    assert_eq!(text(&app), "text the");
    assert!(app.sheet.is_none());
    // The draft before it is still on its way; what was taken over follows it.
    let follows =
        app.memory.draft_again || kept.iter().any(|it| matches!(it, Effect::KeepDraft(..)));
    assert!(follows, "{kept:?}");
    press(&mut app, "ctrl-u");
    assert_eq!(text(&app), "text teh");
}

#[test]
fn a_difference_that_is_left_changes_nothing() {
    let mut app = typing();
    let request = run(&mut app);
    answer(&mut app, request, piped("text teh", "text the\n"));
    assert_eq!(press(&mut app, "j x <esc>"), []);
    assert_eq!((text(&app), app.sheet.is_none()), ("text teh", true));
}

#[test]
fn while_it_runs_esc_stops_it_and_no_other_key_counts() {
    let mut app = typing();
    let request = run(&mut app);
    answer(&mut app, request, Reply::Piping(4));
    assert!(matches!(step(&app), PipeStep::Running { seconds: 4, .. }));
    assert_eq!(press(&mut app, "<enter> y x"), []);
    assert_eq!(press(&mut app, "<esc>"), [Effect::StopPipe]);
    assert!(trouble(&app).starts_with("Stopped"));
    // What comes of it after that is too late.
    answer(&mut app, request, piped("text teh", "text the\n"));
    assert!(trouble(&app).starts_with("Stopped"));
    assert_eq!(text(&app), "text teh");
}

#[test]
fn a_command_that_failed_is_said_and_another_can_be_run_at_once() {
    let mut app = typing();
    let request = run(&mut app);
    answer(
        &mut app,
        request,
        Reply::Piped(Err("`spell` printed nothing".to_owned())),
    );
    assert_eq!(
        trouble(&app),
        "`spell` printed nothing. The text is as it was"
    );
    let effects = press(&mut app, "2");
    assert!(matches!(&effects[..], [Effect::Pipe(_, filter, _)] if filter.name == "shorter"));
    // The one that was run last is chosen next time.
    press(&mut app, "<esc> <esc> ctrl-p");
    assert!(matches!(&app.sheet, Some(Sheet::Pipe(sheet)) if sheet.chosen == 1));
}

#[test]
fn nothing_to_change_is_said() {
    let mut app = typing();
    let request = run(&mut app);
    answer(&mut app, request, piped("text teh", "text teh\n"));
    assert_eq!(trouble(&app), "It found nothing to change");
}

#[test]
fn a_text_that_changed_meanwhile_is_not_overwritten() {
    let mut app = typing();
    let request = run(&mut app);
    answer(&mut app, request, piped("text teh", "text the\n"));
    if let Some(editor) = &mut app.editor {
        editor.insert(", and more");
    }
    assert_eq!(press(&mut app, "<enter>"), []);
    assert_eq!(text(&app), "text teh, and more");
    let note = app.note.as_ref().map(|it| it.note.text.clone());
    assert!(note.is_some_and(|it| it.contains("nothing was taken over")));
}

#[test]
fn without_a_filter_it_says_how_to_set_one_up() {
    let mut app = typing();
    app.text_filters.clear();
    press(&mut app, "ctrl-p");
    assert!(app.sheet.is_none());
    let note = app.note.as_ref().map(|it| it.note.text.clone());
    assert!(note.is_some_and(|it| it.contains("[[filters]]")));
}

#[test]
fn from_a_pane_the_selected_post_is_opened_first() {
    let mut app = filled();
    app.text_filters = vec![filter("spelling")];
    press(&mut app, "|");
    assert_eq!(text(&app), "text");
    assert!(matches!(step(&app), PipeStep::Choosing(None)));
    let mut nothing = empty();
    press(&mut nothing, "|");
    assert!(nothing.editor.is_none() && nothing.sheet.is_none());
}

#[test]
fn a_window_of_any_size_shows_the_sheet_while_it_runs() {
    let mut app = typing();
    let request = run(&mut app);
    for (width, height) in [(20, 5), (60, 16), (80, 24)] {
        super::super::update(&mut app, Msg::Resize(width, height));
    }
    let printed = "line\n".repeat(200);
    answer(&mut app, request, piped("text teh", &printed));
    super::super::update(&mut app, Msg::Key(Key::PageDown));
    assert!(matches!(step(&app), PipeStep::Came { scroll: 10, .. }));
}
