//! Sheets about a text: attaching a picture, the preview of what leaves, a draft from an earlier session, and two versions of
//! one post side by side.
//!
//! Both texts of a conflict are shown; nothing is merged unseen.

use super::{input, keys, title};
use crate::app::sheet::{CONFLICT_CHOICES, ConflictSheet, PreviewSheet};
use crate::app::wrap::wrap;
use crate::app::{App, Input};
use crate::domain::{Content, EditorDraft};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::preview as shown;
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

/// Draws "attach a picture".
pub fn attach(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    let mut line = title(pen, area, "Attach a picture");
    if let Some(editor) = &app.editor {
        line.cut(&editor.content.display_title(), Role::Sheet);
    }
    let mut line = pen.line(area, 1);
    line.skip(1).put("file", Role::Muted).skip(2);
    line.put("> ", Role::Text);
    input(&mut line, typed, Role::Input);
    let words = "a path here: PNG, JPEG, WebP, GIF, a video, its captions or a PDF";
    pen.line(area, 2).to(10).cut(words, Role::Muted);
    let words = "where and with what it was taken is removed";
    pen.line(area, 3).to(10).cut(words, Role::Muted);
    let mut hints = vec![Hint::new("Enter", "attach")];
    // What was refused is kept to be corrected.
    if !typed.text().is_empty() {
        hints.push(Hint::new("C-u", "clear"));
    }
    hints.push(Hint::new("Esc", "back"));
    keys(pen, area, &hints);
}

/// Draws the preview of one channel.
pub fn preview(pen: &mut Pen<'_>, app: &App, sheet: &PreviewSheet, area: Rect) {
    let all = sheet.shown(app);
    let mut line = title(pen, area, "Preview");
    let Some((channel, composed)) = all.get(sheet.channel.min(all.len().saturating_sub(1))) else {
        pen.line(area, 2)
            .skip(1)
            .cut("no channel to preview yet", Role::Muted);
        return keys(pen, area, &[Hint::new("Esc", "close")]);
    };
    if all.len() > 1 {
        let at = sheet.channel.min(all.len() - 1) + 1;
        line.at_right(&format!("{at} of {}", all.len()), Role::Sheet)
            .shorten(2);
    }
    let words = format!(
        "{}  {}",
        app.mark_and_name(channel),
        composed.parts_in_words()
    );
    line.cut(&words, Role::Sheet);
    let body = Rect {
        x: area.x + 2,
        y: area.y + 2,
        width: area.width.saturating_sub(2).min(76),
        height: area.height.saturating_sub(3),
    };
    let width = usize::from(body.width).saturating_sub(2);
    let mut rows = shown::problems(pen.signs, composed, width);
    rows.extend(shown::rows(app, pen.signs, composed, width));
    let mut last = shown::remarks(pen.signs, composed, width);
    let summary = shown::summary(app, channel, composed);
    last.extend(summary.into_iter().map(shown::Row::muted));
    if !last.is_empty() {
        rows.push(shown::Row::blank());
        rows.append(&mut last);
    }
    let height = usize::from(body.height);
    let start = sheet.scroll.min(rows.len().saturating_sub(height));
    for (at, row) in rows.iter().skip(start).take(height).enumerate() {
        let at = u16::try_from(at).unwrap_or(0);
        shown::draw_row(pen, body, at, row, &app.thumbs);
    }
    let mut hints = Vec::new();
    if all.len() > 1 {
        hints.push(Hint::new("h l", "channel"));
    }
    if rows.len() > height {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("Esc", "close"));
    keys(pen, area, &hints);
}

/// Draws the question about a draft that an earlier session left.
pub fn recover(pen: &mut Pen<'_>, app: &App, draft: &EditorDraft, area: Rect) {
    let mut line = title(pen, area, "Text from an earlier session");
    line.cut(&draft.content.display_title(), Role::Sheet);
    let when = times::date_and_clock(draft.at, app.zone, app.today());
    let words = match draft.post {
        Some(id) => format!("Typed on {when} for post {id}, and not saved to the post."),
        None => format!("Typed on {when} for a new post, which was never saved."),
    };
    pen.line(area, 1).skip(1).cut(&words, Role::Text);
    let text = Rect {
        x: area.x + 3,
        y: area.y + 3,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(5),
    };
    whole(pen, text_of(draft), text);
    let hints = [
        Hint::new("Enter", "go on typing"),
        Hint::new("d", "throw it away"),
        Hint::new("Esc", "ask me next time"),
    ];
    keys(pen, area, &hints);
}

fn text_of(draft: &EditorDraft) -> &str {
    match &draft.channel {
        Some(channel) => draft.content.text_for(channel),
        None => &draft.content.text,
    }
}

/// Draws both versions side by side.
pub fn conflict(pen: &mut Pen<'_>, app: &App, sheet: &ConflictSheet, area: Rect) {
    let mut line = title(pen, area, "Saved by somebody else meanwhile");
    line.cut(&sheet.theirs.content.display_title(), Role::Sheet);
    let half = area.width / 2;
    let choices = u16::try_from(CONFLICT_CHOICES.len()).unwrap_or(3);
    let height = area.height.saturating_sub(1 + choices);
    let mine = Rect {
        y: area.y + 1,
        width: half,
        height,
        ..area
    };
    let theirs = Rect {
        x: area.x + half + 1,
        width: area.width - half - 1,
        ..mine
    };
    let saved = times::date_and_clock(sheet.theirs.updated_at, app.zone, app.today());
    let channel = sheet.mine.channel.as_ref();
    let their_text = match channel {
        Some(channel) => sheet.theirs.content.text_for(channel),
        None => &sheet.theirs.content.text,
    };
    side(
        pen,
        mine,
        "yours, not saved",
        &sheet.mine.content,
        text_of(&sheet.mine),
    );
    let head = format!("theirs, {saved}");
    side(pen, theirs, &head, &sheet.theirs.content, their_text);
    let edge = Rect {
        x: area.x + half,
        width: 1,
        ..mine
    };
    pen.edge(edge);
    for (at, choice) in CONFLICT_CHOICES.iter().enumerate() {
        let row = area.height - choices + u16::try_from(at).unwrap_or(0);
        let (key, words) = choice.split_once("  ").unwrap_or(("", choice));
        let mut line = pen.line(area, row);
        line.skip(1)
            .put(key, Role::Key)
            .to(6)
            .cut(words, Role::Text);
    }
}

fn side(pen: &mut Pen<'_>, area: Rect, head: &str, content: &Content, text: &str) {
    pen.rule(area, 0);
    pen.line(area, 0).skip(1).cut(head, Role::Strong);
    pen.line(area, 1)
        .skip(1)
        .shorten(1)
        .cut(&content.display_title(), Role::Muted);
    let body = Rect {
        x: area.x + 1,
        y: area.y + 2,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    whole(pen, text, body);
}

/// Writes a text as far as there are rows; the last says how much more there is.
fn whole(pen: &mut Pen<'_>, text: &str, area: Rect) {
    let rows = wrap(text, usize::from(area.width));
    let height = usize::from(area.height);
    let shown = if rows.len() > height {
        height.saturating_sub(1)
    } else {
        rows.len()
    };
    for (at, row) in rows.iter().take(shown).enumerate() {
        pen.line(area, u16::try_from(at).unwrap_or(0))
            .put(&text[row.start..row.end], Role::Text);
    }
    if shown < rows.len() {
        let words = format!("+{} more rows", rows.len() - shown);
        pen.line(area, u16::try_from(shown).unwrap_or(0))
            .put(&words, Role::Muted);
    }
}
