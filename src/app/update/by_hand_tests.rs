//! What a person does with a task, key by key: effects are compared as data. What is copied is exactly what is composed,
//! and nothing is marked as posted by a single key without an address.

use super::tests::{answer, app, filled, now, press, type_text};
use super::*;
use crate::app::by_hand::{ByHandSheet, ByHandStep, Said};
use crate::app::clipboard;
use crate::app::msg::Reply;
use crate::app::sheet::Sheet;
use crate::domain::by_hand::{ASKED, Posted};
use crate::domain::{
    Composed, Delivery, DeliveryId, DeliveryState, Part, PartMedia, PlatformId, PostId, Task, Waits,
};

const TEXT: &str = "Newsletter 48 (autumn) #OpenScience_2026\n\n\thttps://example.org/48";
const ADDRESS: &str = "https://www.linkedin.com/feed/update/7";

fn delivery(state: DeliveryState, reason: &str) -> Delivery {
    Delivery {
        id: DeliveryId(11),
        post: PostId(1),
        channel: "page".into(),
        platform: PlatformId::ByHand,
        state,
        due_at: Some(now()),
        reason: reason.to_owned(),
        permalink: None,
        remote_ids: Vec::new(),
        attempts: 0,
        next_try: None,
        waits: if reason == ASKED {
            Waits::ForAPerson
        } else {
            Waits::ForItself
        },
        changed_at: now(),
    }
}

fn task(texts: &[&str]) -> Task {
    let part = |text: &&str| Part {
        text: (*text).to_owned(),
        plain: (*text).to_owned(),
        ..Part::default()
    };
    let mut parts: Vec<Part> = texts.iter().map(part).collect();
    parts[0].media = vec![PartMedia {
        hash: "c0ffee".to_owned(),
        name: "cover.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 10,
        pixels: None,
        duration_ms: None,
        alt: "A map".to_owned(),
        ..PartMedia::default()
    }];
    Task {
        delivery: delivery(DeliveryState::Waiting, ASKED),
        title: "Newsletter 48".to_owned(),
        composed: Composed {
            platform: PlatformId::LinkedIn,
            parts,
            problems: Vec::new(),
            notes: Vec::new(),
        },
        page: Some("https://www.linkedin.com/company/example".to_owned()),
        like: PlatformId::LinkedIn,
        pictures: "/data/media".into(),
        held: Vec::new(),
    }
}

/// The queue, on a post that somebody is asked to post, opened with Enter.
fn opened(task: Task) -> App {
    let mut app = filled();
    let detail = app.detail.as_mut().unwrap();
    detail.view.deliveries = vec![task.delivery.clone()];
    app.focus = Pane::Queue;
    let effects = press(&mut app, "<enter>");
    let request = app.memory.task;
    assert_eq!(effects, [Effect::LoadTask(request, DeliveryId(11))]);
    answer(&mut app, request, Reply::Task(Box::new(task)));
    app
}

fn sheet(app: &App) -> &ByHandSheet {
    match &app.sheet {
        Some(Sheet::ByHand(sheet)) => sheet,
        other => panic!("no task is open: {other:?}"),
    }
}

fn note(app: &App) -> &str {
    app.note.as_ref().map_or("", |shown| &shown.note.text)
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    update(app, Msg::Paste(text.to_owned()))
}

#[test]
fn enter_in_the_queue_opens_the_task_and_one_key_copies_exactly_the_composed_text() {
    let mut app = opened(task(&[TEXT]));
    assert_eq!(sheet(&app).selected, 1, "the text comes first");
    assert_eq!(press(&mut app, "y"), [Effect::CopyText(TEXT.to_owned())]);
    assert!(note(&app).starts_with("Copied the text."), "{}", note(&app));
    assert!(note(&app).contains("did not take it"));
    assert_eq!(sheet(&app).copied, [TEXT]);
    assert_eq!(press(&mut app, "v"), [Effect::ShowBare(TEXT.to_owned())]);
    let page = "https://www.linkedin.com/company/example".to_owned();
    assert_eq!(press(&mut app, "o"), [Effect::CopyText(page.clone())]);
    assert_eq!(note(&app), format!("Copied: {page}"));
}

