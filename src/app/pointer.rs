//! What stands where on the screen, for the mouse: from a cell to the day, post or delivery that is drawn there.
//!
//! Pure, over the same areas that the view draws into. Nothing needs the mouse; what a click does is `update/pointer.rs`.

use super::finding::View;
use super::layout::{Areas, areas, cell_rows, is_small_month, list_height, queue_is_tall, within};
use super::{App, Page, Pane, agenda, outbox};
use crate::domain::queue::QueueRow;
use crate::domain::{DeliveryId, PostId};
use chrono::NaiveDate;

/// Something done with the mouse, in a cell counted from the upper left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// The column.
    pub x: u16,
    /// The row.
    pub y: u16,
    /// What was done.
    pub gesture: Gesture,
}

/// What can be done with the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The left button was pressed.
    Click,
    /// The wheel was turned away from the user.
    WheelUp,
    /// The wheel was turned towards the user.
    WheelDown,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A pane, and nothing of it that can be selected.
    Pane(Pane),
    /// A day.
    Day(NaiveDate),
    /// A post, on its day or in the queue.
    Post(Pane, PostId),
    /// A delivery in the outbox.
    Delivery(DeliveryId),
}

/// Returns what stands in a cell; `None` where nothing can be pointed at, and under a sheet, which wants an answer.
pub fn spot(app: &App, x: u16, y: u16) -> Option<Spot> {
    if app.sheet.is_some() || app.welcome.is_some() || app.place().is_some() {
        return None;
    }
    let areas = areas(app);
    if let Some((_, y, _)) = within(areas.page, x, y) {
        return in_page(app, y);
    }
    if let Some((x, y, _)) = within(areas.calendar, x, y) {
        let spot = match app.finding.view {
            View::Month => in_month(app, &areas, x, y),
            View::List => in_list(app, y),
            View::Week => None,
        };
        return Some(spot.unwrap_or(Spot::Pane(Pane::Calendar)));
    }
    if let Some((_, y, height)) = within(areas.queue, x, y) {
        let post = in_queue(app, y, height);
        return Some(post.map_or(Spot::Pane(Pane::Queue), |id| Spot::Post(Pane::Queue, id)));
    }
    within(areas.editor, x, y).map(|_| Spot::Pane(Pane::Editor))
}

fn in_month(app: &App, areas: &Areas, x: u16, y: u16) -> Option<Spot> {
    if is_small_month(areas) {
        return None;
    }
    let grid = app.grid();
    let (column, row) = (x / (areas.cell + 1), y.checked_sub(1)?);
    let week = usize::from(row / areas.week);
    if column >= 7 || week >= grid.weeks() {
        return None;
    }
    let day = grid.day(week, usize::from(column));
    let posts = app.posts_on(day);
    let line = usize::from(row % areas.week);
    let count = posts.len() + app.unread_on(day);
    let (shown, lines) = cell_rows(count, usize::from(areas.week - 1));
    let post = line
        .checked_sub(1)
        .and_then(|line| posts[..shown.min(posts.len())].get(line / lines));
    Some(post.map_or(Spot::Day(day), |post| Spot::Post(Pane::Calendar, post.id)))
}

fn in_list(app: &App, y: u16) -> Option<Spot> {
    let rows = agenda::rows(app);
    let at = agenda::selected(app, &rows).unwrap_or(0);
    let start = agenda::scrolled(app.finding.list_scroll, at, rows.len(), list_height(app));
    let row = rows.get(start + usize::from(y.checked_sub(1)?))?;
    Some(match row.post {
        Some(post) => Spot::Post(Pane::Calendar, post.id),
        None => Spot::Day(row.day),
    })
}

fn in_queue(app: &App, y: u16, height: u16) -> Option<PostId> {
    let lines = usize::from(y.checked_sub(1)?);
    let height = super::layout::queue_height(app).min(usize::from(height.saturating_sub(1)));
    if lines >= height {
        return None;
    }
    let rows = app.queue.rows(app.zone);
    let start = app.queue_scroll.min(rows.len().saturating_sub(1));
    let tall = queue_is_tall(app);
    let mut below = 0;
    for row in rows.iter().skip(start) {
        below += match row {
            QueueRow::Post(_) if tall => 2,
            _ => 1,
        };
        if lines < below {
            return match row {
                QueueRow::Post(post) => Some(post.id),
                _ => None,
            };
        }
    }
    None
}

fn in_page(app: &App, y: u16) -> Option<Spot> {
    let Some(Page::Outbox(page)) = app.shown_page() else {
        return None;
    };
    // The head and the names of the columns stand above.
    let line = usize::from(y.checked_sub(2)?);
    if line >= super::layout::page_height(app) {
        return None;
    }
    let mut below = 0;
    let row = page.rows().iter().skip(page.scroll).find(|row| {
        below += outbox::height(app, row);
        line < below
    })?;
    Some(Spot::Delivery(row.delivery.id))
}
