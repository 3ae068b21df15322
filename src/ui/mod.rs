//! Draws `&App`; decides nothing, remembers nothing, reads no clock.
//!
//! One file per room of the screen, each drawing into the area that `app::layout` gave it. `pen.rs` writes, `theme.rs` has
//! the colours, `glyph.rs` the signs. Start with `draw`.

mod agenda;
mod calendar;
mod cell;
mod completion;
mod counts;
mod day_lines;
mod details;
mod details_told;
mod editor;
mod glyph;
mod hints;
mod pages;
mod pen;
pub mod pictures;
pub mod plain;
mod post;
mod preview;
mod queue;
mod sheets;
mod side;
mod small;
mod small_month;
mod tabs;
mod text;
mod theme;
mod times;
mod top;
mod uploads;
mod week;
mod welcome;

pub use pen::{Painted, Placed};

use crate::app::layout::{Areas, Room, areas};
use crate::app::{App, View};
use pen::Pen;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the whole screen into a frame.
pub fn draw(app: &App, frame: &mut Frame) {
    if let Some(position) = paint(app, frame.buffer_mut()).cursor {
        frame.set_cursor_position(position);
    }
}

/// Draws the whole screen onto a blank canvas; returns where the cursor and pictures stand.
pub fn paint(app: &App, canvas: &mut Buffer) -> Painted {
    let areas = areas(app);
    let window = canvas.area;
    let mut pen = Pen::new(canvas, app.look);
    if areas.room == Room::TooSmall {
        small::draw(&mut pen, app, window);
    } else {
        if app.welcome.is_some() {
            welcome::draw(&mut pen, app, &areas);
        } else {
            match (app.shown_page(), areas.page) {
                (Some(page), Some(area)) => pages::draw(&mut pen, app, page, area),
                _ => panes(&mut pen, app, &areas),
            }
            top::draw(&mut pen, app, areas.top);
        }
        if let (Some(area), Some(sheet)) = (areas.sheet, &app.sheet) {
            sheets::draw(&mut pen, app, sheet, area);
        }
        hints::draw(&mut pen, app, areas.hints);
    }
    pen.into_painted()
}

/// The days as the user looks at them; while a text is typed, the week of its post.
fn days(pen: &mut Pen<'_>, app: &App, areas: &Areas, area: Rect) {
    let is_narrow = areas.room == Room::Narrow;
    match app.finding.view {
        _ if app.place().is_some() => calendar::draw(pen, app, areas, area),
        View::Month => calendar::draw(pen, app, areas, area),
        View::Week if !is_narrow => week::draw(pen, app, area),
        View::Week | View::List => agenda::draw(pen, app, area),
    }
}

fn panes(pen: &mut Pen<'_>, app: &App, areas: &Areas) {
    if let Some(area) = areas.calendar {
        days(pen, app, areas, area);
    }
    if let Some(area) = areas.day_lines {
        day_lines::draw(pen, app, area);
    }
    if let Some(area) = areas.queue {
        queue::draw(pen, app, area);
    }
    if let Some(area) = areas.side {
        side::draw(pen, app, area);
    }
    if let Some(area) = areas.editor {
        match (&app.details, &app.editor) {
            (Some(form), _) => details::draw(pen, app, form, area),
            (None, Some(editor)) => {
                editor::draw(pen, app, editor, area);
                completion::draw(pen, app, area);
            }
            (None, None) => post::draw(pen, app, area),
        }
    }
    if let Some(area) = areas.preview {
        preview::draw(pen, app, area);
    }
    if let Some(area) = areas.panel {
        post::draw_panel(pen, app, area);
    }
    if let Some(area) = areas.divider {
        pen.edge(area);
    }
}
