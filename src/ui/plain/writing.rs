//! A text that is typed, and the details form, in words.
//!
//! The row that the cursor stands on is the last line there is, so that what is typed appears behind it. What each channel
//! makes of it follows when the keys rest.

use super::{Fact, Kind, said, sentence, sheets};
use crate::app::details::{Details, Field, value};
use crate::app::stale;
use crate::app::stops::together;
use crate::app::wrap::row_of;
use crate::app::{Action, App, Editor, Tab};
use crate::domain::{Content, Plan, Variant};
use crate::ui::details::{clock_change, offered_words};
use crate::ui::tabs::{composed_for, mode_word};
use crate::ui::{completion, counts, editor as drawn, times};
use ratatui::layout::Rect;

/// Tells the editor: what is typed and for whom, its text, what each channel makes of it, and the row of the cursor.
pub fn typing(app: &App, editor: &Editor, facts: &mut Vec<Fact>) {
    let content = &editor.content;
    let title = content.display_title();
    let state = if content.scheduled {
        "planned"
    } else {
        "draft"
    };
    facts.push(Fact::new(Kind::Once, format!("Editing: {title}, {state}.")));
    facts.push(leaving(app, content));
    facts.push(Fact::new(Kind::Once, tab(app, editor)));
    let rows = editor.rows();
    let cursor = editor.cursor();
    let at = row_of(&rows, cursor).min(rows.len().saturating_sub(1));
    let text = editor.text();
    let Some(row) = rows.get(at) else { return };
    // A text that is inherited was told with the master.
    let is_own = editor.tab == Tab::Master || editor.is_own();
    if is_own && !text.trim().is_empty() {
        let mut lines = Vec::new();
        sheets::text(text, &mut lines);
        let lines = lines.into_iter();
        facts.extend(lines.map(|fact| Fact::new(Kind::Once, fact.words)));
    }
    let area = Rect::new(0, 0, super::PAPER.0, 2);
    let options = said(app, |pen| drawn::options_rows(pen, editor, area));
    facts.extend(options.into_iter().map(|row| Fact::body(row.words)));
    facts.extend(
        content
            .variants
            .iter()
            .map(|variant| Fact::body(channel(app, editor, variant))),
    );
    if content.variants.is_empty() {
        let key = app.keymap.label(Action::TypeDetails);
        let words = format!("No channel yet; {key} chooses where it goes.");
        facts.push(Fact::body(words));
    }
    if let Some(words) = app.completion.as_ref().and_then(completion::words) {
        facts.push(Fact::body(words));
    }
    let (before, after) =
        text[row.start..row.end].split_at(cursor.clamp(row.start, row.end) - row.start);
    facts.push(Fact::typed(format!("> {before}"), after));
}

/// A post that is about to leave says so while it is edited.
fn leaving(app: &App, content: &Content) -> Fact {
    let due = content.plan.at().map(|at| at.instant());
    let words = due
        .filter(|_| content.scheduled)
        .and_then(|at| times::countdown(at, app.now));
    let words = words.map_or_else(String::new, |words| format!("This post {words}."));
    Fact::new(Kind::Standing("leaving"), words)
}

fn tab(app: &App, editor: &Editor) -> String {
    let key = app.keymap.label(Action::TypeNextTab);
    match &editor.tab {
        Tab::Master => format!("The master text; {key} goes to a channel's."),
        Tab::Channel(channel) => {
            let own = app.keymap.label(Action::TypeOwn);
            let variant = editor.content.variant(channel);
            let is_stale = variant.is_some_and(|it| it.is_stale(&editor.content.text));
            match (editor.is_own(), is_stale) {
                (false, _) => format!(
                    "The text of {channel}: it inherits the master; typing or {own} makes it own."
                ),
                (true, true) => {
                    format!(
                        "The text of {channel}: stale, {}; {own} inherits.",
                        stale::since(app, editor.post, channel)
                    )
                }
                (true, false) => format!("The text of {channel}, its own."),
            }
        }
    }
}

