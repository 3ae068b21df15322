//! Lists of which only the selected row is told: the queue, the outbox, the history, the palette.
//!
//! How many rows there are is said with it; the others are a key away.

use super::panes::reasons;
use super::{Fact, said, sentence as own};
use crate::app::outbox::{OutboxPage, moment, told as outbox_told};
use crate::app::palette::{PaletteSheet, commands, found, obstacle};
use crate::app::sheet::{HistoryList, HistorySheet};
use crate::app::{App, Keymap};
use crate::domain::queue::QueueRow;
use crate::domain::{Kind, Rank, Standing, Summary, sentence};
use crate::ui::hints::{self, Hint};
use crate::ui::{pages, times};
use ratatui::layout::Rect;

/// Tells the queue: how much is in it, the section, the selected post and why it stands there.
pub fn queue(app: &App, facts: &mut Vec<Fact>) {
    let queue = &app.queue;
    let mut words = vec!["Queue.".to_owned()];
    if queue.next_total > 0 {
        words.push(format!("{} next.", queue.next_total));
    }
    facts.push(Fact::body(words.join(" ")));
    // Told in tens: each change is a line of its own.
    facts.extend(queue.uploads.iter().map(|one| {
        let tens = one.upload.percent() / 10 * 10;
        let (to, title) = (&one.channel, &one.title);
        Fact::body(format!("Goes up to {to}: {title}, {tens} % or more."))
    }));
    let rows = queue.rows(app.zone);
    let mut section = String::new();
    let mut number = 0;
    for row in &rows {
        match row {
            QueueRow::NeedsYou(count) => section = format!("Needs you, {count}."),
            QueueRow::ToReview(count) => section = format!("To review, {count}."),
            QueueRow::Day(day, count) => {
                let today = if *day == app.today() { "Today, " } else { "" };
                let posts = if *count == 1 { "post" } else { "posts" };
                section = format!(
                    "{today}{}. {count} {posts}.",
                    times::date(*day, app.today())
                );
            }
            QueueRow::Undated(count) => section = format!("Without a time, {count}."),
            QueueRow::Post(post) => {
                number += 1;
                if Some(post.id) == app.selected {
                    facts.push(Fact::body(section));
                    facts.push(selected(app, post, number));
                    facts.extend(reasons(app, post));
                    let keys = keys(&hints::remedies(app, post.glyph()));
                    facts.push(Fact::body(keys));
                    return;
                }
            }
        }
    }
    let words = if number == 0 {
        "Nothing waits."
    } else {
        "No post is selected."
    };
    facts.push(Fact::focus(words, 0));
}

fn selected(app: &App, post: &Summary, number: usize) -> Fact {
    let all = app.queue.posts().count();
    let when = post.due_at.map_or_else(String::new, |at| {
        format!("{} ", times::date_and_clock(at, app.zone, app.today()))
    });
    let marked = if app.marks.contains(post.id) {
        "marked, "
    } else {
        ""
    };
    let words = format!("{number} of {all}: {marked}{when}{}", sentence(post));
    Fact::focus(words, post.id.0)
}

fn keys(hints: &[Hint]) -> String {
    let keys: Vec<String> = hints
        .iter()
        .map(|hint| format!("{} {}", hint.key(), hint.word()))
        .collect();
    format!("{}.", keys.join(", "))
}

/// Tells the outbox: its head and counts, the selected delivery, why it stands there and the keys that help.
pub fn outbox(app: &App, page: &OutboxPage, facts: &mut Vec<Fact>) {
    let area = Rect::new(0, 0, super::PAPER.0, super::PAPER.1);
    let rows = said(app, |pen| {
        pages::outbox_frame(pen, app, page, area);
    });
    facts.extend(rows.into_iter().map(|row| Fact::body(row.words)));
    let (Some(row), Some(at)) = (page.row(), page.at()) else {
        let words = match &page.outbox {
            None => "Reading.",
            Some(_) => "Nothing here.",
        };
        facts.push(Fact::focus(words, 0));
        return;
    };
    let one = &row.delivery;
    let when = one
        .due_at
        .map_or_else(String::new, |at| format!("{} ", moment(app, at)));
    let kind = match row.kind {
        Kind::Evergreen => ", evergreen",
        Kind::AdHoc => "",
    };
    let words = format!(
        "{} of {}: {when}{} {}{kind}: {}.",
        at + 1,
        page.rows().len(),
        one.channel,
        row.glyph().word(),
        row.title,
    );
    facts.push(Fact::focus(words, one.id.0));
    let told = outbox_told(app, row);
    let mut why = own(app, &told.text);
    if let Some(address) = &told.address {
        why = format!("{why}, {address}");
    }
    facts.push(Fact::body(why));
    if let Some(upload) = &told.upload {
        // Told in tens: each change is a line of its own.
        let tens = upload.percent() / 10 * 10;
        facts.push(Fact::body(format!("Upload at {tens} % or more.")));
    }
    let helping = hints::worded(app, &told.keys);
    if !helping.is_empty() {
        facts.push(Fact::body(keys(&helping)));
    }
}

