//! Who is who: a list with the marks of the platforms that know each, and a form for one of them.
//!
//! What is said comes from `app::people`; nothing here decides.

use super::{input, keys, title};
use crate::app::App;
use crate::app::people::{Field, Form, PeopleSheet};
use crate::domain::{Entry, PlatformId};
use crate::text::naming;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Columns of the list: key, name, kind.
const KEY: usize = 22;
const KIND_FROM_RIGHT: u16 = 34;
/// Columns left of what is typed in the form.
const LABEL: u16 = 12;

/// Draws the sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &PeopleSheet, area: Rect) {
    match &sheet.form {
        Some(form) => draw_form(pen, form, area),
        None => draw_list(pen, app, sheet, area),
    }
}

fn draw_list(pen: &mut Pen<'_>, app: &App, sheet: &PeopleSheet, area: Rect) {
    let entries: Vec<&Entry> = app
        .directory()
        .map_or_else(Vec::new, |it| it.entries().collect());
    let chosen = sheet.chosen.min(entries.len().saturating_sub(1));
    let mut line = title(pen, area, "People");
    line.at_right(&entries.len().to_string(), Role::Sheet)
        .shorten(2);
    line.cut(
        "@@key in a text becomes each channel's own form",
        Role::Sheet,
    );
    // Head, the chosen one's handles, and the keys.
    let height = usize::from(area.height.saturating_sub(4)).max(1);
    let first = (chosen + 1).saturating_sub(height);
    for (row, (at, entry)) in entries
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .enumerate()
    {
        let row = u16::try_from(row + 1).unwrap_or(u16::MAX);
        one(pen, entry, area, row, at == chosen);
    }
    if entries.is_empty() {
        let words = "nobody yet: a takes somebody in, `masthead people import` a whole table";
        pen.line(area, 1).skip(1).shorten(1).cut(words, Role::Muted);
    }
    if let Some(entry) = entries.get(chosen) {
        let mut line = pen.line(area, area.height.saturating_sub(2));
        line.skip(1).shorten(1).cut(&handles(entry), Role::Text);
    }
    let hints = [
        Hint::new("j k", "choose"),
        Hint::new("Enter", "edit"),
        Hint::new("a", "add"),
        Hint::new("d", "take out"),
        Hint::new("u", "undo"),
        Hint::new("Esc", "close"),
    ];
    keys(pen, area, &hints);
}

fn one(pen: &mut Pen<'_>, entry: &Entry, area: Rect, row: u16, is_chosen: bool) {
    let mut line = pen.line(area, row);
    line.standing(is_chosen, false);
    line.to(2).shorten(1);
    line.cut_to(&format!("@@{}", entry.key), KEY, Role::Key);
    let marks: Vec<&str> = entry.handles.keys().map(|it| it.mark()).collect();
    let kind = area.width.saturating_sub(KIND_FROM_RIGHT);
    line.to(3 + u16::try_from(KEY).unwrap_or(0));
    let room = usize::from(kind.saturating_sub(4 + u16::try_from(KEY).unwrap_or(0)));
    line.cut_to(&entry.name, room, Role::Text);
    line.to(kind).put(entry.kind.word(), Role::Muted);
    line.to(kind + 13).cut(&marks.join(" "), Role::Text);
}

/// Every handle, or that there is none.
fn handles(entry: &Entry) -> String {
    let known = |platform: PlatformId| {
        let handle = entry.handles.get(&platform)?;
        Some(format!("{} {handle}", platform.mark()))
    };
    let all: Vec<String> = naming::platforms().filter_map(known).collect();
    if all.is_empty() {
        "no handle on any platform: the name is sent".to_owned()
    } else {
        all.join("   ")
    }
}

fn draw_form(pen: &mut Pen<'_>, form: &Form, area: Rect) {
    let words = match &form.key {
        Some(key) => format!("@@{key}"),
        None => "somebody new".to_owned(),
    };
    title(pen, area, "People").cut(&words, Role::Sheet);
    let height = usize::from(area.height.saturating_sub(4)).max(1);
    let first = (form.selected + 1).saturating_sub(height);
    let shown = form.fields.iter().enumerate().skip(first).take(height);
    for (row, (at, (field, typed))) in shown.enumerate() {
        let mut line = pen.line(area, u16::try_from(row + 1).unwrap_or(u16::MAX));
        line.standing(at == form.selected, false);
        line.to(2)
            .shorten(1)
            .put(field.label(), Role::Muted)
            .to(LABEL);
        if at == form.selected && *field != Field::Kind {
            line.put("> ", Role::Text);
            input(&mut line, typed, Role::Input);
        } else {
            line.skip(2).cut(typed.text(), Role::Text);
        }
    }
    let mut line = pen.line(area, area.height.saturating_sub(2));
    line.skip(1).shorten(1);
    match (&form.wrong, form.field()) {
        (Some(why), _) => line.put("! ", Role::Bad).cut(why, Role::Bad),
        (None, Some(field)) => line.cut(advice(field), Role::Muted),
        (None, None) => &mut line,
    };
    let hints = [
        Hint::new("Enter", "keep"),
        Hint::new("Tab", "next field"),
        Hint::new("Esc", "leave it"),
    ];
    keys(pen, area, &hints);
}

fn advice(field: Field) -> &'static str {
    match field {
        Field::Name => "the name that people read; sent where there is no handle",
        Field::Key => "what stands after @@; left empty, it is made of the name",
        Field::Kind => "Space: person, package or institution",
        Field::Handle(platform) => naming::example(platform),
    }
}
