//! The sheet of a task: the checklist of what a person copies, attaches and opens, and the address that they bring back.
//!
//! Pure. Keys are `update/by_hand.rs`; `ui/sheets/by_hand.rs` draws what is said here.

use super::outbox::moment;
use super::prose::{Line, Tone, rows};
use super::{App, Input};
use crate::domain::by_hand::is_asked;
use crate::domain::{ChannelName, Delivery, DeliveryId, DeliveryState, Piece, PostId, Task};
use chrono::{DateTime, Utc};

/// A task, open.
#[derive(Clone, Debug, PartialEq)]
pub struct ByHandSheet {
    /// The post.
    pub post: PostId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its channel.
    pub channel: ChannelName,
    /// What names the post.
    pub title: String,
    /// The task; `None` until it was read.
    pub task: Option<Task>,
    /// The selected line; the one after the last piece is the address.
    pub selected: usize,
    /// The texts that were copied here.
    pub copied: Vec<String>,
    /// First shown row of the selected text.
    pub scroll: usize,
    /// The address that was typed or pasted.
    pub address: Input,
    /// How far marking it has come.
    pub step: ByHandStep,
}

/// What was recorded of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was posted on a channel, at an address where that is known.
    Posted(ChannelName, Option<String>),
    /// It is asked for again then.
    PutOff(ChannelName, DateTime<Utc>),
    /// It was not posted there after all.
    TakenBack(ChannelName),
}

/// How far marking a task as done has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ByHandStep {
    /// Working through the list.
    #[default]
    Working,
    /// The address is none, for this reason.
    NoAddress(String),
    /// Enter once more marks it: there is no address, or something is to be said about it.
    OnceMore(String),
    /// Enter once more takes back that it was posted.
    TakeBack,
    /// What was said is being recorded.
    Recording,
}

impl ByHandSheet {
    /// Opens the task of a delivery; it is still to be read.
    pub fn new(delivery: &Delivery, title: String, address: Input) -> Self {
        Self {
            post: delivery.post,
            delivery: delivery.id,
            channel: delivery.channel.clone(),
            title,
            task: None,
            selected: 0,
            copied: Vec::new(),
            scroll: 0,
            address,
            step: ByHandStep::default(),
        }
    }

    /// Returns the checklist; empty until it was read.
    pub fn pieces(&self) -> Vec<Piece> {
        self.task.as_ref().map_or_else(Vec::new, Task::pieces)
    }

    /// Returns the selected piece; `None` on the address.
    pub fn piece(&self) -> Option<Piece> {
        self.pieces().into_iter().nth(self.selected)
    }

    /// Whether the line of the address is selected.
    pub fn is_at_address(&self) -> bool {
        self.task.is_some() && self.selected >= self.pieces().len()
    }

    /// Whether somebody has marked it as posted.
    pub fn is_posted(&self) -> bool {
        let state = self.task.as_ref().map(|task| task.delivery.state);
        state == Some(DeliveryState::Published)
    }
}

/// Says where a task stands, and why it must not be posted now.
pub fn standing(app: &App, task: &Task) -> Vec<Line> {
    let one = &task.delivery;
    let due = one.due_at.map_or_else(
        || "no time yet".to_owned(),
        |at| format!("due {}", moment(app, at)),
    );
    let line = match one.state {
        DeliveryState::Published => {
            let when = moment(app, one.changed_at);
            let address = one.permalink.as_deref().unwrap_or("no address is known");
            Line::new(
                Tone::Strong,
                1,
                format!("{}, {when}: {address}", one.reason),
            )
        }
        _ if is_asked(one) => Line::new(Tone::Strong, 1, format!("It is time: {due}")),
        DeliveryState::Missed | DeliveryState::Failed => {
            let words = format!("{}: {}; {due}", one.state.word(), one.reason);
            Line::new(Tone::Warn, 1, words)
        }
        DeliveryState::Skipped => Line::new(Tone::Muted, 1, one.reason.clone()),
        _ => match one.next_try.filter(|next| *next > app.now) {
            Some(next) if !one.reason.is_empty() => {
                let words = format!("{}; asked again {}", one.reason, moment(app, next));
                Line::new(Tone::Text, 1, words)
            }
            _ => Line::new(Tone::Text, 1, format!("{due}; it is asked for then")),
        },
    };
    let held = task.held.iter();
    let mut lines = vec![line];
    lines.extend(held.map(|why| Line::new(Tone::Bad, 1, format!("! not to be posted now: {why}"))));
    lines
}

/// Returns how many rows of the checklist are shown, and how many of the selected text below it, in `height` rows.
pub fn division(height: usize, pieces: usize) -> (usize, usize) {
    // One row is left empty between them.
    let list = (pieces + 1).min((height / 2).max(1));
    (list, height.saturating_sub(list + 1))
}

/// Returns how many rows are left for the checklist and the text, under what is said about the task.
pub fn room(app: &App, task: &Task) -> usize {
    let said = rows(&standing(app, task), app.size.0.saturating_sub(1)).len();
    super::layout::prose_height(app).saturating_sub(said)
}

/// Returns the selected text, line by line, as it is shown.
pub fn shown_text(sheet: &ByHandSheet) -> Vec<Line> {
    match sheet.piece() {
        Some(piece) => vec![Line::new(Tone::Text, 1, piece.text)],
        None => Vec::new(),
    }
}
