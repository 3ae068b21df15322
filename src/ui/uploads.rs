//! Large files on their way: the bar with its figures, in the outbox and under the queue.
//!
//! How far each has come is `domain::upload`; how many rows there are for them under the queue is `app::layout`.

use super::pen::{Line, Pen};
use super::theme::Role;
use crate::app::App;
use crate::app::layout::UPLOAD_ROWS;
use crate::app::wrap::shown_width;
use crate::domain::{Glyph, Kind, Upload, Uploading};
use ratatui::layout::Rect;

/// The bar of an upload has so many columns where there is room.
const BAR: usize = 49;

/// With fewer columns for the bar than this, figures give way to it.
const SHORTEST_BAR: usize = 8;

/// From this width a row names the channel beside its mark.
const NAMES_CHANNELS: u16 = 46;

/// Draws the uploads at the foot of the queue's list, two rows each; the last says how many more there are.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let all = &app.queue.uploads;
    let shown = usize::from(area.height / UPLOAD_ROWS).min(all.len());
    for (at, one) in all.iter().take(shown).enumerate() {
        let row = u16::try_from(at).unwrap_or(0) * UPLOAD_ROWS;
        let more = match all.len() - shown {
            more if at + 1 == shown && more > 0 => format!("+{more} more"),
            _ => String::new(),
        };
        head(&mut pen.line(area, row), app, one, &more);
        progress(&mut pen.line(area, row + 1), &one.upload);
    }
}

/// ` » Yt youtube   Recording: autumn preview                  kept its place`
fn head(line: &mut Line<'_, '_>, app: &App, one: &Uploading, more: &str) {
    line.skip(1).shorten(1);
    let names = line.room() >= usize::from(NAMES_CHANNELS);
    let right = match more {
        "" if names && one.upload.kept > 0 => "kept its place",
        more => more,
    };
    if !right.is_empty() {
        line.at_right(right, Role::Muted).shorten(2);
    }
    line.state(Glyph::Publishing).skip(1);
    line.put(&app.mark(&one.channel), Role::Text).skip(1);
    if names {
        line.put(one.channel.as_str(), Role::Text).skip(2);
    }
    let title = match one.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    let kind = line.signs().kind(one.kind);
    line.sign(kind, title).cut(&one.title, title);
}

/// Draws how far an upload has come: a bar, then its figures. Where there is little room some of them are left out, but none
/// is cut: first how much of how much, then the rate.
pub fn progress(line: &mut Line<'_, '_>, upload: &Upload) {
    line.skip(3);
    let mut figures = upload.figures();
    let words = |figures: &[String]| {
        let percent = format!("{:>3} %", upload.percent());
        let all = std::iter::once(percent.as_str()).chain(figures.iter().map(String::as_str));
        all.collect::<Vec<_>>().join("   ")
    };
    while figures.len() > 1 && line.room() < shown_width(&words(&figures)) + 1 + SHORTEST_BAR {
        figures.remove(0);
    }
    let words = words(&figures);
    let columns = line.room().saturating_sub(shown_width(&words) + 1).min(BAR);
    let full = columns * usize::try_from(upload.percent()).unwrap_or(0) / 100;
    line.put(&"#".repeat(full), Role::Accent)
        .put(&".".repeat(columns - full), Role::Muted)
        .skip(1)
        .put(&words, Role::Text);
}
