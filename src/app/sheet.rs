//! Sheets: questions that rise from the bottom edge, one at a time.
//!
//! Data only. Esc closes a sheet, and what was typed comes back when it is opened again. Keys are `update/sheets.rs`.

use super::by_hand::ByHandSheet;
use super::connections::ConnectionsSheet;
use super::finding::FilterSheet;
pub use super::help::HelpSheet;
use super::input::Input;
use super::outbox_sheets::{DryRunSheet, TriesSheet};
pub use super::palette::PaletteSheet;
use super::people::PeopleSheet;
use super::pipe::PipeSheet;
use super::review::RemarkSheet;
use super::stale::StaleSheet;
use super::trim::TrimSheet;
use super::unknown::UnknownSheet;
use super::{App, Key};
use crate::domain::freeze::Choices;
use crate::domain::when::{self, When, WhenError};
use crate::domain::{
    ChannelName, Composed, CorrectionKind, EditorDraft, HeldPost, History, LocalTime, Post, PostId,
};

/// A question or a page that lies over the bottom of the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Sheet {
    /// The continuations of a prefix key.
    Prefix(Key),
    /// Go to a date.
    GoTo(Input),
    /// Schedule a post.
    Schedule(ScheduleSheet),
    /// Schedule all marked posts.
    ScheduleMarked(Input),
    /// What was done and what was said.
    History(HistorySheet),
    /// Publish a post now.
    PublishNow(PublishSheet),
    /// Let nothing leave; the reason is typed.
    Freeze(Input),
    /// Let things leave again.
    Thaw(ThawSheet),
    /// Every key of a place.
    Help(HelpSheet),
    /// Search for words.
    Search(Input),
    /// Choose what is shown.
    Filter(FilterSheet),
    /// Every command, by name.
    Palette(PaletteSheet),
    /// Attach a picture by its path.
    Attach(Input),
    /// The composed preview of the post, channel by channel (where no pane has room for it).
    Preview(PreviewSheet),
    /// A text that is too long for a channel, word by word.
    Trim(Box<TrimSheet>),
    /// Text from an earlier session that was never saved.
    Recover(Box<EditorDraft>),
    /// Somebody saved the post while it was edited here; both texts are kept.
    Conflict(Box<ConflictSheet>),
    /// What became of a delivery whose answer was lost.
    Unknown(Box<UnknownSheet>),
    /// Delete or edit a delivery on its platform.
    Correct(Box<CorrectSheet>),
    /// Every try at a delivery.
    Tries(Box<TriesSheet>),
    /// What would leave, and what would stop it.
    DryRun(DryRunSheet),
    /// How the channels are connected.
    Connections(ConnectionsSheet),
    /// A reviewer's words.
    Remark(RemarkSheet),
    /// The text through a command of the user's own.
    Pipe(Box<PipeSheet>),
    /// Who is who.
    People(Box<PeopleSheet>),
    /// A task that is done by hand.
    ByHand(Box<ByHandSheet>),
    /// What was changed in the master under a channel's own text.
    Stale(StaleSheet),
}

/// Schedule a post.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleSheet {
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// What is typed.
    pub input: Input,
}

/// What was done and what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistorySheet {
    /// Both lists; `None` until they were read.
    pub history: Option<History>,
    /// Which of the two is shown.
    pub list: HistoryList,
    /// The selected row.
    pub selected: usize,
}

/// One of the two lists of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HistoryList {
    /// What was done, by everyone.
    #[default]
    Deeds,
    /// What was said here.
    Messages,
}

/// Delete or edit on its platform what is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectSheet {
    /// What is asked for.
    pub kind: CorrectionKind,
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// The channel.
    pub channel: ChannelName,
    /// Where it can be read.
    pub permalink: Option<String>,
    /// How many parts are out.
    pub parts: usize,
    /// What is typed; it is asked for when this is `word`.
    pub input: Input,
}

impl CorrectSheet {
    /// Returns the word that has to be typed.
    pub fn word(&self) -> &'static str {
        match self.kind {
            CorrectionKind::Delete => "delete",
            CorrectionKind::Edit => "update",
        }
    }
}

/// Publish a post now.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishSheet {
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// The accounts that it would leave to.
    pub accounts: Vec<PublishRow>,
    /// Its planned time.
    pub planned: Option<LocalTime>,
    /// What is typed; it leaves when this is `now`.
    pub input: Input,
}

/// Let things leave again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThawSheet {
    /// What becomes of each held post; `None` until it was worked out.
    pub held: Option<Vec<HeldPost>>,
    /// First shown row.
    pub scroll: usize,
    /// The post that a choice is made about; `None` while nothing is chosen.
    pub chosen: Option<PostId>,
    /// What was chosen.
    pub choices: Choices,
    /// Whether what is shown was worked out after the last choice.
    pub current: bool,
}

/// One account in the publish-now question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRow {
    /// The channel.
    pub channel: ChannelName,
    /// The channel's mark.
    pub mark: String,
    /// The account's name; the channel's when no account is known yet.
    pub account: String,
    /// `1 part`, `388/3000`, or the problem that stops it.
    pub detail: String,
    /// Whether it can leave.
    pub can_leave: bool,
}

/// The composed preview.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreviewSheet {
    /// Which of the post's channels is shown, by its place.
    pub channel: usize,
    /// First shown row.
    pub scroll: usize,
    /// The question that it was opened from, and leads back to.
    pub question: Option<Box<PublishSheet>>,
}

impl PreviewSheet {
    /// Returns what each channel gets: of the text that is typed, else of the post that is asked about or selected.
    pub fn shown<'a>(&self, app: &'a App) -> &'a [(ChannelName, Composed)] {
        let asked = self.question.as_ref().map(|question| question.post);
        let wanted = asked.or(app.selected);
        let read = app.detail.as_ref();
        match (
            &app.editor,
            read.filter(|it| Some(it.view.post.id) == wanted),
        ) {
            (Some(editor), _) => &editor.composed,
            (None, Some(detail)) => &detail.composed,
            (None, None) => &[],
        }
    }
}

/// Two texts of one post.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictSheet {
    /// What was typed here.
    pub mine: EditorDraft,
    /// What the colleague saved.
    pub theirs: Post,
}

/// The three choices of a conflict, in order.
pub const CONFLICT_CHOICES: [&str; 3] = [
    "m  save mine over theirs",
    "t  theirs stands, mine becomes a post on the shelf",
    "Esc  back to typing, decide later",
];

/// Reads what is typed into a time field; `None` while nothing is typed.
pub fn meaning(input: &Input, now: LocalTime) -> Option<Result<When, WhenError>> {
    let words = input.text().trim();
    (!words.is_empty()).then(|| when::parse(words, now))
}