#[test]
fn enter_copies_a_line_and_goes_on_to_the_next_part_picture_and_alt_text() {
    let mut app = opened(task(&["one", "two"]));
    let mut copied = Vec::new();
    for _ in 0..4 {
        copied.extend(press(&mut app, "<enter>"));
    }
    let wanted = ["one", "/data/media/c0ffee", "A map", "two"];
    assert_eq!(copied, wanted.map(|text| Effect::CopyText(text.to_owned())));
    assert!(sheet(&app).is_at_address());
    press(&mut app, "k k k k k k k k");
    assert_eq!(sheet(&app).selected, 0);
}

#[test]
fn a_pasted_address_marks_it_and_an_undo_is_named() {
    let mut app = opened(task(&[TEXT]));
    assert_eq!(paste(&mut app, &format!(" {ADDRESS}\n")), []);
    assert!(sheet(&app).is_at_address());
    let effects = press(&mut app, "<enter>");
    let posted = Posted {
        permalink: Some(ADDRESS.to_owned()),
        texts: vec![TEXT.to_owned()],
    };
    let request = app.memory.last_request;
    let marks = Effect::PostedByHand(request, PostId(1), "page".into(), posted);
    assert_eq!(effects, [marks]);
    assert_eq!(press(&mut app, "<enter>"), [], "it is being recorded");
    let said = Said::Posted("page".into(), Some(ADDRESS.to_owned()));
    answer(&mut app, request, Reply::ByHand(PostId(1), said));
    assert_eq!(app.sheet, None);
    assert_eq!(
        note(&app),
        format!("Published on page: {ADDRESS}  u takes that back")
    );
}

#[test]
fn what_is_no_address_is_refused_in_place_and_nothing_is_lost() {
    let long = format!("https://example.org/{}", "a".repeat(10_000));
    for (typed, why) in [
        ("http://example.org/1", "https://"),
        ("example.org", "https://"),
        ("https://example.org/a b", "blank or a control character"),
        (long.as_str(), "10020 bytes"),
    ] {
        let mut app = opened(task(&[TEXT]));
        paste(&mut app, typed);
        assert_eq!(press(&mut app, "<enter>"), []);
        assert!(
            matches!(&sheet(&app).step, ByHandStep::NoAddress(said) if said.contains(why)),
            "{:?}",
            sheet(&app).step
        );
        assert_eq!(sheet(&app).address.text(), typed);
    }
    // Control characters do not even get into the field.
    let mut app = opened(task(&[TEXT]));
    paste(&mut app, "https://example.org/\u{1b}]52;c;AAAA\u{7}");
    assert!(!sheet(&app).address.text().contains(char::is_control));
}

#[test]
fn another_server_or_no_address_wants_enter_twice() {
    let mut app = opened(task(&[TEXT]));
    paste(&mut app, "https://example.org/48");
    assert_eq!(press(&mut app, "<enter>"), []);
    assert!(
        matches!(&sheet(&app).step, ByHandStep::OnceMore(said) if said.contains("not on linkedin.com"))
    );
    assert!(matches!(
        &press(&mut app, "<enter>")[..],
        [Effect::PostedByHand(.., Posted { permalink: Some(it), .. })] if it == "https://example.org/48"
    ));

    let mut app = opened(task(&[TEXT]));
    press(&mut app, "m");
    assert_eq!(press(&mut app, "<enter>"), []);
    press(&mut app, "<esc>");
    assert_eq!(sheet(&app).step, ByHandStep::Working);
    assert_eq!(press(&mut app, "<enter>"), []);
    assert!(matches!(
        &press(&mut app, "<enter>")[..],
        [Effect::PostedByHand(
            ..,
            Posted {
                permalink: None,
                ..
            }
        )]
    ));
}

