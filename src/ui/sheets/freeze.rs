//! Freeze and thaw: why nothing shall leave, and what leaves again before it does.
//!
//! Neither has a default that sends without being shown first; what a thaw does comes from `app`.

use super::{input, keys, title};
use crate::app::sheet::ThawSheet;
use crate::app::{App, Input};
use crate::domain::Glyph;
use crate::domain::freeze::{Fate, HeldPost, count_posts};
use crate::ui::hints::Hint;
use crate::ui::pen::{Pen, marks};
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

/// Columns from the right edge at which the marks and the fate begin.
const MARKS_FROM_RIGHT: u16 = 38;
const FATE_FROM_RIGHT: u16 = 27;
const REASON_COLUMN: u16 = 9;

/// Draws the question for the reason of a freeze.
pub fn freeze(pen: &mut Pen<'_>, app: &App, reason: &Input, area: Rect) {
    title(pen, area, "Freeze").cut("nothing leaves until someone thaws", Role::Sheet);
    let mut line = pen.line(area, 1);
    line.skip(1).put("reason", Role::Muted).to(REASON_COLUMN);
    line.put("> ", Role::Text);
    input(&mut line, reason, Role::Input);
    let next = app.next.as_ref().map(|next| {
        let when = times::upcoming(next.at, app.zone, app.today());
        let marks = marks(app, next.channels.iter(), " ", 12);
        format!("First held back: {when} {marks}.")
    });
    let next = next.unwrap_or_else(|| "Nothing waits at the moment.".to_owned());
    for (row, words) in [
        (2, next.as_str()),
        (3, "Everyone with this calendar sees it, with your name."),
        (4, "What is being sent right now is finished."),
    ] {
        let mut line = pen.line(area, row);
        line.to(REASON_COLUMN).shorten(1).cut(words, Role::Muted);
    }
    let hints = [
        Hint::new("Enter", "freeze"),
        Hint::new("Esc", "leave it as it is"),
    ];
    keys(pen, area, &hints);
}

/// Draws what a thaw would do.
pub fn thaw(pen: &mut Pen<'_>, app: &App, sheet: &ThawSheet, area: Rect) {
    let Some(held) = &sheet.held else {
        title(pen, area, "Thaw").cut("reading what was held", Role::Sheet);
        return keys(pen, area, &[Hint::new("Esc", "stay frozen")]);
    };
    let words = match count_posts(held) {
        0 => "nothing was held while frozen".to_owned(),
        1 => "1 post was held while frozen".to_owned(),
        more => format!("{more} posts were held while frozen"),
    };
    title(pen, area, "Thaw").cut(&words, Role::Sheet);
    let height = usize::from(area.height.saturating_sub(4));
    let start = match sheet.chosen {
        Some(_) => (sheet.scroll + 1).saturating_sub(height),
        None => sheet.scroll.min(held.len().saturating_sub(height)),
    };
    for (at, post) in held.iter().skip(start).take(height).enumerate() {
        let at = 1 + u16::try_from(at).unwrap_or(0);
        if sheet.chosen == Some(post.post) {
            let mut line = pen.line(area, at);
            let marker = line.signs().marker();
            line.to(2).sign(marker, Role::Accent);
        }
        row(pen, app, post, area, at);
    }
    let rest = held.len().saturating_sub(start + height);
    let below = area.height.saturating_sub(3);
    let mut line = pen.line(area, below);
    line.skip(1).shorten(1);
    if rest > 0 {
        line.at_right(&format!("+{rest} more"), Role::Muted)
            .shorten(2);
    }
    if held.iter().any(|row| row.fate.leaves_at().is_some()) {
        let calm = "One a channel in 15 minutes, so that nothing bursts.";
        line.cut(calm, Role::Muted);
    }
    let mut hints = vec![Hint::new("Enter", "thaw")];
    match sheet.chosen {
        Some(_) => hints.extend([
            Hint::new("j k", "choose"),
            Hint::new("Space", "leave out, or send"),
            Hint::new("Esc", "back"),
        ]),
        None => {
            if held.len() > height {
                hints.push(Hint::new("j k", "scroll"));
            }
            if !held.is_empty() {
                hints.push(Hint::new("e", "choose posts"));
            }
            hints.push(Hint::new("Esc", "stay frozen"));
        }
    }
    keys(pen, area, &hints);
}

fn row(pen: &mut Pen<'_>, app: &App, post: &HeldPost, area: Rect, row: u16) {
    let (state, role) = match post.fate {
        Fate::Leaves { .. } | Fate::Stays(_) => (Glyph::Waiting, Role::Text),
        Fate::Missed(_) => (Glyph::Missed, Role::Warn),
        Fate::Failed(_) => (Glyph::Failed, Role::Bad),
        Fate::LeftOut => (Glyph::Skipped, Role::Muted),
    };
    let mut line = pen.line(area, row);
    line.to(3).state(state).skip(1);
    if let Some(at) = post.due_at {
        let when = times::brief(at, app.zone, app.today(), app.week_start);
        line.put(&when, Role::Text);
    }
    line.to(11);
    let room = line.room();
    let title = room.saturating_sub(usize::from(MARKS_FROM_RIGHT) + 1);
    line.cut_to(&post.title, title, Role::Text);
    line.to(area.width.saturating_sub(MARKS_FROM_RIGHT));
    line.put(&marks(app, post.channels.iter(), " ", 10), Role::Text);
    line.to(area.width.saturating_sub(FATE_FROM_RIGHT))
        .shorten(1);
    line.cut(&fate(app, &post.fate), role);
}

fn fate(app: &App, fate: &Fate) -> String {
    match fate {
        Fate::Leaves { at, .. } if *at <= app.now => "leaves now".to_owned(),
        Fate::Leaves { at, .. } if times::day(*at, app.zone) == app.today() => {
            format!("leaves at {}", times::clock(*at, app.zone))
        }
        Fate::Leaves { at, .. } => {
            let when = times::upcoming(*at, app.zone, app.today());
            format!("leaves {when}")
        }
        Fate::Missed(_) => "too late, is missed".to_owned(),
        Fate::Failed(_) => "too late, its thread fails".to_owned(),
        Fate::Stays(_) => "goes on waiting".to_owned(),
        Fate::LeftOut => "left out, is skipped".to_owned(),
    }
}
