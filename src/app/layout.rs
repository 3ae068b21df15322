//! Where everything stands: one pure function from the window's size and the state to areas.
//!
//! `update` takes page sizes from it and `ui` draws into it, so they cannot disagree. The only file of the core that knows
//! ratatui, and of it only the rectangle.

mod sheets;

pub use sheets::{
    PALETTE_FRAME, UNKNOWN_AROUND_QUOTE, UNKNOWN_INDENT, UNKNOWN_LOOK_AT, UNKNOWN_QUOTE,
    prefix_columns,
};

use super::{App, Pane, stops};
use ratatui::layout::Rect;
use sheets::sheet_height;

/// Narrower or lower than this, only a message is shown.
pub const MIN_SIZE: (u16, u16) = (60, 16);
/// From this size all three panes are shown at once.
pub const WIDE_SIZE: (u16, u16) = (120, 32);
/// From this width the post panel is shown.
pub const PANEL_WIDTH: u16 = 140;
/// Width of the side column beside a focused queue or editor.
pub const SIDE_WIDTH: u16 = 22;

/// Columns left of the editor's text, where the channels' table stands under it.
const WIDE_GUTTER: u16 = 5;
/// Columns left of the editor's text elsewhere.
const GUTTER: u16 = 3;
/// Columns right of it: the cursor after a full row, and a blank.
const TEXT_MARGIN: u16 = 2;
/// A row of text longer than this is hard to read.
const MEASURE: usize = 72;

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Too small for anything but a message.
    TooSmall,
    /// 60 to 79 columns: one pane, and a small month above the day's list.
    Narrow,
    /// One pane, with a side column beside queue and editor.
    Medium,
    /// All three panes.
    Wide,
}

/// Where everything stands. An area that is not shown is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// How much room there is.
    pub room: Room,
    /// The top bar.
    pub top: Rect,
    /// The calendar, weekday row included.
    pub calendar: Option<Rect>,
    /// Columns of a day cell, without the blank to its left.
    pub cell: u16,
    /// Rows of a week, date row included.
    pub week: u16,
    /// The day line, what leaves next, and the counts (medium, calendar focused).
    pub day_lines: Option<Rect>,
    /// The queue.
    pub queue: Option<Rect>,
    /// The editor or the details form.
    pub editor: Option<Rect>,
    /// The side column (medium).
    pub side: Option<Rect>,
    /// The preview of the chosen channel (wide, typing).
    pub preview: Option<Rect>,
    /// The panel that spells the selected post out (from 140 columns).
    pub panel: Option<Rect>,
    /// The line that parts the left panes from the right one.
    pub divider: Option<Rect>,
    /// The page in place of the panes.
    pub page: Option<Rect>,
    /// The open sheet.
    pub sheet: Option<Rect>,
    /// The bottom row: hints or a message.
    pub hints: Rect,
}

/// Returns how much room a window has.
pub fn room((width, height): (u16, u16)) -> Room {
    if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
        Room::TooSmall
    } else if width >= WIDE_SIZE.0 && height >= WIDE_SIZE.1 {
        Room::Wide
    } else if width >= 80 {
        Room::Medium
    } else {
        Room::Narrow
    }
}

/// Returns where everything stands in the present window.
pub fn areas(app: &App) -> Areas {
    let (width, height) = app.size;
    let room = room(app.size);
    let mut areas = Areas {
        room,
        top: Rect::new(0, 0, width, 1.min(height)),
        calendar: None,
        cell: 10,
        week: 3,
        day_lines: None,
        queue: None,
        editor: None,
        side: None,
        preview: None,
        panel: None,
        divider: None,
        page: None,
        sheet: None,
        hints: Rect::new(0, height.saturating_sub(1), width, 1.min(height)),
    };
    match room {
        Room::TooSmall => return areas,
        _ if app.shown_page().is_some() => {
            areas.page = Some(Rect::new(0, 1, width, height - 2));
        }
        Room::Wide => wide(app, &mut areas),
        Room::Medium | Room::Narrow => one_pane(app, &mut areas),
    }
    areas.sheet = app.sheet.as_ref().map(|sheet| {
        let rows = sheet_height(sheet, app).clamp(2, height - 1);
        Rect::new(0, height - rows, width, rows)
    });
    areas
}

