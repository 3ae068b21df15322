//! Freezing, and the question before a thaw.

use super::*;
use crate::domain::Waits;

fn freeze() -> crate::domain::Freeze {
    crate::domain::Freeze {
        by: Author::from("tester"),
        reason: "wrong link".to_owned(),
        since: now(),
    }
}

#[test]
fn freezing_asks_for_a_reason_and_esc_keeps_what_was_typed() {
    let mut app = filled();
    assert_eq!(press(&mut app, "P w r o <esc>"), []);
    assert_eq!(app.frozen, None);
    let effects = press(&mut app, "P n g <enter>");
    let request = app.memory.last_request;
    assert_eq!(effects, [Effect::Freeze(request, "wrong".to_owned())]);
    answer(&mut app, request, Reply::Frozen(freeze()));
    assert_eq!(app.frozen, Some(freeze()));
    assert_eq!(press(&mut app, "!"), []);
    assert_eq!(app.sheet, None);
}

#[test]
fn a_thaw_is_answered_only_once_it_says_what_would_happen() {
    let mut app = filled();
    app.frozen = Some(freeze());
    let effects = press(&mut app, "P");
    let request = app.memory.held;
    assert_eq!(effects, [Effect::LoadHeld(request, Choices::new())]);
    assert_eq!(press(&mut app, "<enter>"), []);
    answer(&mut app, request, Reply::Held(Vec::new()));
    let effects = press(&mut app, "<enter>");
    assert_eq!(
        effects,
        [Effect::Thaw(app.memory.last_request, Choices::new())]
    );
    let request = app.memory.last_request;
    let thawed = Reply::Thawed {
        leaving: 2,
        missed: 1,
    };
    answer(&mut app, request, thawed);
    assert_eq!(app.frozen, None);
    assert!(app.note.is_some());
}

#[test]
fn whoever_thaws_chooses_what_goes_and_sees_what_that_means_before_it_does() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    let row = |id, fate| HeldPost {
        post: PostId(id),
        title: format!("post {id}"),
        due_at: Some(now()),
        channels: vec!["fosstodon".into()],
        fate,
    };
    let leaves = || Fate::Leaves {
        at: now(),
        reason: String::new(),
        waits: Waits::ForItself,
    };
    let late = || Fate::Missed("too late".to_owned());
    let request = app.memory.held;
    answer(
        &mut app,
        request,
        Reply::Held(vec![row(1, leaves()), row(2, late())]),
    );
    let left_out = Choices::from([(PostId(1), Choice::LeaveOut)]);
    let effects = press(&mut app, "e <space>");
    assert_eq!(
        effects,
        [Effect::LoadHeld(app.memory.held, left_out.clone())]
    );
    assert_eq!(press(&mut app, "<enter>"), [], "not before it is shown");
    let request = app.memory.held;
    let held = vec![row(2, late()), row(1, Fate::LeftOut)];
    answer(&mut app, request, Reply::Held(held));
    // The first one stands below now, and is still the one that is chosen.
    let both = Choices::from([(PostId(1), Choice::LeaveOut), (PostId(2), Choice::Send)]);
    let effects = press(&mut app, "k <space>");
    assert_eq!(effects, [Effect::LoadHeld(app.memory.held, both)]);
    let effects = press(&mut app, "<space>");
    assert_eq!(
        effects,
        [Effect::LoadHeld(app.memory.held, left_out.clone())]
    );
    let request = app.memory.held;
    answer(&mut app, request, Reply::Held(vec![row(2, late())]));
    let effects = press(&mut app, "<enter>");
    assert_eq!(effects, [Effect::Thaw(app.memory.last_request, left_out)]);
}

#[test]
fn the_question_before_a_thaw_closes_when_somebody_else_thaws() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    update(&mut app, Msg::Changed);
    let request = app.memory.queue;
    answer(
        &mut app,
        request,
        Reply::Queue(Queue::default(), None, None),
    );
    assert_eq!((&app.sheet, &app.frozen), (&None, &None));
}

#[test]
fn staying_frozen_changes_nothing() {
    let mut app = filled();
    app.frozen = Some(freeze());
    press(&mut app, "P");
    assert_eq!(press(&mut app, "<esc>"), []);
    assert_eq!((&app.sheet, app.frozen), (&None, Some(freeze())));
}
