//! The sheet "Did this go out?": what is known of a lost answer, and the four things a person can say about it.
//!
//! Pure. It never offers a default that sends. Keys are `update/unknown.rs`; `ui/sheets/unknown.rs` draws it.

use super::outbox_sheets::part_name;
use super::{App, Input};
use crate::domain::{Attempt, ChannelName, DeliveryId, LocalTime, Look, PostId, Saw, Tries};
use chrono::{DateTime, Utc};

/// What a person is asked about a delivery of unknown outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownSheet {
    /// The post.
    pub post: PostId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its channel.
    pub channel: ChannelName,
    /// What names the post.
    pub title: String,
    /// When it is looked up next, by the plan's clock; `None` when nobody looks any more.
    pub next_look: Option<DateTime<Utc>>,
    /// What was tried and seen; `None` until it was read.
    pub tries: Option<Tries>,
    /// The selected choice.
    pub choice: UnknownChoice,
    /// The address that was typed or pasted.
    pub address: Input,
    /// How far the answer has come.
    pub step: UnknownStep,
}

/// What a person can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownChoice {
    /// It is there, at an address.
    #[default]
    There,
    /// It is not there: send it.
    SendAgain,
    /// It is not there, and it shall not go.
    Skip,
    /// Look once more.
    LookAgain,
}

impl UnknownChoice {
    /// Every choice, in order, with what it says.
    pub const ALL: [(Self, &str); 4] = [
        (Self::There, "It is there: paste its address"),
        (Self::SendAgain, "It is not there: send it again now"),
        (Self::Skip, "It is not there: leave it, mark as skipped"),
        (Self::LookAgain, "Look again now"),
    ];
}

/// How far an answer has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UnknownStep {
    /// Choosing.
    #[default]
    Choosing,
    /// It is there, but no address was given: Enter once more takes the person's word.
    WithoutAddress,
    /// It shall be sent again: leaves when this is `now`.
    SendAgain(Input),
    /// What was answered is being checked.
    Checking,
}

/// What the sheet says above its choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownWords {
    /// When it was sent and what happened instead of an answer.
    pub sent: String,
    /// When it was looked up and what that said.
    pub looked: String,
    /// What follows.
    pub so: String,
    /// The text that was sent.
    pub quote: String,
    /// Where to look.
    pub look_at: String,
}

impl UnknownSheet {
    /// Returns what is to be copied: where to look.
    pub fn page(&self) -> Option<&str> {
        self.tries.as_ref()?.page.as_deref()
    }
}

/// Says what is known; `None` until it was read.
pub fn words(app: &App, sheet: &UnknownSheet) -> Option<UnknownWords> {
    let tries = sheet.tries.as_ref()?;
    let lost = tries.lost();
    Some(UnknownWords {
        sent: lost.map_or_else(
            || "Nothing is on record of what was sent.".to_owned(),
            |attempt| sent(app, sheet, tries, attempt),
        ),
        looked: lost.map_or_else(String::new, |attempt| looked(app, tries, attempt)),
        so: match sheet.next_look {
            Some(at) => format!(
                "it was not sent again; the next look is {}",
                super::outbox::moment(app, at.max(app.now))
            ),
            None => "it was not sent again, and it will not be by itself".to_owned(),
        },
        quote: lost.map_or_else(String::new, |attempt| attempt.request.text()),
        look_at: tries.page.clone().unwrap_or_else(|| {
            format!(
                "the account of {}: its page is not known here",
                sheet.channel
            )
        }),
    })
}

/// Returns the clock time, with its seconds unless it is a whole minute.
fn seconds(app: &App, at: DateTime<Utc>) -> String {
    let clock = at.with_timezone(&app.zone).format("%H:%M:%S").to_string();
    clock
        .strip_suffix(":00")
        .map(str::to_owned)
        .unwrap_or(clock)
}

fn sent(app: &App, sheet: &UnknownSheet, tries: &Tries, attempt: &Attempt) -> String {
    let local = LocalTime::from_instant(attempt.started_at, app.zone).local;
    let day = if local.date() == app.today() {
        "today".to_owned()
    } else {
        local.format("%a %-d %b").to_string()
    };
    let why = match &attempt.outcome {
        Some(open) if open.is_open() && !open.reason().is_empty() => open.reason(),
        _ => "the program ended while it was being sent",
    };
    let time = local.format("%H:%M:%S");
    let part = match attempt.part {
        0 => String::new(),
        _ => format!(" as {}", part_name(app, &sheet.channel, tries, attempt)),
    };
    let mut why = why.trim_end_matches('.').chars();
    let first: String = why
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let why = why.as_str();
    format!("Sent {day} {time}{part}. {first}{why}, so nobody here knows.")
}

/// The last looks, and what the last of them said.
fn looked(app: &App, tries: &Tries, attempt: &Attempt) -> String {
    let looks: Vec<&Look> = tries.looks_at(attempt).collect();
    let Some(last) = looks.last() else {
        let until = seconds(app, attempt.deadline);
        return format!("not yet: its answer may still come until {until}");
    };
    let earlier = looks.len().saturating_sub(3);
    let times: Vec<String> = looks[earlier..]
        .iter()
        .map(|look| seconds(app, look.at))
        .collect();
    let more = if earlier > 0 {
        format!("{earlier} times, then ")
    } else {
        String::new()
    };
    let said = match last.saw {
        Saw::Found => "it is there",
        Saw::Absent => "it is not there",
        Saw::CannotTell => last.reason.as_str(),
    };
    format!("{more}{}: {said}", times.join(" and "))
}
