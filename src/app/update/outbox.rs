//! The outbox page: moving through the deliveries, and what helps with the selected one.
//!
//! What a key does depends on where the delivery stands; whether it may is decided by the database.

use super::{ask, correct, outbox_search, pages, palette, posts, reload, say, sheets};
use crate::app::msg::Rank;
use crate::app::outbox::{self, OutboxPage};
use crate::app::outbox_sheets::{self, Calls, DryRunSheet, TriesSheet};
use crate::app::page::Page;
use crate::app::prose;
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Key, Place, layout};
use crate::domain::{CorrectionKind, DeliveryState, Outbox, OutboxRow, PostId, Tries};

/// So many deliveries before the end of what was read, more are asked for.
const NEAR_THE_END: usize = 20;

/// Opens the page.
pub fn open(app: &mut App) -> Vec<Effect> {
    app.page = Some(Page::Outbox(OutboxPage::default()));
    refresh(app).into_iter().collect()
}

/// Has the deliveries read again, while they are shown.
pub fn refresh(app: &mut App) -> Option<Effect> {
    let page = app.outbox()?;
    let (section, limit) = (page.section, page.limit);
    app.memory.outbox = ask(app);
    Some(Effect::LoadOutbox(app.memory.outbox, section, limit))
}

/// Takes in the deliveries. The selection stays on its delivery, else on its place in the list.
pub fn taken(app: &mut App, outbox: Outbox) -> Vec<Effect> {
    let Some(page) = app.outbox_mut() else {
        return Vec::new();
    };
    let at = page.at().unwrap_or(0);
    page.outbox = Some(outbox);
    if page.at().is_none() {
        let last = page.rows().len().saturating_sub(1);
        page.selected = page.rows().get(at.min(last)).map(|row| row.delivery.id);
    }
    scroll(app);
    outbox_search::taken(app)
}

/// Does what an action asks for on this page; `None` for one that is not the page's own.
pub fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Down | Action::NextPost => step(app, 1),
        Action::Up | Action::PreviousPost => step(app, -1),
        Action::NextMonth => step(app, in_view(app)),
        Action::PreviousMonth => step(app, -in_view(app)),
        Action::First => step(app, isize::MIN),
        Action::Last => step(app, isize::MAX),
        Action::Filter => turn_section(app),
        Action::Search | Action::NextMatch | Action::PreviousMatch => {
            outbox_search::act(app, action)
        }
        Action::Quit | Action::Leave | Action::OutboxBack => pages::close(app),
        Action::Help => palette::open_help(app, Place::Outbox),
        Action::Outbox => Vec::new(),
        Action::OutboxDryRun => open_dry_run(app),
        Action::Open
        | Action::Edit
        | Action::EditOutside
        | Action::Details
        | Action::Schedule
        | Action::PublishNow
        | Action::Skip
        | Action::OutboxTryNow
        | Action::OutboxTries
        | Action::OutboxCopy
        | Action::OutboxDelete
        | Action::OutboxUpdate
        | Action::OutboxLogin
        | Action::ByHand => match app.outbox().and_then(OutboxPage::row).cloned() {
            Some(row) => on_row(app, &row, action),
            None => Vec::new(),
        },
        _ => return None,
    })
}

fn turn_section(app: &mut App) -> Vec<Effect> {
    if let Some(page) = app.outbox_mut() {
        *page = OutboxPage {
            section: page.section.following(),
            search: std::mem::take(&mut page.search),
            ..OutboxPage::default()
        };
    }
    refresh(app).into_iter().collect()
}

/// Returns how many deliveries are stepped over by a page key.
fn in_view(app: &App) -> isize {
    isize::try_from(layout::page_height(app) / 2)
        .unwrap_or(1)
        .max(1)
}

fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(page) = app.outbox_mut() else {
        return Vec::new();
    };
    let Some(last) = page.rows().len().checked_sub(1) else {
        return Vec::new();
    };
    let at = page.at().unwrap_or(0).saturating_add_signed(by).min(last);
    page.selected = page.rows().get(at).map(|row| row.delivery.id);
    let goes_on = page.outbox.as_ref().is_some_and(|outbox| outbox.more);
    let near = goes_on && at + NEAR_THE_END > last;
    if near {
        page.limit += outbox::PAGE;
    }
    scroll(app);
    if near {
        return refresh(app).into_iter().collect();
    }
    Vec::new()
}

