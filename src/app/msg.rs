//! Everything that can happen to the screen (`Msg`) and everything it can ask for (`Effect`), as data.
//!
//! Effects have equality, so tests compare the exact list. Requests carry a number and their replies bring it back; a
//! reply to an older request is dropped.

use super::Key;
use super::by_hand;
use super::connections::Asked;
use super::outbox_sheets::Calls;
use super::outside::{Outside, Returned};
use super::pipe::Piped;
use super::pointer::Pointed;
use super::state::{Alarm, Colours, NextLeaving, Publishing};
use super::topics::TopicsOf;
use crate::domain::by_hand::Posted;
use crate::domain::freeze::Choices;
use crate::domain::pixels::{CellSize, Wanted};
use crate::domain::place::Places;
use crate::domain::queue::Queue;
use crate::domain::review::NoteKind;
use crate::domain::thumb::Thumb;
use crate::domain::{
    Attachment, Author, Channel, ChannelName, ConnectionStatus, Content, CorrectionKind,
    DeliveryId, DraftKey, EditorDraft, Facts, Filter, Freeze, Glance, HeldPost, History, Hit,
    Message, Offered, Outbox, PageCard, Post, PostId, PostView, Reviewed, Section, Several,
    Summary, Task, TextFilter, Tries,
};
use crate::domain::{Directory, DirectoryChange, Entry, Key as EntryKey};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The number of a request, to tell whose reply arrives.
pub type Request = u64;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The window has a new size.
    Resize(u16, u16),
    /// How large a cell of the terminal is now; `None` where that is not known.
    Measured(Option<CellSize>),
    /// Time has passed: the plan's clock, and how long the program runs.
    Tick(DateTime<Utc>, Duration),
    /// No key came for a while after the request of this number.
    Settled(Request),
    /// The database answered.
    Reply(Request, Box<Reply>),
    /// Somebody changed the database.
    Changed,
    /// The publisher's state changed.
    Publisher(Publishing),
    /// Something was done with the mouse.
    Pointed(Pointed),
    /// The terminal said which background it has: exact colours for it.
    Background(Colours),
    /// Something to tell the user came from the background.
    Told(Note),
    /// The terminal closes or the process is asked to end: keep the text and leave.
    Ended,
}

/// A message for the bottom row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub rank: Rank,
    /// What happened, to what, and which key helps.
    pub text: String,
}

pub use crate::domain::Rank;

/// Which way the journal is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A change is taken back.
    Undo,
    /// It is done again.
    Redo,
}

