//! The outbox page: its rows, which of them is selected, and what is said of a delivery in plain words.
//!
//! Pure. What its keys do is `update/outbox.rs`; `ui/pages/outbox.rs` draws what is said here.

use super::outbox_search::OutboxSearch;
use super::wrap::{WrapRow, shown_width, wrap};
use super::{Action, App, Keymap};
use crate::domain::by_hand::{ASKED, is_asked};
use crate::domain::{
    DeliveryId, DeliveryState, Glyph, Outbox, OutboxRow, Review, Section, Sending, Upload, Waits,
};
use chrono::{DateTime, Duration, Utc};

/// So many posts are read at first, and so many more whenever the selection comes near the end.
pub const PAGE: usize = 200;

/// The outbox, open.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxPage {
    /// Which deliveries are shown.
    pub section: Section,
    /// The deliveries; `None` until they were read.
    pub outbox: Option<Outbox>,
    /// The selected one.
    pub selected: Option<DeliveryId>,
    /// First shown row.
    pub scroll: usize,
    /// How many posts are asked for.
    pub limit: usize,
    /// What is searched for among them.
    pub search: OutboxSearch,
}

impl Default for OutboxPage {
    fn default() -> Self {
        Self {
            section: Section::All,
            outbox: None,
            selected: None,
            scroll: 0,
            limit: PAGE,
            search: OutboxSearch::default(),
        }
    }
}

impl OutboxPage {
    /// Returns the deliveries that were read.
    pub fn rows(&self) -> &[OutboxRow] {
        self.outbox.as_ref().map_or(&[], |outbox| &outbox.rows)
    }

    /// Returns the place of the selected delivery.
    pub fn at(&self) -> Option<usize> {
        let id = self.selected?;
        self.rows().iter().position(|row| row.delivery.id == id)
    }

    /// Returns the selected delivery.
    pub fn row(&self) -> Option<&OutboxRow> {
        self.rows().get(self.at()?)
    }
}

/// Where the columns of the list begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Mark and name of the channel.
    pub channel: u16,
    /// The state.
    pub state: u16,
    /// The title; the sign of its kind stands left of it.
    pub title: u16,
    /// The reason, in the lines below.
    pub reason: u16,
}

/// Returns where the columns begin in a window of a width.
pub fn columns(width: u16) -> Columns {
    if width >= 120 {
        Columns {
            channel: 19,
            state: 43,
            title: 58,
            reason: 21,
        }
    } else {
        Columns {
            channel: 11,
            state: 25,
            title: 39,
            reason: 13,
        }
    }
}

/// What is said under a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Why it stands where it does, and what comes next.
    pub text: String,
    /// Where it can be read.
    pub address: Option<String>,
    /// The keys that help, each with a word.
    pub keys: Vec<(Action, &'static str)>,
    /// How far its upload has come, drawn above the text.
    pub upload: Option<Upload>,
}

