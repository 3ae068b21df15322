//! The trim screen's words, rows and counts, against the one composer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use super::editor::{Editor, Tab};
use super::trim::*;
use crate::domain::{Channel, ChannelName, Content, Facts, PlatformId, Threading, Variant};
use std::collections::BTreeMap;

struct Desk {
    editor: Editor,
    channels: Vec<Channel>,
    facts: BTreeMap<ChannelName, Facts>,
}

impl Desk {
    fn new(content: Content, tab: Tab) -> Self {
        let channels = vec![
            Channel::new("bluesky", PlatformId::Bluesky),
            Channel::new("fosstodon", PlatformId::Mastodon),
            Channel::new("outbox", PlatformId::Sandbox),
        ];
        let mut editor = Editor::open(None, 0, content);
        let facts = BTreeMap::new();
        editor.compose(&channels, &facts);
        editor.show(tab);
        Self {
            editor,
            channels,
            facts,
        }
    }

    fn open(&self) -> Result<TrimSheet, NoTrim> {
        TrimSheet::open(&self.editor, &self.channels, &self.facts)
    }

    fn counting(&self) -> Counting<'_> {
        Counting {
            content: &self.editor.content,
            channels: &self.channels,
            facts: &self.facts,
        }
    }
}

fn content(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        variants: ["bluesky", "fosstodon", "outbox"]
            .map(Variant::inherits)
            .to_vec(),
        ..Content::default()
    }
}

fn on(channel: &str) -> Tab {
    Tab::Channel(channel.into())
}