/// An answer of the database.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The posts of the asked days.
    Posts {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
        /// The posts, by time.
        posts: Vec<Summary>,
    },
    /// The asked days at a glance.
    Glances(Vec<Glance>),
    /// The queue, what leaves next, and the freeze that stands.
    Queue(Queue, Option<NextLeaving>, Option<Freeze>),
    /// A post in full.
    Post(PostView),
    /// The configured channels and what is known about them.
    Channels(Vec<Channel>, BTreeMap<ChannelName, Facts>),
    /// Who is who.
    People(Directory),
    /// The directory was changed.
    PeopleChanged(DirectoryChange),
    /// A post was saved.
    Saved(Post),
    /// Somebody saved the post meanwhile; this is theirs.
    Conflict(Post),
    /// A change was taken back or done again.
    Turned {
        /// Which of the two.
        turn: Turn,
        /// The post, or the first of several.
        post: PostId,
        /// What was undone or redone.
        label: String,
        /// How many changes.
        changes: usize,
        /// Why some posts stayed as they are, each named.
        stayed: Vec<String>,
    },
    /// A change cannot be taken back or done again; nothing was done.
    Stuck {
        /// Undo or redo.
        turn: Turn,
        /// The posts that stand in the way.
        posts: Vec<PostId>,
        /// Why, naming the post.
        why: String,
    },
    /// One action was done to several posts.
    ChangedSeveral {
        /// The action.
        action: Several,
        /// Which posts were changed, or made.
        posts: Vec<PostId>,
        /// What was done.
        label: String,
        /// Why some posts stayed as they are, each named.
        stayed: Vec<String>,
    },
    /// What was done and said.
    History(History),
    /// The daemon was started, or why not; a sentence without full stop.
    Daemon(Result<String, String>),
    /// A text filter has run for so many seconds.
    Piping(u64),
    /// A text filter has ended; the error is a sentence without full stop.
    Piped(Result<Piped, String>),
    /// The outer editor has ended.
    Outside(Box<Returned>),
    /// The draft is kept.
    DraftKept,
    /// The drafts that earlier sessions left, the latest first.
    Drafts(Vec<EditorDraft>),
    /// A picture was attached.
    Attached(Attachment),
    /// What the page at an address said of itself, or why it did not.
    Page(String, Result<PageCard, String>),
    /// A picture in miniature, by its hash; `None` when it cannot be read.
    Thumb(String, Option<Thumb>),
    /// Deliveries were made due now.
    MadeDue(PostId, usize),
    /// Everything is frozen now.
    Frozen(Freeze),
    /// What a thaw would do with each post that is held.
    Held(Vec<HeldPost>),
    /// Things leave again.
    Thawed {
        /// How many posts leave.
        leaving: usize,
        /// How many are too late.
        missed: usize,
    },
    /// The deliveries of a section.
    Outbox(Outbox),
    /// Every try at a delivery.
    Tries(Tries),
    /// What waits for a reviewer.
    Review(Vec<Reviewed>),
    /// A reviewer's answer about a post was kept; the words say which.
    Reviewed(PostId, String),
    /// What would leave.
    Calls(Calls),
    /// How the channels are connected.
    Connections(Vec<ConnectionStatus>),
    /// Topics that channels know.
    Topics(BTreeMap<TopicsOf, Vec<String>>),
    /// Channels that the server of a channel shows.
    Places(ChannelName, Places),
    /// A delivery is tried again at once.
    Trying,
    /// So many deliveries of a post do not go.
    Skipped(PostId, usize),
    /// What a person said about a lost answer was recorded; the words say what follows.
    Settled(String),
    /// A task that is done by hand.
    Task(Box<Task>),
    /// What somebody said about a task of this post was recorded.
    ByHand(PostId, by_hand::Said),
    /// A sandbox channel was added to the configuration.
    SandboxAdded(ChannelName),
    /// The posts that a search found, by time.
    Found(Vec<Hit>),
    /// What has not left yet and is let through by the filter: the first of it, and how much there is.
    Matching(Vec<Summary>, usize),
    /// What a filter can ask for.
    Offered(Offered),
    /// Nothing can be written for this reason, in a few words; what was typed is on the screen alone.
    CannotSave(String),
    /// It did not go; the sentence says what was kept and what to do.
    Failed(String),
    /// A picture was not attached; the sentence, without its full stop, says why.
    NotAttached(String),
    /// The database can no longer be written by this version.
    Alarm(Alarm),
}

