//! What a user does in the outbox, key by key: effects are compared as data. Above all, what is unknown is never sent by
//! a single key.

use super::tests::{answer, app, filled, now, press, type_text};
use super::*;
use crate::app::msg::{NotThere, Reply};
use crate::app::outbox::OutboxPage;
use crate::app::sheet::Sheet;
use crate::app::unknown::UnknownStep;
use crate::domain::{
    CorrectionKind, Delivery, DeliveryId, DeliveryState, Kind, Outbox, OutboxRow, PlatformId,
    PostId, Section, Sending, Tries,
};

fn row(id: i64, state: DeliveryState) -> OutboxRow {
    OutboxRow {
        delivery: Delivery {
            id: DeliveryId(id),
            post: PostId(id),
            channel: "fosstodon".into(),
            platform: PlatformId::Sandbox,
            state,
            due_at: Some(now()),
            reason: String::new(),
            permalink: None,
            remote_ids: Vec::new(),
            attempts: 1,
            next_try: None,
            waits: crate::domain::Waits::default(),
            changed_at: now(),
        },
        title: format!("post {id}"),
        kind: Kind::AdHoc,
        held: false,
        review: crate::domain::Review::Draft,
        without_alt: 0,
        sending: Sending::NotBegun,
        last_outcome: None,
        upload: None,
    }
}

/// A waiting delivery of a post.
pub(super) fn listed(id: i64, title: &str) -> OutboxRow {
    OutboxRow {
        title: title.to_owned(),
        ..row(id, DeliveryState::Waiting)
    }
}

/// The outbox, open on a delivery in a state.
fn at(state: DeliveryState, change: impl FnOnce(&mut OutboxRow)) -> App {
    let mut app = filled();
    press(&mut app, "o");
    let mut first = row(1, state);
    change(&mut first);
    let request = app.memory.outbox;
    let rows = vec![first, row(2, DeliveryState::Waiting)];
    let outbox = Outbox {
        rows,
        ..Outbox::default()
    };
    answer(&mut app, request, Reply::Outbox(outbox));
    app
}

fn unknown() -> App {
    let mut app = at(DeliveryState::Unknown, |_| ());
    press(&mut app, "<enter>");
    let request = app.memory.tries;
    answer(&mut app, request, Reply::Tries(Tries::default()));
    app
}

#[test]
fn the_page_opens_moves_filters_and_goes_back_to_the_same_selection() {
    let mut app = filled();
    let before = (app.focus, app.day, app.selected);
    let effects = press(&mut app, "o");
    let request = app.memory.outbox;
    assert!(matches!(
        effects[..],
        [Effect::LoadOutbox(asked, Section::All, _)] if asked == request
    ));
    let mut app = at(DeliveryState::Failed, |_| ());
    press(&mut app, "j");
    let selected = |app: &App| app.outbox().and_then(|page| page.selected);
    assert_eq!(selected(&app), Some(DeliveryId(2)));
    press(&mut app, "g g");
    let effects = press(&mut app, "f");
    assert!(matches!(
        effects[..],
        [Effect::LoadOutbox(_, Section::NeedsYou, _)]
    ));
    // What moves about in the panes does nothing here.
    assert_eq!(press(&mut app, "t l <tab> d x"), []);
    for key in ["q", "<esc>", "b"] {
        press(&mut app, "o");
        press(&mut app, key);
        assert_eq!(app.page, None);
    }
    assert_eq!((app.focus, app.day, app.selected), before);
}

#[test]
fn an_older_list_is_not_taken_for_the_present_one() {
    let mut app = app();
    press(&mut app, "o f");
    let old = app.memory.outbox - 1;
    answer(&mut app, old, Reply::Outbox(Outbox::default()));
    assert!(app.outbox().is_some_and(|page| page.outbox.is_none()));
}

#[test]
fn near_the_end_more_is_read_and_the_selection_stays() {
    let mut app = at(DeliveryState::Failed, |_| ());
    if let Some(outbox) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
        outbox.more = true;
    }
    let effects = press(&mut app, "G");
    assert!(matches!(
        effects[..],
        [Effect::LoadOutbox(_, Section::All, limit)] if limit == 2 * crate::app::outbox::PAGE
    ));
    assert_eq!(app.outbox().and_then(OutboxPage::at), Some(1));
}

