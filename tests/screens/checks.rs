//! What a finished screen owes, held for every screen at every size: the list at the end of the design of the screens.
//!
//! Widths, colours and plain ASCII are in `screens.rs`; bytes are in the pty suite.

use super::shown::{post, queue, screens, with};
use super::story::{app, oslo, typing};
use super::{SIZES, draw, row, styles, text};
use masthead::app::bindings::Wish;
use masthead::app::{
    Action, App, Colours, Effect, Key, Keymap, Msg, Publishing, Sheet, Tab, update,
};
use masthead::domain::queue::Offline;
use masthead::domain::{DeliveryState, Kind, Review};

/// Screens on which posts are listed, by name, with what every list shows of them.
const LISTS: [&str; 6] = ["calendar", "week", "list", "queue", "typing_own", "outbox"];

fn listed(width: u16, height: u16) -> impl Iterator<Item = (&'static str, App)> {
    let all = screens(width, height).into_iter();
    all.filter(|(name, _)| LISTS.contains(name))
}

fn everywhere(app: &mut App, change: impl Fn(&mut masthead::domain::Summary)) {
    app.posts.iter_mut().for_each(&change);
    app.queue.needs_you.iter_mut().for_each(&change);
    app.queue.next.iter_mut().for_each(&change);
}

#[test]
fn every_state_is_told_apart_by_sign_and_by_letter_in_every_list() {
    use DeliveryState::{Failed, Missed, Published, Publishing, Skipped, Unknown, Waiting};
    let states = [
        (Unknown, false, Review::Draft, "?", "U"),
        (Failed, false, Review::Draft, "✗", "F"),
        (Missed, false, Review::Draft, "⊘", "M"),
        (Waiting, true, Review::ChangesRequested, "✎", "C"),
        (Publishing, false, Review::Draft, "»", "g"),
        (Waiting, true, Review::Draft, "◊", "d"),
        (Waiting, true, Review::InReview, "◉", "r"),
        (Waiting, false, Review::Draft, "◦", "w"),
        (Published, false, Review::Draft, "✓", "p"),
        (Skipped, false, Review::Draft, "↷", "s"),
    ];
    for (state, held, review, sign, letter) in states {
        for (name, mut app) in listed(120, 40) {
            everywhere(&mut app, |post| {
                (post.held, post.review) = (held, review);
                post.channels.iter_mut().for_each(|it| it.state = state);
            });
            if let Some(outbox) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
                for row in &mut outbox.rows {
                    (row.held, row.review) = (held, review);
                    row.delivery.state = state;
                }
            }
            let shown = text(&app);
            assert!(shown.contains(sign), "{name} {state:?}:\n{shown}");
            app.look.ascii = true;
            let cells = |line: &str| {
                line.split([' ', '>', '|'])
                    .any(|word| word.starts_with(letter) && word.len() <= 12)
            };
            let shown = text(&app);
            assert!(shown.lines().any(cells), "{name} {state:?}:\n{shown}");
        }
    }
}

#[test]
fn a_state_is_said_in_a_word_where_there_is_room() {
    for (index, state) in DeliveryState::WORST_FIRST.into_iter().enumerate() {
        let mut app = app(80, 24);
        for post in &mut app.posts {
            // Without an approval: one that waits with it is said to be approved.
            post.review = Review::Draft;
            for channel in &mut post.channels {
                channel.state = state;
            }
        }
        let text = text(&app);
        assert!(text.contains(state.word()), "{index} {state:?}:\n{text}");
    }
}

#[test]
fn evergreen_and_ad_hoc_are_told_apart_in_every_list() {
    for (width, height) in SIZES {
        for (name, app) in listed(width, height) {
            for (kind, is_shown) in [(Kind::Evergreen, true), (Kind::AdHoc, false)] {
                let mut app = app.clone();
                everywhere(&mut app, |post| post.kind = kind);
                app.detail = None;
                if let Some(editor) = &mut app.editor {
                    editor.content.kind = kind;
                }
                if let Some(outbox) = app.outbox_mut().and_then(|page| page.outbox.as_mut()) {
                    outbox.rows.iter_mut().for_each(|row| row.kind = kind);
                }
                let shown = text(&app);
                assert_eq!(
                    shown.contains('↻'),
                    is_shown,
                    "{name} {width}x{height}:\n{shown}"
                );
            }
        }
    }
}

