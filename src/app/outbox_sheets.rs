//! Two pages of words over the outbox: every try at a delivery, and the dry run.
//!
//! Pure: what they say, line by line; `ui` gives the lines their looks.

use super::App;
use super::outbox::moment;
use super::prose::{Line, Tone};
use crate::domain::calendar::plus_days;
use crate::domain::{
    Attempt, Call, ChannelName, LocalTime, OutboxRow, Outcome, Part, PartKind, Saw, Tries,
};
use crate::text;
use chrono::{DateTime, NaiveTime, Utc};

/// Every try at a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct TriesSheet {
    /// The delivery.
    pub row: OutboxRow,
    /// What was tried and seen; `None` until it was read.
    pub tries: Option<Tries>,
    /// First shown row.
    pub scroll: usize,
}

/// What would leave, and what would stop it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DryRunSheet {
    /// How far it looks.
    pub span: Span,
    /// Each call, in order; `None` until it was worked out.
    pub calls: Option<Calls>,
    /// First shown row.
    pub scroll: usize,
}

/// The calls of a dry run, as many as are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    /// The first of them, in order.
    pub calls: Vec<Call>,
    /// How many leave in all.
    pub leaving: usize,
    /// How many would not.
    pub stopped: usize,
}

/// How far a dry run looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// Until the end of today.
    Today,
    /// Until the end of the seventh day from today.
    #[default]
    Week,
    /// Until the end of the thirty-first day.
    Month,
}

impl Span {
    const ALL: [Self; 3] = [Self::Today, Self::Week, Self::Month];

    /// Returns its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "7 days",
            Self::Month => "31 days",
        }
    }

    /// Returns the shorter span before it, or the longer one after it, as far as there is one.
    pub fn step(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(Self::ALL.len() - 1);
        Self::ALL[to]
    }

    /// Returns its end.
    pub fn until(self, app: &App) -> DateTime<Utc> {
        let days = match self {
            Self::Today => 1,
            Self::Week => 7,
            Self::Month => 31,
        };
        let midnight = plus_days(app.today(), days).and_time(NaiveTime::MIN);
        LocalTime::new(midnight, app.zone).instant()
    }
}

/// Names the part that an attempt was at: `part 2`, `comment`.
pub(super) fn part_name(
    app: &App,
    channel: &ChannelName,
    tries: &Tries,
    attempt: &Attempt,
) -> String {
    let parts = tries.attempts.iter().map(|one| one.part as usize + 1).max();
    let later = app
        .channel(channel)
        .map_or(PartKind::Post, |channel| text::later_parts(channel.rules()));
    let part = attempt.part as usize;
    match parts {
        Some(2..) => later.name(part, parts.unwrap_or(0)),
        _ => PartKind::Post.name(part, 1),
    }
}

/// Says every try at a delivery; `None` until it was read.
pub fn tries(app: &App, sheet: &TriesSheet) -> Option<Vec<Line>> {
    let tries = sheet.tries.as_ref()?;
    let one = &sheet.row.delivery;
    let mut lines = Vec::new();
    let state = format!("{}  {}", one.state.word(), one.reason);
    lines.push(Line::new(Tone::Strong, 1, state.trim_end()));
    if let Some(address) = &one.permalink {
        lines.push(Line::new(Tone::Text, 1, address.as_str()));
    }
    if tries.attempts.is_empty() {
        lines.push(Line::blank());
        lines.push(Line::new(Tone::Muted, 1, "Nothing of it was sent yet."));
    }
    for attempt in &tries.attempts {
        lines.push(Line::blank());
        say_attempt(app, sheet, tries, attempt, &mut lines);
    }
    Some(lines)
}