/// `fosstodon inherits: 24/500, 1 part`
fn channel(app: &App, editor: &Editor, variant: &Variant) -> String {
    let mut words = format!("{} {}", variant.channel, mode_word(variant));
    if variant.is_stale(&editor.content.text) {
        words.push_str(", stale");
    }
    let Some(composed) = composed_for(&editor.composed, &variant.channel) else {
        return format!("{words}.");
    };
    let count = counts::total(composed);
    words.push_str(&format!(
        ": {}, {}",
        count.trim(),
        composed.parts_in_words()
    ));
    if let Some(trouble) = counts::trouble(composed) {
        words.push_str(&format!(", {}", sentence(app, &trouble)));
        if composed.problems.iter().any(|it| it.splitting_helps) {
            let key = app.keymap.label(Action::TypeThread);
            words.push_str(&format!(", {key} splits it"));
        }
    } else if !composed.notes.is_empty() {
        words.push_str(&format!(", {}", composed.notes.join(", ")));
    }
    format!("{words}.")
}

/// Tells the details form: its fields, what is wrong with them, and the chosen one.
pub fn details(app: &App, form: &Details, facts: &mut Vec<Fact>) {
    let blank = Content::default();
    let content = match (&app.editor, app.selected_detail()) {
        (Some(editor), _) => &editor.content,
        (None, Some(detail)) => &detail.view.post.content,
        (None, None) => &blank,
    };
    let title = content.display_title();
    facts.push(Fact::new(Kind::Once, format!("Details: {title}.")));
    for field in &form.fields {
        let words = format!("{}: {}", label(field), shown(app, form, field, content));
        facts.push(Fact::new(Kind::Once, words));
    }
    for error in &form.errors {
        let message = sentence(app, &error.message);
        facts.push(Fact::body(format!(
            "Look: {}: {message}",
            label(&error.field)
        )));
    }
    let composed = app.editor.iter().flat_map(|editor| &editor.composed);
    let stops = together(
        composed
            .filter_map(|(channel, composed)| Some((channel.clone(), counts::trouble(composed)?))),
    );
    for stop in stops {
        let words = sentence(app, &stop.sentence(app));
        facts.push(Fact::body(format!("{words}.")));
    }
    let field = form.field();
    let name = label(field);
    if let Some(typed) = &form.input {
        if let Some(words) = offered_words(app, form) {
            facts.push(Fact::body(format!("{words}.")));
        }
        let (before, after) = typed.text().split_at(typed.cursor());
        facts.push(Fact::typed(format!("{name}: {before}"), after));
        return;
    }
    let at = i64::try_from(form.selected).unwrap_or(0);
    let words = format!("{name}: {}", shown(app, form, field, content));
    facts.push(Fact::focus(words, at));
}

fn label(field: &Field) -> String {
    match field {
        Field::Channel(channel) => format!("channel {channel}"),
        Field::Alt(_) => format!("{} alt text", field.label()),
        other => other.label(),
    }
}

fn shown(app: &App, form: &Details, field: &Field, content: &Content) -> String {
    if let Some(error) = form.error(field).filter(|it| !it.typed.is_empty()) {
        return error.typed.clone();
    }
    let time = |at: Option<crate::domain::LocalTime>| {
        at.map_or_else(
            || "empty".to_owned(),
            |at| {
                let local = at.resolve().local.format("%a %-d %b %Y %H:%M");
                let city = times::city(at.zone);
                let change =
                    clock_change(at).map_or_else(String::new, |words| format!(", {words}"));
                format!("{local} {city}{change}")
            },
        )
    };
    match field {
        Field::Channel(channel) if content.variant(channel).is_some() => "chosen".to_owned(),
        Field::Channel(_) => "not chosen".to_owned(),
        Field::Kind => content.kind.word().replace('-', " "),
        Field::Visibility => content.visibility.word().to_owned(),
        Field::NotBefore => time(content.not_before),
        Field::NotAfter => time(content.not_after),
        Field::Plan => match content.plan {
            Plan::At(at) => time(Some(at)),
            Plan::Queued => "queued, without a time yet".to_owned(),
            Plan::Shelf => "on the shelf, without a time".to_owned(),
        },
        Field::Alt(index) => {
            let alt = value(field, content);
            let name = content.attachments.get(*index).map_or("", |it| &it.name);
            let alt = if alt.trim().is_empty() {
                "no alt text"
            } else {
                &alt
            };
            format!("{name}: {alt}")
        }
        other => {
            let value = sentence(app, &value(other, content));
            if value.is_empty() {
                "empty".to_owned()
            } else {
                value
            }
        }
    }
}
