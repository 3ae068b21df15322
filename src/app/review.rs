//! The review page: which post and channel is shown, and what is said about it in plain words.
//!
//! Pure. What its keys do is `update/review.rs`; `ui/pages/review.rs` draws what is said here.

use super::composing::compose_all;
use super::outbox::moment;
use super::prose::{self, Line, Tone};
use super::{Action, App, Input, difference};
use crate::domain::review::NoteKind;
use crate::domain::{ChannelName, Composed, Part, PostId, Reviewed};

/// Columns before what is said beside a label.
pub const LABEL: u16 = 13;

/// The review page, open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReviewPage {
    /// What waits; `None` until it was read.
    pub posts: Option<Vec<Reviewed>>,
    /// The shown post.
    pub selected: Option<PostId>,
    /// The shown channel, by its place.
    pub tab: usize,
    /// First shown row.
    pub scroll: usize,
    /// What is shown of the post.
    pub view: ReviewView,
    /// What each channel makes of it.
    pub composed: Vec<(ChannelName, Composed)>,
    /// What each channel made of it when it was approved last.
    pub before: Vec<(ChannelName, Composed)>,
}

/// What the page shows of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewView {
    /// One channel, with checks and notes.
    #[default]
    Channel,
    /// Every channel, one after the other.
    Whole,
    /// What changed since it was approved last.
    Difference,
}

/// Words of a reviewer, being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemarkSheet {
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// What the words are for.
    pub kind: NoteKind,
    /// What is typed.
    pub input: Input,
}

/// One row of the page: a label where one begins, and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The label; empty in rows that go on.
    pub label: &'static str,
    /// The words.
    pub line: Line,
}

impl ReviewPage {
    /// Returns what waits, as far as it was read.
    pub fn all(&self) -> &[Reviewed] {
        self.posts.as_deref().unwrap_or_default()
    }

    /// Returns the place of the shown post.
    pub fn at(&self) -> Option<usize> {
        let id = self.selected?;
        self.all().iter().position(|one| one.view.post.id == id)
    }

    /// Returns the shown post.
    pub fn post(&self) -> Option<&Reviewed> {
        self.all().get(self.at()?)
    }
}

impl App {
    /// Has the shown post of the review page composed, as it is and as it was approved last.
    pub fn compose_review(&mut self) {
        let Some(page) = self.review() else { return };
        let (composed, before) = match page.post() {
            None => (Vec::new(), Vec::new()),
            Some(one) => {
                let compose = |content| compose_all(content, &self.channels, &self.facts);
                let before = one.last_approved.as_ref().map(|it| compose(&it.content));
                (compose(&one.view.post.content), before.unwrap_or_default())
            }
        };
        if let Some(page) = self.review_mut() {
            page.tab = page.tab.min(composed.len().saturating_sub(1));
            page.composed = composed;
            page.before = before;
        }
    }
}

/// Returns the rows of the page in a window of a width.
pub fn rows(app: &App, page: &ReviewPage, width: u16) -> Vec<Row> {
    let mut all = Vec::new();
    for Row { label, line } in said(app, page) {
        for (index, line) in prose::rows(&[line], width).into_iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            all.push(Row { label, line });
        }
    }
    all
}

fn said(app: &App, page: &ReviewPage) -> Vec<Row> {
    let Some(one) = page.post() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    match page.view {
        ReviewView::Channel => {
            match page.composed.get(page.tab) {
                Some((_, composed)) => say_parts(composed, &mut all),
                None => plain(&mut all, Tone::Warn, 3, "It goes to no channel."),
            }
            blank(&mut all);
            say_checks(app, page, one, &mut all);
            say_notes(app, one, &mut all);
        }
        ReviewView::Whole => {
            for (channel, composed) in &page.composed {
                if !all.is_empty() {
                    blank(&mut all);
                }
                let head = app.mark_and_name(channel);
                plain(&mut all, Tone::Strong, 1, head);
                say_parts(composed, &mut all);
                for problem in &composed.problems {
                    plain(&mut all, Tone::Bad, 3, format!("! {}", problem.message));
                }
            }
        }
        ReviewView::Difference => say_difference(app, page, one, &mut all),
    }
    all
}

fn plain(all: &mut Vec<Row>, tone: Tone, indent: u16, text: impl Into<String>) {
    labelled(all, "", tone, indent, text);
}

fn labelled(
    all: &mut Vec<Row>,
    label: &'static str,
    tone: Tone,
    indent: u16,
    text: impl Into<String>,
) {
    all.push(Row {
        label,
        line: Line::new(tone, indent, text),
    });
}

fn blank(all: &mut Vec<Row>) {
    plain(all, Tone::Text, 0, "");
}

fn say_parts(composed: &Composed, all: &mut Vec<Row>) {
    let total = composed.parts.len();
    for (index, part) in composed.parts.iter().enumerate() {
        if total > 1 {
            if index > 0 {
                blank(all);
            }
            let name = composed.later_parts().name_of_all(index, total);
            let head = format!("{name}   {}", count(part));
            plain(all, Tone::Strong, 3, head);
        }
        say_part(part, all);
    }
}

/// Returns the length of a part against its limit.
pub fn count(part: &Part) -> String {
    let text = part.count.text;
    match text.limit {
        Some(limit) => format!("{}/{limit}", text.used),
        None => text.used.to_string(),
    }
}