fn say_attempt(
    app: &App,
    sheet: &TriesSheet,
    tries: &Tries,
    attempt: &Attempt,
    lines: &mut Vec<Line>,
) {
    let name = part_name(app, &sheet.row.delivery.channel, tries, attempt);
    let at = attempt.started_at.with_timezone(&app.zone);
    let head = format!(
        "{name}, try {}   {}",
        attempt.number,
        at.format("%a %-d %b %H:%M:%S")
    );
    lines.push(Line::new(Tone::Strong, 1, head));
    let took = attempt.ended_at.map_or_else(String::new, |ended| {
        let millis = (ended - attempt.started_at).num_milliseconds().max(0);
        format!(" after {}.{} s", millis / 1000, millis % 1000 / 100)
    });
    let (tone, said) = match &attempt.outcome {
        None => (Tone::Warn, "no answer on record yet".to_owned()),
        Some(outcome) => {
            let tone = match outcome {
                Outcome::Published(_) => Tone::Text,
                Outcome::Unknown { .. } | Outcome::Duplicate { .. } | Outcome::Rejected { .. } => {
                    Tone::Bad
                }
                _ => Tone::Warn,
            };
            let reason = outcome.reason();
            let word = outcome.word().replace('_', " ");
            let why = if reason.is_empty() {
                String::new()
            } else {
                format!(": {reason}")
            };
            (tone, format!("{word}{took}{why}"))
        }
    };
    lines.push(Line::new(tone, 3, said));
    if let Some(Outcome::Published(there)) = &attempt.outcome
        && let Some(address) = &there.permalink
    {
        lines.push(Line::new(Tone::Text, 3, address.as_str()));
    }
    for look in tries.looks_at(attempt) {
        let at = look
            .at
            .with_timezone(&app.zone)
            .format("%a %-d %b %H:%M:%S");
        let said = match look.saw {
            Saw::Found => "it is there",
            Saw::Absent => "it is not there",
            Saw::CannotTell => look.reason.as_str(),
        };
        lines.push(Line::new(Tone::Muted, 3, format!("looked {at}: {said}")));
    }
    let bytes = attempt.request.body.len();
    lines.push(Line::new(Tone::Muted, 3, format!("sent, {bytes} bytes:")));
    lines.push(Line::new(Tone::Text, 5, attempt.request.text()));
}

/// Says each call that would be made; `None` until they were worked out.
pub fn dry_run(app: &App, sheet: &DryRunSheet) -> Option<Vec<Line>> {
    let all = sheet.calls.as_ref()?;
    let mut lines = Vec::new();
    if all.calls.is_empty() {
        let words = format!("Nothing is planned: {}.", sheet.span.words());
        lines.push(Line::new(Tone::Muted, 1, words));
    }
    for call in &all.calls {
        say_call(app, call, &mut lines);
        lines.push(Line::blank());
    }
    let rest = (all.leaving + all.stopped).saturating_sub(all.calls.len());
    if rest > 0 {
        let words = format!("and {rest} more: `masthead simulate` lists them all");
        lines.push(Line::new(Tone::Muted, 1, words));
    }
    Some(lines)
}

fn say_call(app: &App, call: &Call, lines: &mut Vec<Line>) {
    let at = call.at.with_timezone(&app.zone).format("%a %-d %b %H:%M");
    let account = call.account.as_deref().unwrap_or("no account known yet");
    let channel = app.mark_and_name(&call.channel);
    let head = format!("{at}  {channel} ({account})   {}", call.title);
    lines.push(Line::new(Tone::Strong, 1, head));
    for problem in &call.problems {
        let words = format!("would not leave: {problem}");
        lines.push(Line::new(Tone::Bad, 3, words));
    }
    let Some(composed) = &call.composed else {
        return;
    };
    let total = composed.parts.len();
    for (index, part) in composed.parts.iter().enumerate() {
        let name = composed.later_parts().name_of_all(index, total);
        say_part(part, &name, lines);
    }
    for note in &composed.notes {
        lines.push(Line::new(Tone::Warn, 3, format!("! {note}")));
    }
}

fn say_part(part: &Part, name: &str, lines: &mut Vec<Line>) {
    let used = part.count.text.used;
    let count = match part.count.text.limit {
        Some(limit) => format!("{used}/{limit}"),
        None => used.to_string(),
    };
    let head = format!("{name}   {count}");
    lines.push(Line::new(Tone::Muted, 3, head));
    if let Some(warning) = &part.warning {
        lines.push(Line::new(Tone::Text, 5, format!("warning: {warning}")));
    }
    lines.push(Line::new(Tone::Text, 5, part.text.as_str()));
    for media in &part.media {
        let words = format!("[{}] {}", media.name, media.alt);
        lines.push(Line::new(Tone::Muted, 5, words.trim_end()));
    }
}

/// Says until when a dry run looks.
pub fn until_words(app: &App, sheet: &DryRunSheet) -> String {
    format!(
        "{}, until {}",
        sheet.span.words(),
        moment(app, sheet.span.until(app))
    )
}