fn wide(app: &App, areas: &mut Areas) {
    let (width, height) = app.size;
    let left = left_width(width);
    let right = width - left - 1;
    let body = height - 2;
    areas.cell = cell_width(left);
    areas.divider = Some(Rect::new(left, 1, 1, body));
    let right_pane = Rect::new(left + 1, 1, right, body);
    let writing = app.editor.is_some() || app.details.is_some();
    if writing {
        areas.week = 4;
        areas.calendar = Some(Rect::new(0, 1, left, 5));
        areas.editor = Some(Rect::new(0, 6, left, body - 5));
        areas.preview = Some(right_pane);
        return;
    }
    let weeks = u16::try_from(app.grid().weeks()).unwrap_or(6);
    let editor_rows = if height >= 40 { 12 } else { 8 };
    areas.week = ((height - 3 - editor_rows) / weeks).clamp(3, 6);
    let calendar = 1 + weeks * areas.week;
    areas.calendar = Some(Rect::new(0, 1, left, calendar));
    areas.editor = Some(Rect::new(0, 1 + calendar, left, body - calendar));
    if width >= PANEL_WIDTH {
        let panel = 14.min(body / 3);
        areas.queue = Some(Rect {
            height: body - panel,
            ..right_pane
        });
        areas.panel = Some(Rect {
            y: 1 + body - panel,
            height: panel,
            ..right_pane
        });
    } else {
        areas.queue = Some(right_pane);
    }
}

/// Columns left of the line between the panes, where all three are shown.
fn left_width(width: u16) -> u16 {
    width - 1 - if width >= PANEL_WIDTH { 46 } else { 34 }
}

fn one_pane(app: &App, areas: &mut Areas) {
    let (width, height) = app.size;
    let body = height - 2;
    let writing = app.editor.is_some() || app.details.is_some();
    let pane = if writing { Pane::Editor } else { app.focus };
    if pane == Pane::Calendar {
        let weeks = u16::try_from(app.grid().weeks()).unwrap_or(6);
        areas.cell = cell_width(width);
        areas.week = (height - 6) / weeks;
        areas.calendar = Some(Rect::new(0, 1, width, body - 3));
        areas.day_lines = Some(Rect::new(0, height - 4, width, 3));
        areas.week = areas.week.min(6);
        return;
    }
    let main = match areas.room {
        // The form stands alone: its fields need the columns more than a small month does.
        _ if app.details.is_some() => Rect::new(0, 1, width, body),
        Room::Medium => {
            let main = width - SIDE_WIDTH - 1;
            areas.divider = Some(Rect::new(main, 1, 1, body));
            areas.side = Some(Rect::new(main + 1, 1, SIDE_WIDTH, body));
            Rect::new(0, 1, main, body)
        }
        _ => Rect::new(0, 1, width, body),
    };
    if pane == Pane::Queue {
        areas.queue = Some(main);
    } else {
        areas.editor = Some(main);
    }
}

/// Whether the calendar has no room for weeks of cells and shows a small month beside the day's list.
pub fn is_small_month(areas: &Areas) -> bool {
    areas.room == Room::Narrow || areas.week < 3
}

/// Returns where a cell stands within an area, and how high that is; `None` outside of it.
pub fn within(area: Option<Rect>, x: u16, y: u16) -> Option<(u16, u16, u16)> {
    let area = area.filter(|area| area.contains((x, y).into()))?;
    Some((x - area.x, y - area.y, area.height))
}

/// Returns how many of a day's posts its cell shows in so many rows, and how many rows each takes; the last row says how many
/// more there are.
pub fn cell_rows(posts: usize, rows: usize) -> (usize, usize) {
    let shown = if posts <= rows {
        posts
    } else {
        rows.saturating_sub(1)
    };
    (shown, if 2 * posts <= rows { 2 } else { 1 })
}