/// Scrolls so that the selected delivery is shown whole with a neighbour on both sides; past them by half the height.
pub fn scroll(app: &mut App) {
    let height = layout::page_height(app);
    let Some(page) = app.outbox() else { return };
    let rows = page.rows();
    let Some(at) = page.at() else { return };
    let lines = |index: usize| rows.get(index).map_or(0, |row| outbox::height(app, row));
    // Fills `room` lines upwards from a delivery that is shown whole.
    let first_above = |from: usize, room: usize| {
        let mut first = from;
        let mut used = lines(from);
        while first > 0 && used + lines(first - 1) <= room {
            first -= 1;
            used += lines(first);
        }
        first
    };
    let top = page.scroll.min(rows.len().saturating_sub(1));
    let below = (at + 1).min(rows.len().saturating_sub(1));
    let above = at.saturating_sub(1);
    let scroll = if above < top {
        first_above(at, height.div_ceil(2))
    } else if first_above(below, height) > top {
        first_above(at, height.div_ceil(2)).max(first_above(rows.len() - 1, height).min(at))
    } else {
        top
    };
    if let Some(page) = app.outbox_mut() {
        page.scroll = scroll;
    }
}

fn on_row(app: &mut App, row: &OutboxRow, action: Action) -> Vec<Effect> {
    let (id, channel) = (row.delivery.post, row.delivery.channel.clone());
    match action {
        Action::Open if row.delivery.state == DeliveryState::Unknown => {
            super::unknown::open(app, &row.delivery, row.title.clone())
        }
        Action::Open | Action::ByHand if row.delivery.platform.is_by_hand() => {
            super::by_hand::open(app, &row.delivery, row.title.clone())
        }
        Action::Skip => skip(app, row),
        Action::OutboxTryNow => try_now(app, row),
        Action::OutboxTries => {
            app.sheet = Some(Sheet::Tries(Box::new(TriesSheet {
                row: row.clone(),
                tries: None,
                scroll: 0,
            })));
            vec![super::unknown::load(app, row.delivery.id)]
        }
        Action::OutboxCopy => match &row.delivery.permalink {
            Some(address) => copy(app, address.clone()),
            None => {
                say(app, Rank::News, "It has no address yet".into());
                Vec::new()
            }
        },
        Action::OutboxDelete => correct::open(app, row, CorrectionKind::Delete),
        Action::OutboxUpdate => correct::open(app, row, CorrectionKind::Edit),
        Action::OutboxLogin => {
            let key = app.keymap.label(Action::OutboxTryNow);
            let text = format!("In a shell: masthead login {channel}. Then {key} tries it here");
            say(app, Rank::News, text);
            Vec::new()
        }
        other => {
            app.memory.publish_only = None;
            posts::on_post(app, id, other)
        }
    }
}

/// Puts an address into the terminal's clipboard, and says it, since not every terminal takes it.
pub fn copy(app: &mut App, address: String) -> Vec<Effect> {
    say(app, Rank::News, format!("Copied: {address}"));
    vec![Effect::CopyText(address)]
}

fn skip(app: &mut App, row: &OutboxRow) -> Vec<Effect> {
    let open = app.keymap.label(Action::Open);
    let words = match row.delivery.state {
        DeliveryState::Unknown => {
            format!("Nobody knows whether it went out: {open} says what you saw")
        }
        DeliveryState::Published => "It is out: there is nothing to skip".to_owned(),
        DeliveryState::Skipped => {
            let undo = app.keymap.label(Action::Undo);
            format!("It is skipped already: {undo} undoes your last change")
        }
        _ => {
            let channels = vec![row.delivery.channel.clone()];
            return vec![Effect::Skip(ask(app), row.delivery.post, channels)];
        }
    };
    say(app, Rank::Warn, words);
    Vec::new()
}

fn try_now(app: &mut App, row: &OutboxRow) -> Vec<Effect> {
    let one = &row.delivery;
    let words = match one.state {
        // It is to leave anyway, so it is not asked again.
        DeliveryState::Waiting if outbox::waits_for_a_try(app, row) => {
            return vec![Effect::TryNow(ask(app), one.id)];
        }
        DeliveryState::Failed | DeliveryState::Missed => {
            app.memory.publish_only = Some((one.post, one.channel.clone()));
            return posts::on_post(app, one.post, Action::PublishNow);
        }
        DeliveryState::Waiting => {
            let now = app.keymap.label(Action::PublishNow);
            format!("It waits for its time, not for another try: {now} publishes it now")
        }
        DeliveryState::Unknown => {
            let open = app.keymap.label(Action::Open);
            format!("It may be out: it is never sent again on a guess. {open} says what you saw")
        }
        DeliveryState::Publishing => "It is being sent".to_owned(),
        DeliveryState::Published => "It is out".to_owned(),
        DeliveryState::Skipped => {
            let time = app.keymap.label(Action::Schedule);
            format!("It is skipped: {time} gives it a new time")
        }
    };
    say(app, Rank::Warn, words);
    Vec::new()
}

