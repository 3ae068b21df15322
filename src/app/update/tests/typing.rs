//! A text from its first letter to its save: drafts, failures, colleagues, earlier sessions.

use super::*;
use crate::domain::Channel;

#[test]
fn a_new_post_is_a_draft_on_the_selected_day() {
    let mut app = filled();
    press(&mut app, "l a");
    type_text(&mut app, "Hello q!");
    let effects = press(&mut app, "<esc>");
    let saves = saves(&effects);
    assert_eq!(saves[0].post, None);
    assert_eq!(saves[0].content.text, "Hello q!");
    assert_eq!(saves[0].content.plan, Plan::At(at(11, 9, 0)));
    assert!(!saves[0].content.scheduled);
}

#[test]
fn a_new_post_goes_to_every_channel_but_those_that_sleep() {
    let mut app = filled();
    let mut sleeping = Channel::new("x", PlatformId::X);
    sleeping.dormant = true;
    app.channels = vec![Channel::new("fosstodon", PlatformId::Mastodon), sleeping];
    press(&mut app, "a");
    let editor = app.editor.as_ref().unwrap();
    let names: Vec<&str> = (editor.content.variants.iter())
        .map(|variant| variant.channel.as_str())
        .collect();
    assert_eq!(names, ["fosstodon"]);
}

#[test]
fn what_is_typed_goes_to_the_draft_at_once_one_write_at_a_time() {
    let mut app = filled();
    press(&mut app, "a");
    let effects = type_text(&mut app, "abc");
    assert_eq!(
        effects.len(),
        1,
        "the later letters wait for the first write"
    );
    let Effect::KeepDraft(request, draft) = effects[0].clone() else {
        panic!("no draft")
    };
    assert_eq!(draft.content.text, "a");
    let effects = answer(&mut app, request, Reply::DraftKept);
    let Effect::KeepDraft(request, draft) = effects[0].clone() else {
        panic!("no draft")
    };
    assert_eq!((draft.content.text.as_str(), draft.cursor), ("abc", 3));
    assert_eq!(answer(&mut app, request, Reply::DraftKept), []);
}

#[test]
fn a_hang_up_keeps_the_text_before_the_program_leaves() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "ab");
    let effects = update(&mut app, Msg::Ended);
    let Effect::KeepDraft(_, draft) = &effects[0] else {
        panic!("no draft: {effects:?}")
    };
    assert_eq!(draft.content.text, "ab");
    assert_eq!(effects[1], Effect::Quit);
}

#[test]
fn leaving_an_empty_new_post_leaves_nothing_behind() {
    let mut app = filled();
    press(&mut app, "a");
    let effects = press(&mut app, "<esc>");
    assert_eq!(saves(&effects).len(), 0);
    assert!(app.editor.is_none());
}

#[test]
fn after_a_failed_save_the_text_is_still_in_the_editor() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "precious");
    press(&mut app, "<esc>");
    let (request, after) = app.memory.save.clone().unwrap();
    assert_eq!(after, AfterSave::CloseEditor);
    answer(
        &mut app,
        request,
        Reply::Failed("The disk is full".to_owned()),
    );
    assert_eq!(app.editor.as_ref().unwrap().text(), "precious");
    assert_eq!(app.note.as_ref().unwrap().note.rank, Rank::Bad);
    type_text(&mut app, "!");
    assert_eq!(app.editor.as_ref().unwrap().text(), "precious!");
}

#[test]
fn a_text_that_cannot_be_saved_can_be_left_and_stays_a_draft() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "precious");
    press(&mut app, "<esc>");
    let (request, _) = app.memory.save.clone().unwrap();
    answer(
        &mut app,
        request,
        Reply::Failed("The disk is full".to_owned()),
    );
    let effects = press(&mut app, "<esc>");
    assert!(app.editor.is_none());
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::KeepDraft(..)))
    );
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::DropDrafts(_)))
    );
}

#[test]
fn a_colleagues_save_meanwhile_keeps_both_texts() {
    let mut app = filled();
    press(&mut app, "e");
    type_text(&mut app, " mine");
    press(&mut app, "<esc>");
    let (request, _) = app.memory.save.clone().unwrap();
    let mut theirs = view(1, at(10, 9, 0)).post;
    theirs.revision = 9;
    theirs.content.text = "theirs".to_owned();
    answer(&mut app, request, Reply::Conflict(theirs));
    let Some(Sheet::Conflict(sheet)) = &app.sheet else {
        panic!("no conflict sheet")
    };
    assert_eq!(sheet.mine.content.text, "text mine");
    assert_eq!(sheet.theirs.content.text, "theirs");
    let dropped = Effect::DropDrafts(sheet.mine.keys());
    let mut other = app.clone();
    let effects = press(&mut app, "m");
    assert_eq!(saves(&effects)[0].base_revision, 9);
    let effects = press(&mut other, "t");
    let kept = saves(&effects)[0];
    assert_eq!((kept.post, kept.parent), (None, Some(PostId(1))));
    assert_eq!(
        (kept.content.text.as_str(), kept.content.plan),
        ("text mine", Plan::Shelf)
    );
    assert!(!effects.contains(&dropped), "not before the copy is there");
    let (request, _) = other.memory.save.clone().unwrap();
    let copy = view(8, at(10, 9, 0)).post;
    assert!(answer(&mut other, request, Reply::Saved(copy)).contains(&dropped));
}

