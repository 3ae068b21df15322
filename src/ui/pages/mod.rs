//! Pages: they take the room of all three panes, below the top bar, which stays for what must be seen.
//!
//! One file a page.

mod outbox;
mod review;

pub use outbox::frame as outbox_frame;

use super::pen::Pen;
use crate::app::{App, Page};
use ratatui::layout::Rect;

/// Draws a page.
pub fn draw(pen: &mut Pen<'_>, app: &App, page: &Page, area: Rect) {
    match page {
        Page::Outbox(page) => outbox::draw(pen, app, page, area),
        Page::Review(page) => review::draw(pen, app, page, area),
    }
}
