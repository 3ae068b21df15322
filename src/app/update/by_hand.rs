//! Keys while a task is done by hand: copying, where to open, the address of what was posted, later, not at all.
//!
//! Nothing is marked as posted by one key without an address. What is said is recorded by the runtime.

use super::{ask, outbox, reload, say, sheets};
use crate::app::by_hand::{self, ByHandSheet, ByHandStep, Said};
use crate::app::clipboard;
use crate::app::msg::Rank;
use crate::app::outbox::moment as outbox_moment;
use crate::app::prose;
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Input, Key};
use crate::domain::by_hand::{Handling, NotAnAddress, Permalink, Posted, is_open};
use crate::domain::{Delivery, DeliveryId, DeliveryState, Piece, PostId, Task};

/// What the sheet's address is kept as.
const TYPED: &str = "by-hand";

/// Which of a post's deliveries a task may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One that somebody is asked for.
    Asked,
    /// Any that is served by hand.
    Any,
}

/// Opens the task of a delivery.
pub fn open(app: &mut App, delivery: &Delivery, title: String) -> Vec<Effect> {
    // An address that was typed for another task is none of this one.
    let kept = app.memory.typed.remove(TYPED).unwrap_or_default();
    let own = kept.strip_prefix(&kept_for(delivery.id));
    let address = Input::new(own.unwrap_or_default());
    let sheet = ByHandSheet::new(delivery, title, address);
    app.sheet = Some(Sheet::ByHand(Box::new(sheet)));
    refresh(app).into_iter().collect()
}

fn kept_for(id: DeliveryId) -> String {
    format!("{id} ")
}

/// Opens the task of a post, as it was read; `None` where it has none.
pub fn open_for(app: &mut App, id: PostId, wanted: Wanted) -> Option<Vec<Effect>> {
    let detail = app.detail.as_ref().filter(|it| it.view.post.id == id)?;
    let mine = detail.view.deliveries.iter();
    let mut mine: Vec<&Delivery> = mine.filter(|it| it.platform.is_by_hand()).collect();
    mine.sort_by_key(|it| (!is_open(it), it.state != DeliveryState::Waiting));
    let first = mine.first()?;
    // What cannot be posted as it is wants an editor first.
    let asks = is_open(first) && first.state != DeliveryState::Failed;
    if wanted == Wanted::Asked && !asks {
        return None;
    }
    let delivery = (*first).clone();
    let title = super::posts::short(&detail.view.post);
    Some(open(app, &delivery, title))
}

/// Opens whatever of a post is served by hand, or says that nothing is.
pub fn open_any(app: &mut App, id: PostId) -> Vec<Effect> {
    open_for(app, id, Wanted::Any).unwrap_or_else(|| {
        let words = "It goes to no channel that is served by hand";
        say(app, Rank::News, words.into());
        Vec::new()
    })
}

/// Has the open task read again.
pub fn refresh(app: &mut App) -> Option<Effect> {
    let Some(Sheet::ByHand(sheet)) = &app.sheet else {
        return None;
    };
    let id = sheet.delivery;
    app.memory.task = ask(app);
    Some(Effect::LoadTask(app.memory.task, id))
}

/// Takes in the task. The selection stays on its line, as far as that is there.
pub fn taken(app: &mut App, task: Task) -> Vec<Effect> {
    if let Some(Sheet::ByHand(sheet)) = &mut app.sheet {
        let was_at_address = sheet.is_at_address();
        let is_first = sheet.task.is_none();
        sheet.task = Some(task);
        let pieces = sheet.pieces();
        if is_first {
            // The text is what is pasted first, and the page is opened beside.
            let first = pieces.iter().position(|it| it.handling == Handling::Paste);
            sheet.selected = first.unwrap_or(0);
        } else if was_at_address {
            sheet.selected = pieces.len();
        }
        sheet.selected = sheet.selected.min(pieces.len());
    }
    Vec::new()
}

