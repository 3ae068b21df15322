//! A new size of the window: everything is wrapped and scrolled anew, and a size that comes back shows what it showed.
//!
//! What was scrolled in the sizes between is remembered until the next key.

use super::reflow;
use crate::app::page::Page;
use crate::app::state::Scrolled;
use crate::app::{App, Effect};

/// Takes in the new size.
pub fn resize(app: &mut App, width: u16, height: u16) -> Vec<Effect> {
    let was = scrolled(app);
    app.memory.scrolled.entry(app.size).or_insert(was);
    app.size = (width, height);
    if let Some(before) = app.memory.scrolled.get(&app.size).copied() {
        scroll(app, before);
    }
    reflow(app);
    Vec::new()
}

fn scrolled(app: &App) -> Scrolled {
    Scrolled {
        queue: app.queue_scroll,
        list: app.finding.list_scroll,
        text: app.detail_scroll,
        page: match &app.page {
            Some(Page::Outbox(page)) => page.scroll,
            Some(Page::Review(page)) => page.scroll,
            None => 0,
        },
        editor: app.editor.as_ref().map_or(0, |editor| editor.scroll),
    }
}

fn scroll(app: &mut App, to: Scrolled) {
    app.queue_scroll = to.queue;
    app.finding.list_scroll = to.list;
    app.detail_scroll = to.text;
    match &mut app.page {
        Some(Page::Outbox(page)) => page.scroll = to.page,
        Some(Page::Review(page)) => page.scroll = to.page,
        None => {}
    }
    if let Some(editor) = &mut app.editor {
        editor.scroll = to.editor;
    }
}