/// Something that the runtime shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the posts of `[from, to)`.
    LoadPosts(Request, NaiveDate, NaiveDate),
    /// Read so many posts of each day of `[from, to)`, and count the others.
    Glance(Request, NaiveDate, NaiveDate, usize),
    /// Read the queue.
    LoadQueue(Request),
    /// Read a post.
    LoadPost(Request, PostId),
    /// Read channels and facts.
    LoadChannels(Request),
    /// Read who is who.
    LoadPeople(Request),
    /// Put entries into the directory, and take others out.
    ChangePeople(Request, Vec<Entry>, Vec<EntryKey>),
    /// Read the author's drafts.
    LoadDrafts(Request),
    /// Save a content: a new post, or a change by compare-and-set.
    Save(Request, Box<Save>),
    /// Keep what is being typed.
    KeepDraft(Request, Box<EditorDraft>),
    /// Forget drafts.
    DropDrafts(Vec<DraftKey>),
    /// Say which post is open for typing here.
    Opened(Option<PostId>),
    /// Take the author's last change back, or do again what was undone last, passing over these posts.
    Turn(Request, Turn, Vec<PostId>),
    /// Take the author's changes back, down to and including one.
    UndoTo(Request, i64),
    /// Do one action to several posts.
    ChangeSeveral(Request, Vec<PostId>, Several),
    /// Read what was done and said.
    LoadHistory(Request),
    /// Keep what was said.
    KeepMessages(Vec<Message>),
    /// Leave the terminal to an editor of the user's.
    EditOutside(Request, Box<Outside>),
    /// Remove the file that an editor of the user's had written; what it held is kept.
    ForgetFile(PathBuf),
    /// Start the daemon, to go on without this screen.
    StartDaemon(Request),
    /// Connect the channels again, and look who publishes.
    Reconnect,
    /// Run a text filter on a text.
    Pipe(Request, TextFilter, String),
    /// End the text filter that runs.
    StopPipe,
    /// Make a post's deliveries due now.
    MakeDue(Request, PostId, Vec<ChannelName>),
    /// Let nothing leave, for this reason.
    Freeze(Request, String),
    /// Work out what a thaw with these choices would do.
    LoadHeld(Request, Choices),
    /// Let things leave again, but for these choices.
    Thaw(Request, Choices),
    /// Read deliveries, of at most so many posts.
    LoadOutbox(Request, Section, usize),
    /// Read every try at a delivery, and where its account can be looked at.
    LoadTries(Request, DeliveryId),
    /// Work out what would leave until then.
    LoadCalls(Request, DateTime<Utc>),
    /// Read how the channels are connected, or ask every platform.
    LoadConnections(Request, Asked),
    /// Read the topics that channels know: what was kept, or where that is old what their servers say.
    LoadTopics(Request, Vec<TopicsOf>, Asked),
    /// Read the channels that the server of a channel shows.
    LoadPlaces(Request, ChannelName),
    /// Try a delivery that waits for another try at once.
    TryNow(Request, DeliveryId),
    /// Let deliveries of a post not go: all that have not left, or those of these channels.
    Skip(Request, PostId, Vec<ChannelName>),
    /// Record that a lost part is there, at this address (empty: a person's word).
    MarkThere(Request, PostId, ChannelName, String),
    /// Record that a lost part is not there.
    MarkNotThere(Request, PostId, ChannelName, NotThere),
    /// Look for a lost part at once.
    LookAgain(Request, PostId, ChannelName),
    /// Read what waits for a reviewer.
    LoadReview(Request),
    /// Approve a post at this revision: what each channel would send, by its hash.
    Approve(Request, PostId, i64, Vec<(ChannelName, String)>),
    /// Keep what is said about a post; one that asks or wants changes moves it on.
    Remark(Request, PostId, NoteKind, String),
    /// Delete or edit a post on a channel's platform.
    Correct(Request, CorrectionKind, PostId, ChannelName),
    /// Put a text into the terminal's clipboard.
    CopyText(String),
    /// Show a text as it is, without columns, for the terminal's own selection; any key comes back.
    ShowBare(String),
    /// Read a task that is done by hand.
    LoadTask(Request, DeliveryId),
    /// Record that somebody posted it by hand.
    PostedByHand(Request, PostId, ChannelName, Posted),
    /// Ask for a task again later.
    PutOff(Request, PostId, ChannelName),
    /// Record that it was not posted by hand after all.
    NotPostedByHand(Request, PostId, ChannelName),
    /// Read a picture for the terminal, by its hash.
    LoadThumb(Request, String, Wanted),
    /// Read, strip and store a picture.
    Attach(Request, PathBuf),
    /// Ask the page at an address what it says of itself.
    AskPage(Request, String, PageAge),
    /// Come back with `Settled` once nobody types into the link any more.
    LinkRests(Request),
    /// Write a sandbox channel into the configuration.
    AddSandbox(Request),
    /// Search for words, within a filter.
    Search(Request, String, Filter),
    /// Read the queue within a filter.
    LoadMatching(Request, Filter),
    /// Read what a filter can ask for.
    LoadChoices(Request),
    /// Keep a filter under a name.
    SaveFilter(String, Filter),
    /// Forget a filter that was kept under a name.
    DropFilter(String),
    /// Come back with `Settled` after a short pause.
    Settle(Request),
    /// Come back with `Settled` after a longer pause: what is read then is not shown yet.
    ReadAhead(Request),
    /// Come back with `Settled` after some seconds: what could not be written is tried again.
    TryAgain(Request),
    /// Remember that the welcome was seen.
    Welcomed,
    /// Put the program into the background.
    Suspend,
    /// Draw the whole screen again.
    Redraw,
    /// End the program.
    Quit,
}

/// How old what is known of a page may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageAge {
    /// A day is fine.
    OfToday,
    /// The page itself is asked.
    Anew,
}

/// What becomes of a lost part that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotThere {
    /// It is sent again.
    Send,
    /// It stays away.
    Skip,
}

/// A content to be saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Save {
    /// Who saves.
    pub author: Author,
    /// The post; `None` adds one.
    pub post: Option<PostId>,
    /// The revision that it is based on.
    pub base_revision: i64,
    /// The post it was made from.
    pub parent: Option<PostId>,
    /// All of it.
    pub content: Content,
    /// What was done, for undo: `moved to Wed 11 Nov`.
    pub label: String,
}