/// Takes a key while a task is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::ByHand(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if key == Key::Esc {
        return back(app);
    }
    let Some(task) = &sheet.task else {
        return Vec::new();
    };
    if sheet.step == ByHandStep::Recording {
        return Vec::new();
    }
    let is_posted = task.delivery.state == DeliveryState::Published;
    if sheet.step == ByHandStep::TakeBack && key != Key::Enter {
        sheet.step = ByHandStep::Working;
        return Vec::new();
    }
    let typing = !is_posted && sheet.is_at_address() && !sheet.address.text().is_empty();
    match key {
        Key::Down => step(app, 1),
        Key::Up => step(app, -1),
        Key::PageDown => scroll(app, 1),
        Key::PageUp => scroll(app, -1),
        Key::Enter => enter(app, is_posted),
        // An address begins with none of these.
        Key::Char(c @ ('j' | 'k' | 'y' | 'o' | 'v' | 'm' | 'w' | 'X' | 't')) if !typing => {
            command(app, c, is_posted)
        }
        key if sheet.is_at_address() && !is_posted => {
            sheet.step = ByHandStep::Working;
            sheet.address.press(key);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn command(app: &mut App, key: char, is_posted: bool) -> Vec<Effect> {
    let Some(Sheet::ByHand(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let (post, channel) = (sheet.post, sheet.channel.clone());
    match key {
        'j' => step(app, 1),
        'k' => step(app, -1),
        'y' => match sheet.piece().or_else(|| first_text(sheet)) {
            Some(piece) => copy(app, &piece),
            None => Vec::new(),
        },
        'o' => {
            let page = sheet.task.as_ref().and_then(|task| task.page.clone());
            match page {
                Some(page) => outbox::copy(app, page),
                None => {
                    let words = format!(
                        "No page is named for {channel}: url = \"https://…\" in its section of the configuration"
                    );
                    say(app, Rank::Warn, words);
                    Vec::new()
                }
            }
        }
        'v' => match sheet.piece().or_else(|| first_text(sheet)) {
            Some(piece) => vec![Effect::ShowBare(piece.text)],
            None => Vec::new(),
        },
        'm' if !is_posted => {
            sheet.selected = sheet.pieces().len();
            Vec::new()
        }
        'w' if !is_posted => {
            let effect = Effect::PutOff(ask(app), post, channel);
            recording(app, effect)
        }
        'X' if !is_posted => {
            app.sheet = None;
            vec![Effect::Skip(ask(app), post, vec![channel])]
        }
        't' if is_posted => {
            sheet.step = ByHandStep::TakeBack;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn first_text(sheet: &ByHandSheet) -> Option<Piece> {
    let mut pieces = sheet.pieces().into_iter();
    pieces.find(|it| it.handling == Handling::Paste)
}

/// Hands a piece to the terminal's clipboard, whole or not at all, and says what to do where the terminal does not take it.
fn copy(app: &mut App, piece: &Piece) -> Vec<Effect> {
    if piece.handling == Handling::Know {
        return Vec::new();
    }
    if !clipboard::fits(&piece.text) {
        let words = format!(
            "The {} has {} bytes, and a terminal's clipboard takes {}: v shows it, to be selected",
            piece.name,
            piece.text.len(),
            clipboard::LIMIT
        );
        say(app, Rank::Warn, words);
        return Vec::new();
    }
    let words = format!(
        "Copied the {}. If your terminal did not take it: v shows it, to be selected",
        piece.name
    );
    say(app, Rank::News, words);
    if let Some(Sheet::ByHand(sheet)) = &mut app.sheet
        && !sheet.copied.contains(&piece.text)
    {
        sheet.copied.push(piece.text.clone());
    }
    vec![Effect::CopyText(piece.text.clone())]
}

fn step(app: &mut App, by: isize) -> Vec<Effect> {
    if let Some(Sheet::ByHand(sheet)) = &mut app.sheet {
        let last = sheet.pieces().len();
        sheet.selected = sheet.selected.saturating_add_signed(by).min(last);
        sheet.scroll = 0;
        sheet.step = ByHandStep::Working;
    }
    Vec::new()
}

fn scroll(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(Sheet::ByHand(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let Some(task) = &sheet.task else {
        return Vec::new();
    };
    let (_, height) = by_hand::division(by_hand::room(app, task), sheet.pieces().len());
    let width = app.size.0.saturating_sub(1);
    let rows = prose::rows(&by_hand::shown_text(sheet), width).len();
    let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
    let to = prose::scrolled(sheet.scroll, by * page, rows, height);
    if let Some(Sheet::ByHand(sheet)) = &mut app.sheet {
        sheet.scroll = to;
    }
    Vec::new()
}

/// Copies what is selected and goes on; on the address marks it as posted, once there is nothing left to say against it.
fn enter(app: &mut App, is_posted: bool) -> Vec<Effect> {
    let Some(Sheet::ByHand(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if sheet.step == ByHandStep::TakeBack {
        let (post, channel) = (sheet.post, sheet.channel.clone());
        let effect = Effect::NotPostedByHand(ask(app), post, channel);
        return recording(app, effect);
    }
    if let Some(piece) = sheet.piece() {
        let effects = copy(app, &piece);
        if !effects.is_empty() {
            step(app, 1);
        }
        return effects;
    }
    let Some(task) = sheet.task.as_ref().filter(|_| !is_posted) else {
        return Vec::new();
    };
    let once_more = matches!(sheet.step, ByHandStep::OnceMore(_));
    let address = match Permalink::read(sheet.address.text()) {
        Ok(address) => match address.remark(task.page.as_deref(), task.like) {
            Some(remark) if !once_more => {
                sheet.step = ByHandStep::OnceMore(format!("{remark}: Enter once more marks it"));
                return Vec::new();
            }
            _ => Some(address.as_str().to_owned()),
        },
        Err(NotAnAddress::Empty) if once_more => None,
        Err(NotAnAddress::Empty) => {
            let words = "no address: Enter once more marks it without one";
            sheet.step = ByHandStep::OnceMore(words.to_owned());
            return Vec::new();
        }
        Err(error) => {
            sheet.step = ByHandStep::NoAddress(error.to_string());
            return Vec::new();
        }
    };
    let posted = Posted {
        permalink: address,
        texts: task.texts(),
    };
    let (post, channel) = (sheet.post, sheet.channel.clone());
    let effect = Effect::PostedByHand(ask(app), post, channel, posted);
    recording(app, effect)
}

/// The sheet stays until what was said is recorded, so that a refused one can be put right.
fn recording(app: &mut App, effect: Effect) -> Vec<Effect> {
    if let Some(Sheet::ByHand(sheet)) = &mut app.sheet {
        sheet.step = ByHandStep::Recording;
    }
    vec![effect]
}

/// Pastes an address, wherever the selection is.
pub fn paste(sheet: &mut ByHandSheet, text: &str) {
    if sheet.task.is_none() || sheet.is_posted() || sheet.step == ByHandStep::Recording {
        return;
    }
    sheet.selected = sheet.pieces().len();
    sheet.step = ByHandStep::Working;
    sheet.address.paste(text.trim());
}

/// Esc goes one step back; else it leaves, and what was typed comes back next time.
fn back(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::ByHand(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if !matches!(sheet.step, ByHandStep::Working | ByHandStep::Recording) {
        sheet.step = ByHandStep::Working;
        return Vec::new();
    }
    let typed = sheet.address.text().to_owned();
    if !sheet.is_posted() && !typed.is_empty() {
        let kept = kept_for(sheet.delivery) + &typed;
        app.memory.typed.insert(TYPED, kept);
    }
    sheets::close(app)
}

/// Takes in that what was said was refused: the task is read again, since somebody may have been faster.
pub fn refused(app: &mut App) -> Vec<Effect> {
    match &mut app.sheet {
        Some(Sheet::ByHand(sheet)) if sheet.step == ByHandStep::Recording => {
            sheet.step = ByHandStep::Working;
            refresh(app).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Takes in that what was said is recorded.
pub fn recorded(app: &mut App, post: PostId, said: &Said) -> Vec<Effect> {
    if matches!(app.sheet, Some(Sheet::ByHand(_))) {
        app.sheet = None;
    }
    app.memory.typed.remove(TYPED);
    let undo = app.keymap.label(Action::Undo);
    let words = match said {
        Said::Posted(channel, None) => format!("Published on {channel}. {undo} takes that back"),
        Said::Posted(channel, Some(address)) => {
            format!("Published on {channel}: {address}  {undo} takes that back")
        }
        Said::PutOff(channel, until) => {
            format!(
                "{channel} is asked for again {}",
                outbox_moment(app, *until)
            )
        }
        Said::TakenBack(channel) => format!("It is not on {channel}: it is a task again"),
    };
    say(app, Rank::News, words);
    if app.page.is_none() {
        app.memory.select = Some(post);
    }
    reload(app)
}