#[test]
fn no_file_of_the_drawing_but_the_theme_names_a_colour() {
    let mut folders = vec![std::path::PathBuf::from("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("theme.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let source = source.replace("Color::Reset", "");
                assert!(!source.contains("Color::"), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_burst_of_thirty_moves_reads_and_draws_the_details_once() {
    let mut app = app(80, 24);
    app.detail = None;
    let mut settle = None;
    for key in ["l", "j", "h", "k", "l"].repeat(6) {
        for effect in update(&mut app, Msg::Key(key.parse().unwrap())) {
            match effect {
                Effect::Settle(request) | Effect::ReadAhead(request) => settle = Some(request),
                other => assert!(!matches!(other, Effect::LoadPost(..)), "{other:?}"),
            }
        }
    }
    let settle = settle.expect("the selection moved onto a post");
    assert_eq!(update(&mut app, Msg::Settled(settle - 1)), []);
    let effects = update(&mut app, Msg::Settled(settle));
    assert!(matches!(effects[..], [Effect::LoadPost(..)]), "{effects:?}");
}

#[test]
fn a_change_of_focus_moves_two_marks_and_the_weight_of_two_names_and_the_keys_follow_a_moment_later()
 {
    let mut app = app(120, 40);
    update(&mut app, Msg::Key(Key::Char('2')));
    app.hinted = None;
    for key in ['3', '1', '2'] {
        let before = draw(&app);
        let effects = update(&mut app, Msg::Key(Key::Char(key)));
        let [Effect::Settle(pause)] = effects[..] else {
            panic!("{effects:?}");
        };
        let after = draw(&app);
        let changed = before.content.iter().zip(&after.content);
        let changed = changed.filter(|(old, new)| old != new).count();
        assert!((1..=20).contains(&changed), "{key}: {changed} cells");
        assert_eq!(update(&mut app, Msg::Settled(pause)), []);
        assert_ne!(
            row(&draw(&app), 39),
            row(&after, 39),
            "the keys of the pane"
        );
    }
}

/// All words of a text stand on the screen, in whatever rows.
fn holds_all(shown: &str, words: &str) -> bool {
    words.split(' ').all(|word| shown.contains(word))
}

#[test]
fn reasons_and_the_names_of_accounts_are_never_cut() {
    let words: Vec<String> = (1..=24).map(|number| format!("word{number:02}")).collect();
    let reason = words.join(" ");
    let account = "@a.rather-long.account.name@social.example.org";
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            match name {
                "outbox" => {
                    let rows = app
                        .outbox_mut()
                        .and_then(|page| page.outbox.as_mut())
                        .unwrap();
                    rows.rows[0].delivery.reason.clone_from(&reason);
                    let shown = text(&app);
                    assert!(
                        holds_all(&shown, &reason),
                        "{name} {width}x{height}:\n{shown}"
                    );
                }
                "post_failed" if height >= 24 => {
                    let detail = app.detail.as_mut().unwrap();
                    detail.view.deliveries[1].reason.clone_from(&reason);
                    let shown = text(&app);
                    assert!(
                        holds_all(&shown, &reason),
                        "{name} {width}x{height}:\n{shown}"
                    );
                }
                "note_bad" => {
                    app.note.as_mut().unwrap().note.text.clone_from(&reason);
                    let shown = text(&app);
                    assert!(
                        holds_all(&shown, &reason),
                        "{name} {width}x{height}:\n{shown}"
                    );
                }
                "sheet_publish_now" => {
                    if let Some(Sheet::PublishNow(sheet)) = &mut app.sheet {
                        sheet.accounts[0].account = account.to_owned();
                    }
                    let shown = text(&app);
                    assert!(shown.contains(account), "{name} {width}x{height}:\n{shown}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn being_offline_is_seen_at_every_size_on_every_screen() {
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            app.alarm = None;
            app.frozen = None;
            app.publishing = Publishing::Here;
            app.queue.offline = Some(Offline {
                since: oslo("2026-11-10 07:58").instant(),
                waiting: 2,
            });
            let top = row(&draw(&app), 0);
            assert!(top.contains("OFFLINE"), "{name} {width}x{height}: {top}");
        }
    }
}

#[test]
fn a_post_of_unknown_outcome_is_said_at_every_size_on_every_page_and_under_every_sheet() {
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            let is_unknown = app
                .whole_queue()
                .needs_you
                .iter()
                .any(|post| post.glyph() == masthead::domain::Glyph::Unknown);
            let is_hidden = app.sheet.is_some() || app.page.is_some();
            if !is_unknown || !is_hidden || app.editor.is_some() && app.sheet.is_none() {
                continue;
            }
            (app.alarm, app.frozen, app.publishing) = (None, None, Publishing::Here);
            app.queue.offline = None;
            let top = row(&draw(&app), 0);
            assert!(
                top.contains("? 1 unknown"),
                "{name} {width}x{height}: {top}"
            );
        }
    }
}

#[test]
fn hints_name_the_users_own_keys_and_no_default_that_was_changed() {
    let changed = [
        ("schedule", "Z", " s schedule"),
        ("edit", "M", " e edit"),
        ("help", "<f7>", " ? help"),
        ("open", "O", "Enter open"),
        ("search", "<f8>", " / find"),
        ("quit", "Y", " q back"),
        ("outbox-tries", "I", " H tries"),
        ("review-approve", "V", " A approve"),
    ];
    let keys: Vec<[String; 1]> = changed.iter().map(|it| [it.1.to_owned()]).collect();
    let wishes: Vec<Wish<'_>> = changed
        .iter()
        .zip(&keys)
        .map(|((action, ..), keys)| Wish {
            section: None,
            action,
            keys,
        })
        .collect();
    let own = Keymap::with(&wishes).expect("no clash");
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            app.keymap = own.clone();
            app.note = None;
            let shown = text(&app);
            for (action, _, default) in changed {
                let is_sheet = app.sheet.is_some() || app.welcome.is_some() || app.editor.is_some();
                assert!(
                    is_sheet || !shown.contains(default),
                    "{name} {width}x{height} {action}:\n{shown}"
                );
            }
        }
        let last = |app: App| {
            row(
                &draw(&App {
                    keymap: own.clone(),
                    ..app
                }),
                height - 1,
            )
        };
        assert!(last(app(width, height)).contains("F7 help"));
        assert!(last(queue(width, height)).contains("O open  M edit  Z schedule"));
        assert!(last(post(width, height)).contains("M edit"));
    }
}

/// Sheets that ask before something is done, and what each names.
const QUESTIONS: [(&str, &str); 9] = [
    ("sheet_schedule", "Package showcase: sourmash"),
    ("sheet_publish_now", "Workshop: one week left"),
    ("sheet_thaw", "4 posts"),
    ("sheet_freeze", "Freeze"),
    ("sheet_unknown", "Workshop: what you will learn"),
    ("sheet_unknown_send_again", "Workshop: what you will learn"),
    ("sheet_delete_there", "Workshop: registration opens"),
    ("sheet_request_changes", "Workshop: recordings and thanks"),
    ("sheet_recover", "sourmash"),
];

#[test]
fn every_question_names_what_it_acts_on_and_esc_leaves_it_as_it_was() {
    for (width, height) in SIZES {
        for (name, mut app) in screens(width, height) {
            let Some((_, names)) = QUESTIONS.iter().find(|(question, _)| *question == name) else {
                continue;
            };
            let shown = text(&app);
            let begins: String = names.chars().take(24).collect();
            assert!(shown.contains(&begins), "{name} {width}x{height}:\n{shown}");
            let last = row(&draw(&app), height - 1);
            assert!(last.contains("Esc "), "{name} {width}x{height}: {last}");
            let effects = update(&mut app, Msg::Key(Key::Esc));
            let sends = effects.iter().any(sends_something);
            assert!(!sends, "{name}: {effects:?}");
        }
    }
}

fn sends_something(effect: &Effect) -> bool {
    let name = format!("{effect:?}");
    [
        "PublishNow",
        "SendAgain",
        "Thaw",
        "Correct",
        "TryNow",
        "Skip",
        "Freeze",
    ]
    .iter()
    .any(|it| name.starts_with(it))
}

#[test]
fn no_question_sends_by_enter_alone() {
    for (name, mut app) in screens(80, 24) {
        let is_asked = [
            "sheet_publish_now",
            "sheet_unknown",
            "sheet_unknown_send_again",
            "sheet_delete_there",
        ];
        if !is_asked.contains(&name) {
            continue;
        }
        let effects = update(&mut app, Msg::Key(Key::Enter));
        assert!(!effects.iter().any(sends_something), "{name}: {effects:?}");
    }
}

#[test]
fn all_sizes_and_back_give_the_first_screen_again() {
    for (width, height) in [(80, 24), (120, 40)] {
        for (name, mut app) in screens(width, height) {
            // What is wrapped to the window is wrapped once before.
            update(&mut app, Msg::Resize(width, height));
            let before = (text(&app), app.selected, app.sheet.clone());
            for (width, height) in SIZES.into_iter().chain([(20, 5), (61, 17)]) {
                update(&mut app, Msg::Resize(width, height));
                draw(&app);
            }
            update(&mut app, Msg::Resize(width, height));
            let after = (text(&app), app.selected, app.sheet.clone());
            assert_eq!(after.0, before.0, "{name} {width}x{height}");
            assert_eq!((after.1, after.2), (before.1, before.2), "{name}");
        }
    }
}

#[test]
fn at_first_glance_nothing_stands_out_but_month_today_the_selection_and_who_is_needed() {
    let mut app = app(80, 24);
    app.look.colours = Colours::Sixteen;
    let buffer = draw(&app);
    let mut loud: Vec<String> = Vec::new();
    for (y, runs) in styles(&app).lines().enumerate().take(23) {
        let runs = runs.split_once(':').map_or("", |(_, runs)| runs);
        for run in runs.split(';').filter(|run| !run.trim().is_empty()) {
            let (span, style) = run.trim().split_once(' ').unwrap();
            if matches!(style, "dim" | "line" | "dim line") {
                continue;
            }
            let (from, to) = span.split_once('-').unwrap();
            let columns = from.parse::<u16>().unwrap()..=to.parse::<u16>().unwrap();
            let y = u16::try_from(y).unwrap();
            loud.push(columns.map(|x| buffer[(x, y)].symbol()).collect());
        }
    }
    let expected = [
        "November 2026",
        "▸",
        "⊘",
        "[10]",
        "today",
        "✗",
        "?",
        "▸",
        "↻",
        "↻",
        "↻",
        "↻",
        "↻",
        "need you 3",
        "?",
        "✗",
        "⊘",
        "Li login 11 days",
    ];
    assert_eq!(loud, expected);
}

#[test]
fn what_is_typed_outlives_a_window_that_is_too_small() {
    let mut app = typing(80, 24, Tab::Master);
    let before = app.editor.as_ref().map(|editor| editor.content.clone());
    update(&mut app, Msg::Resize(20, 5));
    update(&mut app, Msg::Key(Key::Char('x')));
    update(&mut app, Msg::Key(Key::Backspace));
    update(&mut app, Msg::Resize(80, 24));
    assert_eq!(
        app.editor.as_ref().map(|editor| editor.content.clone()),
        before
    );
}

#[test]
fn the_prefix_of_a_key_shows_only_what_is_bound() {
    let shown = text(&with(app(80, 24), Sheet::Prefix(Key::Char('g'))));
    let keymap = Keymap::default();
    let next = keymap.continuations(Key::Char('g'), app(80, 24).here());
    for (key, row) in &next {
        assert!(
            shown.contains(&format!("{} {}", key.label(), row.short())),
            "{shown}"
        );
    }
    assert!(next.iter().any(|(_, row)| row.action == Action::GoToDate));
}