#[test]
fn a_text_beyond_the_clipboard_is_not_cut_but_shown_to_be_selected() {
    let long = "x".repeat(100_000);
    let mut app = opened(task(&[&long]));
    assert_eq!(press(&mut app, "y"), []);
    let said = format!("takes {}: v shows it", clipboard::LIMIT);
    assert!(note(&app).contains(&said), "{}", note(&app));
    assert_eq!(press(&mut app, "v"), [Effect::ShowBare(long)]);
}

#[test]
fn it_is_put_off_or_skipped_and_a_typed_address_comes_back_to_its_own_task_only() {
    let mut app = opened(task(&[TEXT]));
    let effects = press(&mut app, "w");
    let request = app.memory.last_request;
    let put_off = Effect::PutOff(request, PostId(1), "page".into());
    assert_eq!(effects, [put_off]);
    let said = Said::PutOff("page".into(), now() + chrono::Duration::hours(1));
    answer(&mut app, request, Reply::ByHand(PostId(1), said));
    assert_eq!(note(&app), "page is asked for again 09:12");

    let mut app = opened(task(&[TEXT]));
    let effects = press(&mut app, "X");
    let request = app.memory.last_request;
    let skip = Effect::Skip(request, PostId(1), vec!["page".into()]);
    assert_eq!(effects, [skip]);

    let mut app = opened(task(&[TEXT]));
    press(&mut app, "m");
    type_text(&mut app, "https://ex");
    press(&mut app, "<esc>");
    assert_eq!(app.sheet, None);
    press(&mut app, "<enter>");
    assert_eq!(sheet(&app).address.text(), "https://ex");
    press(&mut app, "<esc>");
    let mut other = delivery(DeliveryState::Waiting, ASKED);
    other.id = DeliveryId(12);
    by_hand::open(&mut app, &other, "another".to_owned());
    assert_eq!(sheet(&app).address.text(), "");
}

#[test]
fn whoever_comes_second_is_told_who_did_it_and_the_task_is_read_again() {
    let mut app = opened(task(&[TEXT]));
    paste(&mut app, ADDRESS);
    press(&mut app, "<enter>");
    let request = app.memory.last_request;
    let why = "Post 1 “Newsletter 48” is on page already: posted by hand by Grace".to_owned();
    let effects = answer(&mut app, request, Reply::Failed(why));
    let request = app.memory.task;
    assert_eq!(effects, [Effect::LoadTask(request, DeliveryId(11))]);
    assert!(note(&app).contains("posted by hand by Grace"));
    let mut done = task(&[TEXT]);
    done.delivery = delivery(DeliveryState::Published, "posted by hand by Grace");
    done.delivery.permalink = Some("https://lnkd.in/1".to_owned());
    answer(&mut app, request, Reply::Task(Box::new(done)));
    assert!(sheet(&app).is_posted());
    assert_eq!(press(&mut app, "<enter>"), [], "it is not marked twice");
    assert_eq!(press(&mut app, "X"), []);
    // Taking a mark back wants two keys.
    assert_eq!(press(&mut app, "t"), []);
    let effects = press(&mut app, "<enter>");
    let request = app.memory.last_request;
    let back = Effect::NotPostedByHand(request, PostId(1), "page".into());
    assert_eq!(effects, [back]);
}

#[test]
fn a_change_elsewhere_reads_the_open_task_again_and_keeps_what_was_typed() {
    let mut app = opened(task(&["one", "two"]));
    press(&mut app, "m");
    type_text(&mut app, "https://");
    let effects = update(&mut app, Msg::Changed);
    let request = app.memory.task;
    assert!(effects.contains(&Effect::LoadTask(request, DeliveryId(11))));
    answer(&mut app, request, Reply::Task(Box::new(task(&["one"]))));
    assert!(sheet(&app).is_at_address());
    assert_eq!(sheet(&app).address.text(), "https://");
    update(&mut app, Msg::Resize(60, 16));
    update(&mut app, Msg::Resize(120, 40));
    assert_eq!(sheet(&app).address.text(), "https://");
}