/// Returns how many rows a day's cell has for posts; `None` where the days have no cells.
pub fn cell_height(app: &App) -> Option<usize> {
    let areas = areas(app);
    let has_cells = areas.calendar.is_some() && !is_small_month(&areas);
    has_cells.then(|| usize::from(areas.week.saturating_sub(1)))
}

fn cell_width(width: u16) -> u16 {
    ((width - 1) / 7 - 1).min(20)
}

/// Where the editor's text stands inside its area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditorAreas {
    /// Head and tabs.
    pub head: Rect,
    /// The line that says that the text is stale, or that it inherits; `None` while there is nothing to say.
    pub remark: Option<Rect>,
    /// Left of the text: part numbers and marks.
    pub gutter: Rect,
    /// The text.
    pub text: Rect,
    /// Options, pictures and counts under the text.
    pub foot: Rect,
}

/// Returns how the editor's area is divided while a text is typed.
pub fn editor_areas(app: &App, area: Rect) -> EditorAreas {
    let wide = room(app.size) == Room::Wide;
    let channels = app
        .editor
        .as_ref()
        .map_or(0, |editor| editor.content.variants.len());
    let channels = u16::try_from(channels).unwrap_or(8);
    let stopped = stop_rows(app, area.width);
    // Wide: a table of channels with its head, pictures, and the lines that say what stops it.
    let wanted = if wide {
        channels + 3 + stopped.max(1)
    } else {
        channels.max(1) + 2 + stopped
    };
    let foot = wanted
        .min(area.height.saturating_sub(6))
        .min(area.height / 2);
    let remark = u16::from(app.editor.as_ref().is_some_and(has_remark));
    let head = Rect {
        height: 2.min(area.height),
        ..area
    };
    let blank = u16::from(wide);
    let text_y = area.y + 2 + remark + blank;
    let text_height = area.height.saturating_sub(2 + remark + blank + foot);
    let gutter = if wide { WIDE_GUTTER } else { GUTTER };
    EditorAreas {
        head,
        remark: (remark == 1).then_some(Rect {
            y: area.y + 2,
            height: 1,
            ..area
        }),
        gutter: Rect {
            y: text_y,
            width: gutter,
            height: text_height,
            ..area
        },
        text: Rect {
            x: area.x + gutter,
            y: text_y,
            width: area.width.saturating_sub(gutter + TEXT_MARGIN),
            height: text_height,
        },
        foot: Rect {
            y: text_y + text_height,
            height: foot,
            ..area
        },
    }
}

/// At most so many rows say what stops a post.
pub const MOST_STOP_ROWS: u16 = 3;

/// Returns how many rows under the text say what stops the post, in an editor of so many columns: where there is a table all
/// problems, elsewhere those that no count tells.
pub fn stop_rows(app: &App, columns: u16) -> u16 {
    let Some(editor) = &app.editor else { return 0 };
    let stops = match room(app.size) {
        Room::Wide => stops::stops(&editor.composed),
        _ => stops::stops_but_lengths(&editor.composed),
    };
    let rows = stops::rows(app, &stops, usize::from(columns.saturating_sub(2)));
    u16::try_from(rows.len()).map_or(MOST_STOP_ROWS, |rows| rows.min(MOST_STOP_ROWS))
}

fn has_remark(editor: &super::Editor) -> bool {
    match &editor.tab {
        super::Tab::Master => false,
        super::Tab::Channel(channel) => editor
            .content
            .variant(channel)
            .is_some_and(|variant| !variant.is_own() || editor.stale.contains(channel)),
    }
}

/// Returns the width to which the editor's text is wrapped.
///
/// It does not depend on what lies over the text, so that opening the details form wraps nothing anew.
pub fn text_width(app: &App) -> usize {
    let (width, _) = app.size;
    let (pane, gutter) = match room(app.size) {
        Room::Wide => (left_width(width), WIDE_GUTTER),
        Room::Medium => (width - SIDE_WIDTH - 1, GUTTER),
        Room::Narrow | Room::TooSmall => (width, GUTTER),
    };
    usize::from(pane.saturating_sub(gutter + TEXT_MARGIN)).clamp(8, MEASURE)
}