#[test]
fn one_that_waits_for_another_try_is_tried_now_and_no_other_is() {
    let mut app = at(DeliveryState::Waiting, |row| {
        row.delivery.next_try = Some(now() + chrono::Duration::minutes(9));
    });
    let effects = press(&mut app, "R");
    assert!(matches!(effects[..], [Effect::TryNow(_, DeliveryId(1))]));
    for state in [
        DeliveryState::Waiting,
        DeliveryState::Unknown,
        DeliveryState::Publishing,
        DeliveryState::Published,
        DeliveryState::Skipped,
    ] {
        let mut app = at(state, |_| ());
        assert_eq!(press(&mut app, "R"), [], "{state:?}");
        assert!(app.note.is_some());
    }
}

#[test]
fn a_failed_or_missed_one_asks_as_publishing_now_does() {
    for state in [DeliveryState::Failed, DeliveryState::Missed] {
        let mut app = at(state, |_| ());
        let effects = press(&mut app, "R");
        let sends = |effect: &Effect| matches!(effect, Effect::MakeDue(..) | Effect::TryNow(..));
        assert!(!effects.iter().any(sends), "{effects:?}");
        assert_eq!(
            app.memory.publish_only.is_some(),
            !matches!(app.sheet, Some(Sheet::PublishNow(_))) && app.note.is_none()
        );
    }
}

#[test]
fn skipping_is_of_one_channel_and_never_of_what_may_be_out() {
    for state in [
        DeliveryState::Waiting,
        DeliveryState::Publishing,
        DeliveryState::Failed,
        DeliveryState::Missed,
    ] {
        let mut app = at(state, |_| ());
        let effects = press(&mut app, "X");
        assert!(
            matches!(&effects[..], [Effect::Skip(_, PostId(1), channels)] if channels.len() == 1),
            "{state:?}"
        );
    }
    for state in [DeliveryState::Unknown, DeliveryState::Published] {
        let mut app = at(state, |_| ());
        assert_eq!(press(&mut app, "X"), []);
    }
}

#[test]
fn no_single_key_sends_what_is_unknown_again() {
    let sends = |effects: &[Effect]| {
        let one = |it: &Effect| matches!(it, Effect::MarkNotThere(_, _, _, NotThere::Send));
        effects.iter().any(one)
    };
    let mut app = unknown();
    press(&mut app, "2");
    assert!(!sends(&press(&mut app, "<enter>")));
    assert!(!sends(&press(&mut app, "<enter>")));
    assert!(!sends(&type_text(&mut app, "yes")));
    assert!(!sends(&press(&mut app, "<enter> <esc>")));
    assert!(
        matches!(&app.sheet, Some(Sheet::Unknown(sheet)) if sheet.step == UnknownStep::Choosing)
    );
    press(&mut app, "<enter>");
    type_text(&mut app, "now");
    assert!(sends(&press(&mut app, "<enter>")));
}