fn say_part(part: &Part, all: &mut Vec<Row>) {
    let to = part.to.as_ref().map(|to| to.shown());
    for (name, value) in [
        ("warning", &part.warning),
        ("title", &part.title),
        ("to", &to),
        ("topic", &part.topic),
    ] {
        if let Some(value) = value {
            plain(all, Tone::Muted, 3, format!("{name}: {value}"));
        }
    }
    for (name, value) in &part.options {
        plain(all, Tone::Muted, 3, format!("{name}: {value}"));
    }
    plain(all, Tone::Text, 3, part.plain.as_str());
    if !part.media.is_empty() || part.card.is_some() {
        blank(all);
    }
    for (index, picture) in part.media.iter().enumerate() {
        let size = picture
            .pixels
            .map_or_else(String::new, |(width, height)| format!("  {width}x{height}"));
        let head = format!("picture {}   {}{size}", index + 1, picture.name);
        match picture.alt.trim() {
            "" => plain(all, Tone::Warn, 3, format!("{head}   ! no alt text")),
            alt => plain(all, Tone::Text, 3, format!("{head}   alt: {alt}")),
        }
    }
    if let Some(card) = &part.card {
        let title = if card.title.is_empty() {
            &card.url
        } else {
            &card.title
        };
        plain(all, Tone::Text, 3, format!("link card   {title}"));
    }
}

fn say_checks(app: &App, page: &ReviewPage, one: &Reviewed, all: &mut Vec<Row>) {
    let mut label = "checks";
    let mut say = |tone, text: String| {
        labelled(all, std::mem::take(&mut label), tone, LABEL, text);
    };
    let mut is_fine = true;
    for (channel, composed) in &page.composed {
        for problem in &composed.problems {
            is_fine = false;
            let mark = app.mark(channel);
            say(Tone::Bad, format!("! {mark}: {}", problem.message));
        }
    }
    let attachments = &one.view.post.content.attachments;
    let without = attachments.iter().filter(|it| it.lacks_alt()).count();
    if without > 0 {
        say(Tone::Warn, format!("! {without} without alt text"));
    }
    let mut good = Vec::new();
    if is_fine {
        good.push(match page.composed.len() {
            1 => "✓ it fits".to_owned(),
            2 => "✓ both fit".to_owned(),
            3 => "✓ all three fit".to_owned(),
            more => format!("✓ all {more} fit"),
        });
    }
    if without == 0 && attachments.iter().any(|it| it.is_picture()) {
        good.push("✓ alt text".to_owned());
    }
    if !good.is_empty() {
        say(Tone::Text, good.join("   "));
    }
    if let Some(before) = &one.last_approved {
        let changed: Vec<String> = page
            .composed
            .iter()
            .filter(|(channel, now)| {
                let was = page.before.iter().find(|(other, _)| other == channel);
                was.is_none_or(|(_, was)| was.hash() != now.hash())
            })
            .map(|(channel, _)| app.mark(channel))
            .collect();
        let (by, at) = (&before.author, moment(app, before.at));
        let words = if changed.is_empty() {
            format!("{by} approved it {at}: the same is sent")
        } else {
            let key = app.keymap.label_in(Action::ReviewDifference, app.here());
            let marks = changed.join(if app.look.in_words { ", " } else { " " });
            format!("{by} approved it {at}: changed on {marks}. {key} difference")
        };
        labelled(all, "since", Tone::Text, LABEL, words);
    }
    let mut label = "approved";
    for (channel, approval) in &one.approvals {
        let (by, at) = (&approval.author, moment(app, approval.at));
        let words = format!("{channel} by {by}, {at}");
        labelled(all, std::mem::take(&mut label), Tone::Text, LABEL, words);
    }
    let mut label = "open by";
    for (author, at) in &one.open_by {
        let words = format!(
            "! {author}, who typed at {}: it may change",
            moment(app, *at)
        );
        labelled(all, std::mem::take(&mut label), Tone::Warn, LABEL, words);
    }
}

fn say_notes(app: &App, one: &Reviewed, all: &mut Vec<Row>) {
    let mut label = "notes";
    for note in &one.notes {
        let (at, by) = (moment(app, note.at), &note.author);
        let words = match note.told() {
            (what, "") => format!("{at}  {by} {what}"),
            (what, text) => format!("{at}  {by} {what}: “{text}”"),
        };
        let tone = match note.kind {
            NoteKind::Changes | NoteKind::Lost => Tone::Warn,
            NoteKind::Asked | NoteKind::Comment => Tone::Text,
        };
        labelled(all, std::mem::take(&mut label), tone, LABEL, words);
    }
}

fn say_difference(app: &App, page: &ReviewPage, one: &Reviewed, all: &mut Vec<Row>) {
    let Some(before) = &one.last_approved else {
        return plain(
            all,
            Tone::Muted,
            3,
            "It was never approved: everything is new.",
        );
    };
    let (by, at) = (&before.author, moment(app, before.at));
    let head = format!("since {by} approved it {at}: [-taken away-] {{+put in+}}");
    plain(all, Tone::Muted, 3, head);
    blank(all);
    let Some((channel, now)) = page.composed.get(page.tab) else {
        return;
    };
    let was = page.before.iter().find(|(other, _)| other == channel);
    let Some((_, was)) = was else {
        return plain(
            all,
            Tone::Warn,
            3,
            format!("{channel} was not among its channels then."),
        );
    };
    let lines = difference::said(was, now);
    if lines.is_empty() {
        return plain(
            all,
            Tone::Muted,
            3,
            format!("On {channel} the same is sent."),
        );
    }
    all.extend(lines.into_iter().map(|line| Row { label: "", line }));
}