/// Whether the selected post stands somewhere in full.
pub fn shows_post(app: &App) -> bool {
    let areas = areas(app);
    areas.editor.is_some() || areas.preview.is_some() || areas.panel.is_some()
}

/// Returns how many rows of text the editor shows.
pub fn text_height(app: &App) -> usize {
    let areas = areas(app);
    areas.editor.map_or(1, |area| {
        usize::from(editor_areas(app, area).text.height).max(1)
    })
}

/// Rows that one upload takes: what goes where, and its bar.
pub const UPLOAD_ROWS: u16 = 2;

/// So many uploads are shown under the queue at the most.
const MOST_UPLOADS: u16 = 2;

/// Returns how many rows the uploads under the queue have: never so many that the list is gone.
pub fn upload_rows(app: &App) -> u16 {
    let all = u16::try_from(app.queue.uploads.len()).unwrap_or(MOST_UPLOADS);
    let fit = queue_rows(app) / (3 * UPLOAD_ROWS);
    all.min(MOST_UPLOADS).min(fit) * UPLOAD_ROWS
}

/// Rows of the queue under its head and above what explains the selected post.
fn queue_rows(app: &App) -> u16 {
    let areas = areas(app);
    let explained = if areas.room == Room::Wide { 0 } else { 3 };
    let height = areas.queue.map_or(1, |area| area.height);
    height.saturating_sub(1 + explained)
}

/// Returns how many rows the queue's list has, head left out.
pub fn queue_height(app: &App) -> usize {
    usize::from(queue_rows(app) - upload_rows(app)).max(1)
}

/// Returns how many rows the list view has, head left out.
pub fn list_height(app: &App) -> usize {
    let height = areas(app)
        .calendar
        .map_or(1, |area| area.height.saturating_sub(1));
    usize::from(height).max(1)
}

/// Whether queue rows are two lines.
pub fn queue_is_tall(app: &App) -> bool {
    room(app.size) == Room::Wide
}

/// Rows of a page above and below its list: head, names of the columns, counts.
const PAGE_FRAME: u16 = 3;

/// Returns how many rows a page's list has.
pub fn page_height(app: &App) -> usize {
    usize::from(app.size.1.saturating_sub(2 + PAGE_FRAME)).max(1)
}

/// Returns how many rows the review page shows under the names of its channels.
pub fn review_height(app: &App) -> usize {
    usize::from(app.size.1.saturating_sub(6)).max(1)
}

/// Rows of the trim screen beside its text: head, counts, a blank row, what is known of the word, costs, what cannot be
/// helped, and the keys.
const TRIM_FRAME: u16 = 8;

/// Returns how many rows of the text the trim screen shows.
pub fn trim_height(app: &App) -> usize {
    usize::from(app.size.1.saturating_sub(1 + TRIM_FRAME)).max(1)
}

/// Returns how many rows of words a sheet shows that is as high as the window allows.
pub fn prose_height(app: &App) -> usize {
    usize::from(app.size.1.saturating_sub(5)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Details, Editor};
    use crate::domain::Content;

    fn writing(size: (u16, u16)) -> App {
        let mut app = App::new(chrono::DateTime::UNIX_EPOCH, chrono_tz::UTC, size);
        app.editor = Some(Editor::open(None, 0, Content::default()));
        app
    }

    #[test]
    fn the_text_is_wrapped_to_the_columns_that_it_is_drawn_in() {
        for size in [(60, 16), (80, 24), (100, 30), (120, 36), (160, 48)] {
            let app = writing(size);
            let area = areas(&app).editor.expect("the editor is open");
            let drawn = usize::from(editor_areas(&app, area).text.width);
            assert_eq!(text_width(&app), drawn.min(MEASURE), "{size:?}");
        }
    }

    #[test]
    fn opening_the_details_form_wraps_nothing_anew() {
        for size in [(60, 16), (80, 24), (120, 36)] {
            let mut app = writing(size);
            let before = text_width(&app);
            app.details = Some(Details::open(&Content::default(), &[], true));
            assert_eq!(text_width(&app), before, "{size:?}");
        }
    }
}