#[test]
fn an_address_is_pasted_and_checked_and_a_refused_one_can_be_put_right() {
    let mut app = unknown();
    update(&mut app, Msg::Paste("https://a.example/@b/1\n".to_owned()));
    // What looks like a choice is text once an address is there.
    type_text(&mut app, "2j");
    let effects = press(&mut app, "<enter>");
    let [Effect::MarkThere(request, PostId(1), _, address)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(address, "https://a.example/@b/12j");
    let refused = Reply::Failed("There is no post at that address".to_owned());
    answer(&mut app, *request, refused);
    assert!(matches!(&app.sheet, Some(Sheet::Unknown(sheet))
        if sheet.step == UnknownStep::Choosing && sheet.address.text().ends_with("12j")));
    let effects = press(&mut app, "<enter>");
    let [Effect::MarkThere(request, ..)] = &effects[..] else {
        panic!("{effects:?}");
    };
    answer(&mut app, *request, Reply::Settled("Noted".to_owned()));
    assert_eq!(app.sheet, None);
}

#[test]
fn without_an_address_enter_is_wanted_twice() {
    let mut app = unknown();
    assert_eq!(press(&mut app, "<enter>"), []);
    let effects = press(&mut app, "<enter>");
    assert!(matches!(&effects[..], [Effect::MarkThere(_, _, _, address)] if address.is_empty()));
}

#[test]
fn leaving_it_away_and_looking_again_are_one_choice_each() {
    let mut app = unknown();
    let effects = press(&mut app, "3 <enter>");
    assert!(matches!(
        effects[..],
        [Effect::MarkNotThere(_, PostId(1), _, NotThere::Skip)]
    ));
    let mut app = unknown();
    let effects = press(&mut app, "j j j <enter>");
    assert!(matches!(effects[..], [Effect::LookAgain(_, PostId(1), _)]));
}

#[test]
fn nothing_is_answered_before_the_question_says_what_is_known() {
    let mut app = at(DeliveryState::Unknown, |_| ());
    press(&mut app, "<enter>");
    assert_eq!(press(&mut app, "3 <enter> <enter>"), []);
    press(&mut app, "<esc>");
    assert_eq!(app.sheet, None);
}

#[test]
fn an_address_is_copied_and_said() {
    let mut app = at(DeliveryState::Published, |row| {
        row.delivery.permalink = Some("https://a.example/1".to_owned());
    });
    let effects = press(&mut app, "ctrl-y");
    assert_eq!(
        effects,
        [Effect::CopyText("https://a.example/1".to_owned())]
    );
    assert!(
        app.note
            .is_some_and(|shown| shown.note.text.ends_with("a.example/1"))
    );
}

#[test]
fn the_dry_run_asks_for_what_would_leave_and_looks_further_on_request() {
    let mut app = at(DeliveryState::Waiting, |_| ());
    let until = |effects: &[Effect]| match effects {
        [Effect::LoadCalls(_, until)] => *until,
        other => panic!("{other:?}"),
    };
    let week = until(&press(&mut app, "W"));
    let month = until(&press(&mut app, "l"));
    assert_eq!((month - week).num_days(), 24);
    assert_eq!(press(&mut app, "l"), []);
    press(&mut app, "<esc>");
    assert!(app.sheet.is_none() && app.page.is_some());
}

#[test]
fn what_is_out_is_deleted_or_edited_there_only_after_the_whole_word() {
    for (key, word, kind) in [
        ("D", "delete", CorrectionKind::Delete),
        ("U", "update", CorrectionKind::Edit),
    ] {
        let mut app = at(DeliveryState::Published, |row| {
            row.delivery.remote_ids = vec!["1".to_owned()];
        });
        press(&mut app, key);
        assert_eq!(press(&mut app, "<enter>"), []);
        type_text(&mut app, &word[..3]);
        assert_eq!(press(&mut app, "<enter>"), []);
        type_text(&mut app, &word[3..]);
        let effects = press(&mut app, "<enter>");
        let request = app.memory.last_request;
        let asked = Effect::Correct(request, kind, PostId(1), "fosstodon".into());
        assert_eq!(effects, [asked]);
        assert_eq!(app.sheet, None);
    }
}

#[test]
fn what_is_not_out_or_not_known_to_be_is_not_deleted() {
    for state in [
        DeliveryState::Waiting,
        DeliveryState::Unknown,
        DeliveryState::Publishing,
        DeliveryState::Missed,
    ] {
        let mut app = at(state, |_| ());
        assert_eq!(press(&mut app, "D"), []);
        assert_eq!(app.sheet, None, "{state:?}");
        assert!(app.note.is_some());
    }
}

#[test]
fn on_a_page_no_key_changes_or_moves_what_lies_behind_it() {
    for page in ["o", "r"] {
        let mut app = filled();
        press(&mut app, page);
        let before = (app.day, app.selected, app.focus, app.marks.clone());
        for key in [
            "m", "<space>", "n", "N", "g w", "g l", "x", "y", "p", ">", "d", "t",
        ] {
            let effects = press(&mut app, key);
            assert_eq!(effects, [], "{page} {key}");
            assert_eq!(app.sheet, None, "{page} {key}");
        }
        assert_eq!(
            (app.day, app.selected, app.focus, app.marks.clone()),
            before
        );
        assert!(app.page.is_some());
    }
}

#[test]
fn what_is_there_and_of_no_use_offers_to_delete_it_there_and_shows_where_it_is() {
    let address = "https://www.youtube.com/watch?v=abcdefghijk";
    let app = at(DeliveryState::Failed, |row| {
        row.last_outcome = Some("published".to_owned());
        row.delivery.permalink = Some(address.to_owned());
        row.delivery.reason = "it could not be processed".to_owned();
    });
    let rows = app.outbox().unwrap().rows();
    let told = crate::app::outbox::told(&app, &rows[0]);
    assert_eq!(told.address.as_deref(), Some(address));
    assert_eq!(told.keys[0].0, Action::OutboxDelete);
}