/// Tells the history: which list, and the selected row.
pub fn history(app: &App, sheet: &HistorySheet, facts: &mut Vec<Fact>) {
    let name = match sheet.list {
        HistoryList::Deeds => "History: what was done. Tab what was said.",
        HistoryList::Messages => "History: what was said here. Tab what was done.",
    };
    facts.push(Fact::body(name));
    let Some(history) = &sheet.history else {
        return facts.push(Fact::focus("Reading.", 0));
    };
    let when = |at| times::date_and_clock(at, app.zone, app.today());
    let row = match sheet.list {
        HistoryList::Deeds => sheet.deed().map(|deed| {
            let undone = match deed.standing {
                Standing::Done => "",
                Standing::Undone => ", undone",
            };
            let label = own(app, &deed.label);
            let title = &deed.title;
            format!(
                "{}, {}: {label}, {title}{undone}.",
                when(deed.at),
                deed.author
            )
        }),
        HistoryList::Messages => history.messages.get(sheet.selected).map(|message| {
            let rank = match message.rank {
                Rank::News => "",
                Rank::Warn => "look: ",
                Rank::Bad => "error: ",
            };
            format!("{}: {rank}{}", when(message.at), own(app, &message.text))
        }),
    };
    let words = match row {
        Some(row) => format!("{} of {}: {row}", sheet.selected + 1, sheet.rows()),
        None => "Nothing yet.".to_owned(),
    };
    facts.push(Fact::focus(
        words,
        i64::try_from(sheet.selected).unwrap_or(0),
    ));
    let redo = match sheet.list {
        HistoryList::Deeds => "j k choose, Enter go to the post, u undo down to this, C-r redo, ",
        HistoryList::Messages => "j k choose, ",
    };
    facts.push(Fact::body(format!("{redo}Esc close.")));
}

/// Tells the palette: what is typed, how many commands are called that, and the chosen one.
pub fn palette(app: &App, sheet: &PaletteSheet, facts: &mut Vec<Fact>) {
    let found = found(app, sheet.input.text());
    let chosen = sheet.chosen.min(found.len().saturating_sub(1));
    facts.push(Fact::new(
        super::Kind::Once,
        "Command. Type a part of its name. Enter run, Up Down choose, Tab complete, Esc close.",
    ));
    let words = match found.get(chosen) {
        None => "No command is called that.".to_owned(),
        Some(row) => {
            let key = app.keymap.label_in(row.action, app.here());
            let key = if key.is_empty() {
                String::new()
            } else {
                format!(", key {key}")
            };
            let more = obstacle(app, row).map_or_else(
                || row.more.to_owned(),
                |reason| format!("Not now: {reason}."),
            );
            let all = match sheet.input.text() {
                "" => commands().count(),
                _ => found.len(),
            };
            let words = format!("{} of {all}: {}{key}. {more}", chosen + 1, row.text);
            own(app, words.trim_end())
        }
    };
    facts.push(Fact::body(words));
    let typed = &sheet.input;
    let (before, after) = typed.text().split_at(typed.cursor());
    facts.push(Fact::typed(format!("command: {before}"), after));
}

/// Tells a prefix key: each key that can follow it.
pub fn prefix(app: &App, keymap: &Keymap, prefix: crate::app::Key, facts: &mut Vec<Fact>) {
    let next = keymap.continuations(prefix, app.here());
    facts.extend(next.iter().map(|(key, row)| {
        let words = format!("{} {} {}", prefix.label(), key.label(), row.short());
        Fact::body(words)
    }));
    facts.push(Fact::body("Esc back"));
    facts.push(Fact::focus(prefix.label(), 0));
}
