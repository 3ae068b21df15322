//! The filter: a row of chips for each thing that posts differ in. Chosen chips stand in brackets, the marker is the cursor.
//!
//! The calendar above shows at once what is let through.

use super::{input, keys};
use crate::app::App;
use crate::app::finding::{ChipRow, FilterSheet, Offer};
use crate::app::wrap::shown_width;
use crate::domain::Chip;
use crate::ui::hints::Hint;
use crate::ui::pen::{Line, Pen};
use crate::ui::theme::Role;
use ratatui::layout::Rect;

const CHIPS_COLUMN: u16 = 11;
/// A chip that is longer is cut.
const LONGEST: usize = 24;

/// Draws the sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &FilterSheet, area: Rect) {
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put("Filter", Role::Sheet).skip(2);
    let count = app.filter_count();
    if let Some((shown, all)) = count {
        line.at_right(&format!("{shown} of {all}"), Role::Sheet)
            .shorten(2);
    }
    let words = app.filter_words();
    let words = words.unwrap_or_else(|| "everything is shown".to_owned());
    line.cut(&words, Role::Sheet);
    let rows = app.filter_rows();
    let height = usize::from(area.height.saturating_sub(3));
    let start = (sheet.row + 1).saturating_sub(height);
    for (at, row) in rows.iter().enumerate().skip(start).take(height) {
        let chosen = (at == sheet.row).then_some(sheet.chip);
        let y = u16::try_from(1 + at - start).unwrap_or(1);
        chips(pen, app, row, chosen, area, y);
    }
    let mut line = pen.line(area, area.height.saturating_sub(2));
    line.skip(1).shorten(1);
    if let Some(name) = &sheet.name {
        line.put("save as", Role::Muted).to(CHIPS_COLUMN);
        line.put("> ", Role::Text);
        input(&mut line, name, Role::Input);
        let hints = [Hint::new("Enter", "save"), Hint::new("Esc", "back")];
        return keys(pen, area, &hints);
    }
    match count {
        Some((0, _)) => {
            line.cut("! nothing here matches: 0 shows everything", Role::Warn);
        }
        _ => {
            line.cut(
                "what needs you stays in the queue and in all counts",
                Role::Muted,
            );
        }
    }
    let on_saved = rows
        .get(sheet.row)
        .is_some_and(|row| matches!(row.chips.first(), Some(Offer::Saved(_))));
    let mut hints = vec![
        Hint::new("Space", "take or leave"),
        Hint::new("hjkl", "choose"),
    ];
    if on_saved {
        hints.push(Hint::new("d", "forget"));
    }
    if words_are_there(app) {
        hints.push(Hint::new("s", "save"));
        hints.push(Hint::new("0", "all"));
    }
    hints.push(Hint::new("Enter", "done"));
    hints.push(Hint::new("Esc", "as it was"));
    keys(pen, area, &hints);
}

fn words_are_there(app: &App) -> bool {
    !app.finding.filter.is_empty()
}

/// One row of chips; where not all fit, those around the chosen one.
fn chips(pen: &mut Pen<'_>, app: &App, row: &ChipRow, chosen: Option<usize>, area: Rect, y: u16) {
    let names: Vec<String> = row.chips.iter().map(|offer| name(app, offer)).collect();
    let width = |name: &String| shown_width(name).min(LONGEST) + 3;
    let mut line = pen.line(area, y);
    line.skip(1).shorten(1);
    let label = match chosen {
        Some(_) => Role::Strong,
        None => Role::Muted,
    };
    line.put(row.name, label).to(CHIPS_COLUMN);
    // Room for the count of those that do not fit.
    let room = line.room().saturating_sub(5);
    let mut start = 0;
    while let Some(at) = chosen
        && start < at
        && names[start..=at].iter().map(width).sum::<usize>() > room
    {
        start += 1;
    }
    let all: usize = names[start..].iter().map(width).sum();
    let room = if all <= line.room() {
        line.room()
    } else {
        room
    };
    let mut used = 0;
    for (at, (offer, name)) in row.chips.iter().zip(&names).enumerate().skip(start) {
        used += width(name);
        if used > room {
            line.put(&format!(" +{}", names.len() - at), Role::Muted);
            break;
        }
        chip(&mut line, app, offer, name, chosen == Some(at));
    }
}

fn chip(line: &mut Line<'_, '_>, app: &App, offer: &Offer, name: &str, is_cursor: bool) {
    let is_chosen = app.finding.is_chosen(offer);
    if is_cursor {
        let marker = line.signs().marker();
        line.cursor_here();
        line.sign(marker, Role::Accent);
    } else {
        line.skip(1);
    }
    let role = if is_chosen { Role::Strong } else { Role::Text };
    let (open, close) = if is_chosen { ("[", "]") } else { (" ", " ") };
    line.put(open, role)
        .cut_to(name, LONGEST, role)
        .put(close, role);
}

/// Returns what a chip says.
pub fn name(app: &App, offer: &Offer) -> String {
    match offer {
        Offer::Saved(at) => {
            let saved = app.finding.choices.saved.get(*at);
            let name = saved.map_or("", |saved| saved.name.as_str());
            format!("{} {name}", at + 1)
        }
        Offer::Chip(Chip::Channel(channel)) => app.mark_and_name(channel),
        Offer::Chip(Chip::State(state)) => state.word().to_owned(),
        Offer::Chip(Chip::Kind(kind)) => kind.word().replace('-', " "),
        Offer::Chip(Chip::Campaign(name) | Chip::Tag(name)) => name.clone(),
        Offer::Chip(Chip::Author(author)) => author.to_string(),
    }
}
