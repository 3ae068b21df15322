//! Searching: what is typed, how many there are, and the match that the calendar behind shows.

use super::{input, keys};
use crate::app::outbox::told;
use crate::app::{App, Input, outbox_search};
use crate::domain::search::{found_in, words};
use crate::domain::{Kind, OutboxRow, Summary};
use crate::ui::hints::Hint;
use crate::ui::pen::{Pen, marks};
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

/// Where the match and what is said about it begin.
const COLUMN: u16 = 9;

/// Draws the search.
pub fn draw(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    if app.outbox().is_some() {
        return in_outbox(pen, app, typed, area);
    }
    let search = &app.finding.search;
    head(pen, search.position(), typed, area);
    let asked = words(typed.text());
    let is_answered = search.asked.is_none() && search.typed == typed.text();
    if asked.is_empty() {
        let said = "titles, texts, tags and alt texts; accents and capitals do not matter";
        pen.line(area, 1).to(COLUMN).cut(said, Role::Muted);
    } else if search.at.is_some() {
        the_match(pen, app, typed, area);
    } else if is_answered && search.hits.is_empty() {
        let within = app
            .filter_words()
            .map_or_else(String::new, |words| format!(" in {words}"));
        let said = format!("nothing found{within}; you are where you were");
        pen.line(area, 1).to(COLUMN).cut(&said, Role::Warn);
    } else {
        pen.line(area, 1).to(COLUMN).cut("searching", Role::Muted);
    }
    how_to_go_on(pen, search.hits.len(), area);
}

fn head(pen: &mut Pen<'_>, position: Option<String>, typed: &Input, area: Rect) {
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put("Find", Role::Sheet).skip(2);
    if let Some(position) = position {
        line.at_right(&position, Role::Sheet).shorten(2);
    }
    line.put("> ", Role::Sheet);
    input(&mut line, typed, Role::Sheet);
}

fn how_to_go_on(pen: &mut Pen<'_>, hits: usize, area: Rect) {
    let mut hints = vec![Hint::new("Enter", "stay there")];
    if hits > 1 {
        hints.push(Hint::new("Down Up", "next, previous"));
    }
    hints.push(Hint::new("Esc", "back to where you were"));
    keys(pen, area, &hints);
}

/// The match may lie under the sheet, so the sheet names it.
fn in_outbox(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    let Some(page) = app.outbox() else {
        return;
    };
    let (nth, hits) = (outbox_search::position(page), page.search.hits.len());
    let is_match = nth.is_some();
    let position = nth.map(|nth| format!("{nth} of {hits}"));
    head(pen, position, typed, area);
    let row = page.row();
    if words(typed.text()).is_empty() {
        let said = "titles, channels, states and reasons; accents and capitals do not matter";
        pen.line(area, 1).to(COLUMN).cut(said, Role::Muted);
    } else if let Some(row) = row.filter(|_| is_match) {
        delivery(pen, app, row, area);
    } else {
        let said = "nothing found among these; you are where you were";
        pen.line(area, 1).to(COLUMN).cut(said, Role::Warn);
    }
    how_to_go_on(pen, hits, area);
}

fn delivery(pen: &mut Pen<'_>, app: &App, row: &OutboxRow, area: Rect) {
    let one = &row.delivery;
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1).put("match", Role::Muted).to(COLUMN);
    let channel = app.mark_and_name(&one.channel);
    line.at_right(&channel, Role::Text).shorten(1);
    let when = one.due_at.map_or_else(
        || "no time".to_owned(),
        |at| times::date_and_clock(at, app.zone, app.today()),
    );
    let role = match row.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    let kind = line.signs().kind(row.kind);
    line.state(row.glyph()).skip(1).put(&when, Role::Text);
    line.sign(kind, role).cut(&row.title, role);
    let reason = told(app, row).text;
    let mut line = pen.line(area, 2);
    line.skip(1).shorten(1).to(COLUMN);
    let reason = line.signs().sentence(&reason).into_owned();
    line.cut(&reason, Role::Muted);
}

fn the_match(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    let detail = app.selected_detail();
    let read;
    let post = match (app.selected_summary(), detail) {
        (Some(post), _) => post,
        (None, Some(detail)) => {
            read = Summary::from(&detail.view);
            &read
        }
        (None, None) => return,
    };
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1).put("match", Role::Muted).to(COLUMN);
    let channels = post.channels.iter().map(|it| &it.channel);
    line.at_right(&marks(app, channels, " ", 20), Role::Text)
        .shorten(1);
    let when = post.due_at.map_or_else(
        || "no time".to_owned(),
        |at| times::date_and_clock(at, app.zone, app.today()),
    );
    let role = match post.kind {
        Kind::Evergreen => Role::Evergreen,
        Kind::AdHoc => Role::Text,
    };
    let kind = line.signs().kind(post.kind);
    line.state(post.glyph()).skip(1).put(&when, Role::Text);
    line.sign(kind, role).cut(&post.title, role);
    let Some(found) = detail.and_then(|it| found_in(&it.view.post.content, typed.text())) else {
        return;
    };
    let mut line = pen.line(area, 2);
    line.skip(1).shorten(1).cut_to(&found.place, 7, Role::Muted);
    line.to(COLUMN).cut(&found.excerpt, Role::Muted);
}