/// Takes in that a delivery is tried at once.
pub fn trying(app: &mut App) -> Vec<Effect> {
    say(app, Rank::News, "It is tried now".into());
    reload(app)
}

/// Takes in that deliveries of a post do not go.
pub fn skipped(app: &mut App, id: PostId, count: usize) -> Vec<Effect> {
    let undo = app.keymap.label(Action::Undo);
    let text = match count {
        0 => "Nothing of it is left to skip".to_owned(),
        1 => format!("Skipped on 1 channel. {undo} lets it go again"),
        more => format!("Skipped on {more} channels. {undo} lets it go again"),
    };
    say(app, Rank::News, text);
    if app.page.is_none() {
        app.memory.select = Some(id);
    }
    reload(app)
}

/// Takes in every try at a delivery, for whichever sheet asked.
pub fn tries(app: &mut App, tries: Tries) -> Vec<Effect> {
    match &mut app.sheet {
        Some(Sheet::Tries(sheet)) => sheet.tries = Some(tries),
        Some(Sheet::Unknown(sheet)) => sheet.tries = Some(tries),
        _ => {}
    }
    Vec::new()
}

/// Takes a key while the tries of a delivery are shown.
pub fn press_tries(app: &mut App, key: Key) -> Vec<Effect> {
    if leaves(key) {
        return sheets::close(app);
    }
    let Some(Sheet::Tries(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let lines = outbox_sheets::tries(app, sheet).unwrap_or_default();
    let to = scrolled(app, key, sheet.scroll, &lines);
    if let Some(Sheet::Tries(sheet)) = &mut app.sheet {
        sheet.scroll = to;
    }
    Vec::new()
}

fn open_dry_run(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::DryRun(DryRunSheet::default()));
    load_calls(app).into_iter().collect()
}

/// Has the calls worked out again, while they are shown.
pub fn load_calls(app: &mut App) -> Option<Effect> {
    let Some(Sheet::DryRun(sheet)) = &app.sheet else {
        return None;
    };
    let until = sheet.span.until(app);
    app.memory.calls = ask(app);
    Some(Effect::LoadCalls(app.memory.calls, until))
}

/// Takes in what would leave.
pub fn calls(app: &mut App, calls: Calls) -> Vec<Effect> {
    if let Some(Sheet::DryRun(sheet)) = &mut app.sheet {
        sheet.calls = Some(calls);
    }
    Vec::new()
}

/// Takes a key while the dry run is shown.
pub fn press_dry_run(app: &mut App, key: Key) -> Vec<Effect> {
    if leaves(key) {
        return sheets::close(app);
    }
    let Some(Sheet::DryRun(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let by = match key {
        Key::Char('h') | Key::Left => -1,
        Key::Char('l') | Key::Right => 1,
        _ => 0,
    };
    let span = sheet.span.step(by);
    if span != sheet.span {
        app.sheet = Some(Sheet::DryRun(DryRunSheet {
            span,
            ..DryRunSheet::default()
        }));
        return load_calls(app).into_iter().collect();
    }
    let lines = outbox_sheets::dry_run(app, sheet).unwrap_or_default();
    let to = scrolled(app, key, sheet.scroll, &lines);
    if let Some(Sheet::DryRun(sheet)) = &mut app.sheet {
        sheet.scroll = to;
    }
    Vec::new()
}

fn leaves(key: Key) -> bool {
    matches!(key, Key::Esc | Key::Enter | Key::Char('q' | 'b'))
}

/// Returns the first shown row of a sheet of words after a key.
pub(super) fn scrolled(app: &App, key: Key, scroll: usize, lines: &[prose::Line]) -> usize {
    let height = layout::prose_height(app);
    let page = isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1);
    let by = match key {
        Key::Char('j') | Key::Down => 1,
        Key::Char('k') | Key::Up => -1,
        Key::PageDown | Key::Char(' ') => page,
        Key::PageUp => -page,
        Key::Char('G') | Key::End => isize::MAX,
        Key::Char('g') | Key::Home => isize::MIN,
        _ => 0,
    };
    let rows = prose::rows(lines, app.size.0.saturating_sub(1)).len();
    prose::scrolled(scroll, by, rows, height)
}