/// The rows as they would be drawn: brackets in their blanks, the chosen word between angles.
fn drawn(sheet: &TrimSheet, width: usize) -> Vec<String> {
    let (rows, _) = sheet.rows(width, 100);
    let line = |row: &TrimRow| {
        let mut line = String::from(" ");
        for (range, standing) in &row.pieces {
            let text = &sheet.strikes.text()[range.clone()];
            match standing {
                Standing::Falls => line.push_str(&text.to_uppercase()),
                _ => line.push_str(text),
            }
        }
        line.push(' ');
        for (column, bracket) in &row.brackets {
            let at = column.map_or(0, |column| column + 1);
            line.replace_range(at..=at, bracket);
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[test]
fn the_master_text_is_trimmed_for_the_channel_that_runs_out_of_room_first() {
    let desk = Desk::new(content(&"word ".repeat(120)), Tab::Master);
    let sheet = desk.open().unwrap();
    assert_eq!(sheet.channel.as_str(), "bluesky");
    assert_eq!((sheet.was, sheet.chosen), (600, 60));
    assert_eq!(sheet.standing(), Standing::Falls);
}

#[test]
fn there_is_nothing_to_trim_where_nothing_falls_off() {
    let long = "word ".repeat(90);
    let why = |content, tab| Desk::new(content, tab).open().unwrap_err();
    assert_eq!(why(Content::default(), Tab::Master), NoTrim::NoChannel);
    assert_eq!(why(content("short"), Tab::Master), NoTrim::AllFit);
    assert_eq!(
        why(content(&long), on("fosstodon")),
        NoTrim::Fits("fosstodon".into())
    );
    assert_eq!(
        why(content(&long), on("outbox")),
        NoTrim::Fits("outbox".into())
    );
    let warned = Content {
        warning: Some("w".repeat(600)),
        ..content(" \n ")
    };
    assert_eq!(
        why(warned, on("fosstodon")),
        NoTrim::NoWord("fosstodon".into())
    );
}

#[test]
fn the_count_falls_word_by_word_as_it_would_be_sent() {
    let desk = Desk::new(content(&"word ".repeat(70)), on("bluesky"));
    let mut sheet = desk.open().unwrap();
    let mut last = sheet.was;
    while !sheet.composed.can_leave() {
        let effect = sheet.effect;
        sheet.strike(desk.counting());
        let now = used(&sheet.composed);
        assert_eq!(now, last - effect);
        last = now;
        if sheet.chosen + 1 == sheet.strikes.words().len() {
            sheet.choose(0, desk.counting());
        }
    }
    let left = sheet.strikes.left().text;
    let mut content = content(&left);
    content.variants.truncate(1);
    let sent = Desk::new(content, on("bluesky"))
        .editor
        .composed
        .remove(0)
        .1;
    assert_eq!(sent, sheet.composed);
    assert!(last <= 300);
}

#[test]
fn all_that_falls_off_goes_at_once_and_comes_back_at_once() {
    let desk = Desk::new(content(&"word ".repeat(2_000)), on("bluesky"));
    let mut sheet = desk.open().unwrap();
    assert!(sheet.strike_falling(desk.counting()));
    assert!(sheet.composed.can_leave());
    assert_eq!(sheet.strikes.struck(), 1_940);
    assert!(!sheet.strike_falling(desk.counting()));
    assert!(sheet.undo(desk.counting()));
    assert_eq!((sheet.strikes.struck(), used(&sheet.composed)), (0, 10_000));
    assert!(!sheet.undo(desk.counting()));
}

#[test]
fn a_limit_that_no_striking_reaches_is_told() {
    let content = Content {
        warning: Some("w".repeat(550)),
        ..content("a few words")
    };
    let desk = Desk::new(content, on("fosstodon"));
    let mut sheet = desk.open().unwrap();
    assert_eq!(sheet.beyond, 50);
    for _ in 0..3 {
        sheet.choose(0, desk.counting());
        while sheet.standing() == Standing::Struck {
            sheet.choose(sheet.chosen + 1, desk.counting());
        }
        sheet.strike(desk.counting());
    }
    assert!(!sheet.composed.can_leave());
}

#[test]
fn struck_words_stand_in_brackets_and_nothing_moves() {
    let text = format!("one two three four five six {}", "word ".repeat(60));
    let desk = Desk::new(content(&text), on("bluesky"));
    let mut sheet = desk.open().unwrap();
    let before: Vec<String> = drawn(&sheet, 12);
    for place in [0, 2, 3, 5] {
        sheet.choose(place, desk.counting());
        sheet.strike(desk.counting());
    }
    let after = drawn(&sheet, 12);
    assert_eq!(before[..3], [" one two", " three four", " five six"]);
    assert_eq!(after[..3], ["[one]two", "[three four]", " five[six]"]);
    assert_eq!(before.len(), after.len());
}

#[test]
fn moving_by_rows_finds_the_nearest_word_and_passes_over_blank_rows() {
    let text = format!("one two\n\n\nthree four {}", "x".repeat(400));
    let desk = Desk::new(content(&text), on("bluesky"));
    let mut sheet = desk.open().unwrap();
    sheet.choose(1, desk.counting());
    assert_eq!(sheet.word_below(1, 20), 2);
    assert_eq!(sheet.word_below(-1, 20), 1);
    sheet.choose(3, desk.counting());
    assert_eq!(sheet.word_below(-1, 20), 1);
    // The last word fills many rows and begins on the first of them.
    assert_eq!(sheet.word_below(1, 20), 4);
    sheet.choose(4, desk.counting());
    assert_eq!(sheet.word_below(1, 20), 4);
    assert_eq!(sheet.word_below(-1, 20), 2);
}

#[test]
fn a_part_of_a_thread_that_cannot_be_split_is_trimmed_alone() {
    let content = Content {
        threading: Threading::On,
        ..content(&format!("before\n---\n{} after", "x".repeat(310)))
    };
    let desk = Desk::new(content, on("bluesky"));
    let mut sheet = desk.open().unwrap();
    assert_eq!(sheet.composed.parts.len(), 3);
    assert_eq!(sheet.word().len(), 310);
    assert!(sheet.strike_falling(desk.counting()));
    assert!(sheet.composed.can_leave());
    assert_eq!(sheet.strikes.left().text, "before\n---\nafter");
}

#[test]
fn whatever_the_text_is_rows_hold_it_whole_and_the_cursor_stands_in_them() {
    let texts = [
        "日本語の文章、".repeat(1_500),
        "مرحبا بالعالم ".repeat(700),
        "a\u{200b}b \u{200d} \u{301}\u{301} ".repeat(1_000),
        "👨‍👩‍👧‍👦 ".repeat(400),
        "x".repeat(10_000),
        "\u{202e}\u{1b}[31m \t".repeat(1_500),
        "\n \n".repeat(3_000) + &"word\n".repeat(400),
    ];
    for text in texts {
        let desk = Desk::new(content(&text), on("bluesky"));
        let mut sheet = desk.open().unwrap();
        let keys = [0, 1, 7, usize::MAX];
        for (width, height) in [(8, 1), (55, 7), (72, 15)] {
            for place in keys {
                sheet.choose(place, desk.counting());
                sheet.strike(desk.counting());
                sheet.follow(width, height);
                let (rows, cursor) = sheet.rows(width, height);
                let (down, column) = cursor.expect("the chosen word is seen");
                assert!(down < rows.len() && column <= width);
                for row in rows {
                    let whole: usize = row.pieces.iter().map(|(range, _)| range.len()).sum();
                    assert_eq!(whole, row.row.end - row.row.start);
                    let most = row.brackets.iter().filter_map(|(column, _)| *column).max();
                    assert!(most.is_none_or(|most| most <= width + 3));
                }
                let below = sheet.word_below(3, width);
                assert!(below < sheet.strikes.words().len());
            }
        }
    }
}