#[test]
fn a_pasted_text_fires_no_command() {
    let mut app = filled();
    assert_eq!(update(&mut app, Msg::Paste("dq!now\n".to_owned())), []);
    press(&mut app, "a");
    update(&mut app, Msg::Paste("line one\r\nq\u{1b}".to_owned()));
    assert_eq!(app.editor.as_ref().unwrap().text(), "line one\nq");
}

#[test]
fn a_draft_of_an_earlier_session_is_offered_with_its_cursor() {
    let mut app = filled();
    press(&mut app, "a");
    type_text(&mut app, "abc");
    press(&mut app, "<left>");
    let draft = app.editor.as_ref().unwrap().draft(now());
    let mut next = filled();
    answer(&mut next, 4, Reply::Drafts(vec![draft]));
    assert!(matches!(next.sheet, Some(Sheet::Recover(_))));
    press(&mut next, "<enter>");
    let editor = next.editor.as_ref().unwrap();
    assert_eq!(
        (editor.text(), editor.cursor(), &editor.tab),
        ("abc", 2, &Tab::Master)
    );
}

#[test]
fn asking_for_a_picture_again_takes_the_failure_away() {
    let mut app = filled();
    press(&mut app, "a ctrl-o");
    type_text(&mut app, "/nope.png");
    let effects = press(&mut app, "<enter>");
    let Some(Effect::Attach(request, _)) = effects.first().cloned() else {
        panic!("{effects:?}");
    };
    let failed = Reply::Failed("There is no file /nope.png".to_owned());
    answer(&mut app, request, failed);
    assert!(app.note.is_some());
    press(&mut app, "ctrl-o");
    assert!(app.note.is_none(), "the question's own keys are shown");
}

#[test]
fn a_draft_that_was_put_off_is_asked_about_before_typing_takes_its_place() {
    let mut app = filled();
    press(&mut app, "e");
    type_text(&mut app, "kept");
    let draft = app.editor.as_ref().unwrap().draft(now());
    let mut next = filled();
    answer(&mut next, 4, Reply::Drafts(vec![draft]));
    press(&mut next, "<esc> e");
    assert!(next.editor.is_none());
    assert!(matches!(next.sheet, Some(Sheet::Recover(_))));
    press(&mut next, "<esc> a");
    assert!(next.editor.is_some(), "another post is free");
    press(&mut next, "<esc> e <enter>");
    assert_eq!(next.editor.as_ref().unwrap().text(), "textkept");
    assert!(next.memory.drafts.is_empty());
}

#[test]
fn what_is_typed_while_a_move_is_still_being_written_is_taken_and_is_not_its_conflict() {
    let mut app = filled();
    press(&mut app, ">");
    let (request, _) = app.memory.save.clone().unwrap();
    press(&mut app, "a");
    type_text(&mut app, "at once");
    let text = |app: &App| app.editor.as_ref().map(|it| it.text().to_owned());
    assert_eq!(text(&app), Some("at once".to_owned()));
    assert_eq!(saves(&press(&mut app, "<esc>")).len(), 0, "one at a time");
    let theirs = view(1, at(10, 9, 0)).post;
    answer(&mut app, request, Reply::Conflict(theirs));
    assert_eq!(app.sheet, None, "the move met a colleague, not the text");
    assert_eq!(text(&app), Some("at once".to_owned()));
    let effects = press(&mut app, "<esc>");
    assert_eq!(saves(&effects)[0].content.text, "at once");
}

#[test]
fn a_post_that_waited_to_be_opened_does_not_take_the_place_of_what_is_typed_since() {
    let mut app = filled();
    press(&mut app, ">");
    let (request, _) = app.memory.save.clone().unwrap();
    press(&mut app, "e a");
    type_text(&mut app, "at once");
    let moved = view(1, at(11, 9, 0)).post;
    answer(&mut app, request, Reply::Saved(moved));
    let editor = app.editor.as_ref().expect("it stays open");
    assert_eq!((editor.post, editor.text()), (None, "at once"));
}