impl Told {
    fn new(text: impl Into<String>, keys: &[(Action, &'static str)]) -> Self {
        Self {
            text: text.into(),
            address: None,
            keys: keys.to_vec(),
            upload: None,
        }
    }

    /// Returns the rows of the text in a window of a width.
    pub fn wrapped(&self, width: u16) -> Vec<WrapRow> {
        wrap(&self.text, usize::from(room(width)))
    }

    /// Returns how many lines a delivery takes: the fact, why it is one, and where these leave no room the keys that help.
    pub fn height(&self, keymap: &Keymap, width: u16) -> usize {
        let bar = usize::from(self.upload.is_some());
        let rows = self.wrapped(width);
        let last = rows
            .last()
            .map_or(0, |row| shown_width(&self.text[row.start..row.end]));
        let key = self.keys.first().map_or(0, |(action, word)| {
            GAP + shown_width(&keymap.label(*action)) + 1 + shown_width(word)
        });
        let below = usize::from(last + key > usize::from(room(width)));
        1 + bar + rows.len().max(1) + below
    }
}

/// Columns between a reason and the keys that help.
pub const GAP: usize = 2;

/// Columns of a reason in a window of a width.
fn room(width: u16) -> u16 {
    width.saturating_sub(columns(width).reason + 1)
}

/// Returns how many lines a delivery takes.
pub fn height(app: &App, row: &OutboxRow) -> usize {
    told(app, row).height(&app.keymap, app.size.0)
}

/// Whether a delivery waits for another try, not for its time.
pub fn waits_for_a_try(app: &App, row: &OutboxRow) -> bool {
    let one = &row.delivery;
    let is_due = one.due_at.is_some_and(|at| at <= app.now);
    one.state == DeliveryState::Waiting && is_due && one.next_try.is_some() && !row.held
}

/// Says in plain words why a delivery stands where it does, and which keys help.
pub fn told(app: &App, row: &OutboxRow) -> Told {
    const NEW_TIME: (Action, &str) = (Action::Schedule, "new time");
    const SKIP: (Action, &str) = (Action::Skip, "skip it");
    const TRY: (Action, &str) = (Action::OutboxTryNow, "try now");
    const DELETE: (Action, &str) = (Action::OutboxDelete, "delete there");
    let one = &row.delivery;
    let reason = one.reason.as_str();
    let or = |other: &str| {
        if reason.is_empty() {
            other.to_owned()
        } else {
            reason.to_owned()
        }
    };
    if one.platform.is_by_hand()
        && let Some(told) = by_hand(app, row)
    {
        return told;
    }
    match one.state {
        DeliveryState::Unknown => Told::new(
            or("nobody knows whether it arrived"),
            &[(Action::Open, "answer")],
        ),
        DeliveryState::Failed if row.last_outcome.as_deref() == Some("unauthorized") => {
            Told::new(or("login refused"), &[(Action::OutboxLogin, "log in"), TRY])
        }
        // It is there, and of no use as it is: a second one would not help.
        DeliveryState::Failed if row.last_outcome.as_deref() == Some("published") => Told {
            address: one.permalink.clone(),
            ..Told::new(or("it is there"), &[DELETE, SKIP])
        },
        DeliveryState::Failed => Told::new(or("it was refused"), &[TRY, SKIP]),
        DeliveryState::Missed => Told::new(or("its time passed"), &[NEW_TIME, SKIP]),
        DeliveryState::Skipped => {
            Told::new(skipped(app, &or("skipped"), one.changed_at), &[NEW_TIME])
        }
        DeliveryState::Publishing => match row.sending {
            Sending::NotBegun if row.upload.is_some() => uploading(row),
            Sending::Begun => Told::new(
                format!("try {}; too late to call back", one.attempts.max(1)),
                &[],
            ),
            Sending::NotBegun => Told::new("about to leave", &[(Action::Skip, "call back")]),
        },
        DeliveryState::Published => published(app, row),
        DeliveryState::Waiting if matches!(row.glyph(), Glyph::InReview) => Told::new(
            row.glyph().held_because(),
            &[(Action::Review, "review"), NEW_TIME],
        ),
        DeliveryState::Waiting if matches!(row.glyph(), Glyph::ChangesRequested) => Told::new(
            row.glyph().held_because(),
            &[(Action::Edit, "edit"), (Action::AskReview, "ask again")],
        ),
        DeliveryState::Waiting if row.held => Told::new(
            "a draft: held until it is scheduled",
            &[(Action::Schedule, "let it leave")],
        ),
        DeliveryState::Waiting if waits_for_a_try(app, row) => {
            let at = one.next_try.unwrap_or(app.now);
            let when = format!("try {} at {}", one.attempts + 1, moment(app, at));
            let text = if reason.is_empty() {
                when
            } else {
                format!("{reason}; {when}")
            };
            Told::new(text, &[TRY, SKIP])
        }
        DeliveryState::Waiting => waiting(app, row, &[NEW_TIME, SKIP]),
    }
}

/// Says where a task stands that a person does; `None` where that is as on any channel.
fn by_hand(app: &App, row: &OutboxRow) -> Option<Told> {
    const DO_IT: (Action, &str) = (Action::Open, "do it");
    const SKIP: (Action, &str) = (Action::Skip, "skip it");
    let one = &row.delivery;
    match one.state {
        DeliveryState::Waiting if is_asked(one) => {
            let since = one.due_at.map_or_else(String::new, |at| moment(app, at));
            let until = one.next_try.map_or_else(String::new, |at| moment(app, at));
            let words = format!("{}; since {since}, missed at {until}", one.reason);
            Some(Told::new(words, &[DO_IT, SKIP]))
        }
        // Why it is held is said as everywhere; that somebody posts it is said beside.
        DeliveryState::Waiting if row.held => {
            let why = match row.glyph().held_because() {
                "" => "not yet approved",
                why => why,
            };
            let keys: &[_] = match row.glyph() {
                Glyph::InReview => &[(Action::Review, "review")],
                _ => &[(Action::Schedule, "let it leave")],
            };
            Some(Told::new(format!("{ASKED}; {why}"), keys))
        }
        DeliveryState::Waiting if one.waits == Waits::ItsTurn => {
            let at = one.next_try.unwrap_or(app.now);
            let words = format!("{}; asked again {}", one.reason, moment(app, at));
            Some(Told::new(words, &[DO_IT, SKIP]))
        }
        DeliveryState::Waiting if one.reason.is_empty() => {
            let when = waiting(app, row, &[]).text;
            Some(Told::new(format!("{ASKED}; {when}"), &[DO_IT, SKIP]))
        }
        DeliveryState::Missed => {
            let keys = [DO_IT, (Action::Schedule, "new time"), SKIP];
            Some(Told::new(one.reason.as_str(), &keys))
        }
        _ => None,
    }
}

/// Says how an upload stands; its figures are drawn as a bar.
fn uploading(row: &OutboxRow) -> Told {
    let went_on = row.upload.as_ref().is_some_and(|it| it.kept > 0);
    let words = if went_on {
        "nothing of it is out yet; it went on where it had stopped"
    } else {
        "nothing of it is out yet"
    };
    Told {
        upload: row.upload.clone(),
        ..Told::new(words, &[(Action::Skip, "call back")])
    }
}

/// Says since when something is skipped, and that a person themselves did it: `skipped on Fri 16:10 by you`.
fn skipped(app: &App, reason: &str, at: DateTime<Utc>) -> String {
    const BY: &str = "skipped by ";
    let local = at.with_timezone(&app.zone);
    let days = (app.today() - local.date_naive()).num_days();
    let when = match days {
        1..=6 => local.format("on %a %H:%M").to_string(),
        0 => moment(app, at),
        _ => format!("on {}", moment(app, at)),
    };
    match reason.strip_prefix(BY) {
        Some(who) if who == app.author.as_str() => format!("skipped {when} by you"),
        Some(who) => format!("skipped {when} by {who}"),
        None => format!("{reason}, {when}"),
    }
}

fn published(app: &App, row: &OutboxRow) -> Told {
    let one = &row.delivery;
    let at = one.changed_at.with_timezone(&app.zone);
    let time = at.format("%H:%M:%S").to_string();
    let text = if one.reason.is_empty() {
        time
    } else {
        format!("{time}  {}", one.reason)
    };
    let keys: &[_] = match one.permalink {
        Some(_) => &[(Action::OutboxCopy, "copy")],
        None => &[],
    };
    Told {
        address: one.permalink.clone(),
        ..Told::new(text, keys)
    }
}

fn waiting(app: &App, row: &OutboxRow, keys: &[(Action, &'static str)]) -> Told {
    let one = &row.delivery;
    let when = match one.due_at {
        None => "no time yet".to_owned(),
        Some(at) if at <= app.now && app.frozen.is_some() => "due, but frozen".to_owned(),
        Some(at) if at <= app.now => "due: it leaves now".to_owned(),
        Some(at) => soon(app, at),
    };
    let approved = match row.review {
        Review::Approved => "approved, ",
        _ => "",
    };
    let why = if one.reason.is_empty() {
        String::new()
    } else {
        format!("{}; ", one.reason)
    };
    Told::new(format!("{why}{approved}{when}"), keys)
}

/// Returns how long until an instant while that is near, else its day and clock: `in 48 min`, `at 08:27`.
fn soon(app: &App, at: DateTime<Utc>) -> String {
    let left = at - app.now;
    if left <= Duration::zero() {
        return "at once".to_owned();
    }
    let minutes = (left.num_seconds() + 59) / 60;
    match minutes {
        1..60 => format!("in {minutes} min"),
        60..1440 => format!("in {} h {} min", minutes / 60, minutes % 60),
        _ => format!("on {}", moment(app, at)),
    }
}

/// Returns an instant as day and clock in the shown zone; only the clock today.
pub fn moment(app: &App, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&app.zone);
    let days = (local.date_naive() - app.today()).num_days();
    let form = match days {
        0 => "%H:%M",
        -182..=182 => "%a %-d %b %H:%M",
        _ => "%a %-d %b %Y %H:%M",
    };
    local.format(form).to_string()
}