#[test]
fn the_key_of_its_own_opens_what_is_not_due_yet_and_says_when_there_is_nothing() {
    let mut app = filled();
    assert_eq!(press(&mut app, "B"), []);
    assert_eq!(note(&app), "It goes to no channel that is served by hand");
    app.detail.as_mut().unwrap().view.deliveries = vec![delivery(DeliveryState::Waiting, "")];
    let effects = press(&mut app, "B");
    assert!(matches!(effects[..], [Effect::LoadTask(..)]));
    press(&mut app, "<esc>");
    // Enter edits what is not asked for yet.
    app.focus = Pane::Queue;
    press(&mut app, "<enter>");
    assert!(app.sheet.is_none() && app.editor.is_some());
}

#[test]
fn nothing_is_done_before_the_task_was_read() {
    let mut app = app();
    by_hand::open(
        &mut app,
        &delivery(DeliveryState::Waiting, ASKED),
        "x".to_owned(),
    );
    for key in ["y", "v", "o", "<enter>", "w", "X", "m"] {
        assert_eq!(press(&mut app, key), [], "{key}");
    }
    assert_eq!(paste(&mut app, ADDRESS), []);
    assert_eq!(sheet(&app).address.text(), "");
    press(&mut app, "<esc>");
    assert_eq!(app.sheet, None);
}

#[test]
fn the_outbox_says_where_a_task_stands_and_enter_there_opens_it() {
    use crate::app::outbox::{OutboxPage, told};
    use crate::app::page::Page;
    use crate::domain::{Kind, Outbox, OutboxRow, Review, Sending};
    let row = |delivery: Delivery, held: bool| OutboxRow {
        delivery,
        title: "Newsletter 48".to_owned(),
        kind: Kind::AdHoc,
        without_alt: 0,
        held,
        review: if held {
            Review::InReview
        } else {
            Review::Draft
        },
        sending: Sending::NotBegun,
        last_outcome: None,
        upload: None,
    };
    let mut app = filled();
    let mut asked = delivery(DeliveryState::Waiting, ASKED);
    asked.next_try = Some(now() + chrono::Duration::minutes(15));
    let mut put_off = delivery(DeliveryState::Waiting, "by hand, later: ada");
    put_off.waits = Waits::ItsTurn;
    put_off.next_try = Some(now() + chrono::Duration::hours(1));
    let mut planned = delivery(DeliveryState::Waiting, "");
    planned.due_at = Some(now() + chrono::Duration::minutes(48));
    for (delivery, held, said) in [
        (asked.clone(), false, "since 08:12, missed at 08:27"),
        (put_off, false, "by hand, later: ada; asked again 09:12"),
        (planned.clone(), false, "paste the address; in 48 min"),
        (
            planned,
            true,
            "paste the address; in review: held until it is approved",
        ),
        (
            delivery(DeliveryState::Missed, "by hand: nobody"),
            false,
            "by hand: nobody",
        ),
    ] {
        let told = told(&app, &row(delivery, held));
        assert!(told.text.ends_with(said), "{}", told.text);
        assert!(!told.keys.is_empty());
    }
    let outbox = Outbox {
        rows: vec![row(asked, false)],
        ..Outbox::default()
    };
    app.page = Some(Page::Outbox(OutboxPage {
        outbox: Some(outbox),
        selected: Some(DeliveryId(11)),
        ..OutboxPage::default()
    }));
    for key in ["<enter>", "B"] {
        let effects = press(&mut app, key);
        assert!(matches!(effects[..], [Effect::LoadTask(_, DeliveryId(11))]));
        press(&mut app, "<esc>");
    }
}
