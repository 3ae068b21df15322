//! The database: the only place with SQL, and the only place that knows it is a file on this machine.
//!
//! One thread owns the writing connection; `Store` is the handle that the rest of the program holds, and no
//! database type leaves this folder.

use crate::domain::attempt::Attempt;
use crate::domain::queue::Queue;
use crate::domain::{
    Account, AttemptId, AttemptRequest, Author, Channel, ChannelName, Content, Delivery,
    DeliveryId, DeliveryState, Facts, Limits, Outcome, Post, PostId, Review, Summary,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::Path;

type Result<T> = std::result::Result<T, StoreError>;

/// Why the database did not do what was asked, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is no database of ours, or damaged. Nothing was overwritten.
    #[error("{0}")]
    Damaged(String),
    /// It cannot be written: permissions, a read-only file system.
    #[error("{0}")]
    ReadOnly(String),
    /// Another process keeps it locked.
    #[error("{0}")]
    Locked(String),
    /// The disk is full.
    #[error("{0}")]
    DiskFull(String),
    /// A newer version of Masthead has migrated it: restart.
    #[error("{0}")]
    Newer(String),
    /// Somebody saved the post meanwhile; here is theirs.
    #[error("Post {} was changed by someone else meanwhile", .0.id)]
    Conflict(Box<Post>),
    /// There is no such post (or delivery).
    #[error("{0}")]
    NotFound(String),
    /// The rules do not allow it (moving what has left, undoing what someone changed since).
    #[error("{0}")]
    Refused(String),
    /// This process no longer leads: another one publishes. Send nothing.
    #[error("Another process publishes now")]
    NotLeader,
    /// Anything else, with the database's own words.
    #[error("{0}")]
    Other(String),
}

/// Handle to the thread that owns the database. Cheap to clone; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct Store {
    _todo: (),
}

impl Store {
    /// Opens (and where needed creates or migrates) the database, and starts its thread.
    ///
    /// `now` is the real time, for the names of backups taken before a migration.
    pub fn open(path: &Path, now: DateTime<Utc>) -> Result<Self> {
        let _ = (path, now);
        todo!()
    }

    /// Runs work on the database thread and waits for it without blocking the task.
    pub async fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let _ = work;
        todo!()
    }

    /// Runs work on the database thread and blocks until it is done; for the command line and tests.
    pub fn wait<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let _ = work;
        todo!()
    }

    /// Tries to become the one process that publishes from this database: an operating-system lock on
    /// `<database>.lock`, and a fencing number taken anew. `None` while another process leads.
    pub fn try_lead(&self, holder: &str, now: DateTime<Utc>) -> Result<Option<Lease>> {
        let _ = (holder, now);
        todo!()
    }
}

/// The right to publish. Dropping it gives the lead up.
#[derive(Debug)]
pub struct Lease {
    /// Every send and every outcome is conditional on this number.
    pub fence: i64,
}

/// Who publishes, as the screen says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// `daemon`, `session pts/4`.
    pub holder: String,
    /// The fencing number.
    pub fence: i64,
    /// When it last said that it lives (the database is written once a minute).
    pub tick_at: DateTime<Utc>,
    /// Whether its lock is held at this moment.
    pub alive: bool,
}

/// A post with all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// One for each channel it goes to, in the order of its variants.
    pub deliveries: Vec<Delivery>,
    /// Derived from its approvals.
    pub review: Review,
}

/// What was last typed and not saved to the post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorDraft {
    /// The post; `None` for one that was never saved.
    pub post: Option<PostId>,
    /// The variant that was being typed; `None` for the master text.
    pub channel: Option<ChannelName>,
    /// The revision it was based on.
    pub base_revision: i64,
    /// The content as it stood in the editor, texts included.
    pub content: Content,
    /// Cursor, as a byte offset into the text that was being typed.
    pub cursor: usize,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The post that was put back.
    pub post: PostId,
    /// What was undone, in words: `moved to Wed 11 Nov`.
    pub label: String,
}

/// A delivery that is due, with what is needed to send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The delivery.
    pub delivery: Delivery,
    /// The last saved revision of its post.
    pub post: Post,
}

/// How a delivery changes after an attempt or a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryChange {
    /// Where it stands now.
    pub state: DeliveryState,
    /// Why, in plain words; may be empty.
    pub reason: String,
    /// When the next try is planned.
    pub next_try: Option<DateTime<Utc>>,
    /// Where the first part can be read; `None` leaves what is stored.
    pub permalink: Option<String>,
}

/// The database as seen by the thread that owns it.
#[derive(Debug)]
pub struct Db {
    _todo: (),
}

impl Db {
    // posts ---------------------------------------------------------------------------------------
    /// Adds a post and a waiting delivery for each channel.
    pub fn add_post(
        &mut self,
        author: &Author,
        content: &Content,
        parent: Option<PostId>,
        now: DateTime<Utc>,
    ) -> Result<Post> {
        let _ = (author, content, parent, now);
        todo!()
    }
    /// Returns a post, trashed ones included.
    pub fn post(&mut self, id: PostId) -> Result<PostView> {
        let _ = id;
        todo!()
    }
    /// Saves by compare-and-set on the revision, writes a revision and one undo entry with `label`, and brings the
    /// deliveries in line (channels added and taken away, due times; a published or publishing delivery keeps its
    /// own and refuses to lose its channel; a changed plan revives failed, missed and skipped deliveries, never unknown).
    pub fn save_post(
        &mut self,
        author: &Author,
        id: PostId,
        base_revision: i64,
        content: &Content,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<Post> {
        let _ = (author, id, base_revision, content, label, now);
        todo!()
    }
    /// Takes the author's last change back, unless someone changed the post since or it has left.
    pub fn undo(&mut self, author: &Author, now: DateTime<Utc>) -> Result<Undone> {
        let _ = (author, now);
        todo!()
    }
    /// Marks deliveries of a post as skipped (all open ones when `channels` is empty).
    pub fn skip(
        &mut self,
        author: &Author,
        id: PostId,
        channels: &[ChannelName],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let _ = (author, id, channels, now);
        todo!()
    }
    /// Makes a post's open deliveries (all, or those of `channels`) due now; publish-now on screen and `masthead publish`.
    pub fn make_due(
        &mut self,
        author: &Author,
        id: PostId,
        channels: &[ChannelName],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let _ = (author, id, channels, now);
        todo!()
    }
    /// Records that `author` approved what `hash` stands for on a channel.
    pub fn approve(
        &mut self,
        author: &Author,
        id: PostId,
        channel: &ChannelName,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let _ = (author, id, channel, hash, now);
        todo!()
    }

    // lists ---------------------------------------------------------------------------------------
    /// Returns the posts that are due in `[from, to)`, by time. Reads an index, never all posts.
    pub fn posts_between(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Summary>> {
        let _ = (from, to);
        todo!()
    }
    /// Returns the queue: everything that needs a person (at most `limit`), then the next `limit` by time, then undated.
    pub fn queue(&mut self, limit: usize) -> Result<Queue> {
        let _ = limit;
        todo!()
    }
    /// Returns posts for `masthead list`, by time, undated last; trashed ones only when asked for.
    pub fn list(
        &mut self,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        trashed: bool,
        limit: usize,
    ) -> Result<Vec<PostView>> {
        let _ = (from, to, trashed, limit);
        todo!()
    }

    // channels and facts --------------------------------------------------------------------------
    /// Makes the stored channels those of the configuration, in its order; a channel that is gone keeps its history.
    pub fn sync_channels(&mut self, channels: &[Channel]) -> Result<()> {
        let _ = channels;
        todo!()
    }
    /// Returns the configured channels with their pinned accounts.
    pub fn channels(&mut self) -> Result<Vec<Channel>> {
        todo!()
    }
    /// Pins the account at the first connection; another account is refused, naming both.
    pub fn pin_account(&mut self, channel: &ChannelName, account: &Account) -> Result<()> {
        let _ = (channel, account);
        todo!()
    }
    /// Returns the stored facts of all channels (limits and handles; `reply` stays empty).
    pub fn facts(&mut self) -> Result<BTreeMap<ChannelName, Facts>> {
        todo!()
    }
    /// Stores a channel's server limits with their date.
    pub fn save_limits(&mut self, channel: &ChannelName, limits: &Limits) -> Result<()> {
        let _ = (channel, limits);
        todo!()
    }
    /// Stores resolved handles of a channel with their date.
    pub fn save_handles(
        &mut self,
        channel: &ChannelName,
        handles: &[(String, Option<String>)],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let _ = (channel, handles, now);
        todo!()
    }

    // publishing ----------------------------------------------------------------------------------
    /// Returns deliveries to look at now: waiting, not held, due or to be retried by `now`, oldest first.
    pub fn due(&mut self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>> {
        let _ = (now, limit);
        todo!()
    }
    /// Returns when the next waiting delivery is due or to be retried.
    pub fn next_due(&mut self) -> Result<Option<DateTime<Utc>>> {
        todo!()
    }
    /// Returns the waiting deliveries that leave next, for the top bar: their time and channels.
    pub fn next_leaving(&mut self) -> Result<Option<(DateTime<Utc>, Vec<ChannelName>)>> {
        todo!()
    }
    /// Claims a waiting delivery by one conditional update; `false` when it is not waiting any more.
    pub fn claim(&mut self, fence: i64, id: DeliveryId, now: DateTime<Utc>) -> Result<bool> {
        let _ = (fence, id, now);
        todo!()
    }
    /// Returns all attempts of a delivery, by part and number.
    pub fn attempts(&mut self, id: DeliveryId) -> Result<Vec<Attempt>> {
        let _ = id;
        todo!()
    }
    /// Commits an attempt durably (`synchronous=FULL`) before anything is sent.
    pub fn begin_attempt(
        &mut self,
        fence: i64,
        id: DeliveryId,
        part: u32,
        request: &AttemptRequest,
        deadline: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<AttemptId> {
        let _ = (fence, id, part, request, deadline, now);
        todo!()
    }
    /// Commits how an attempt ended, durably. Works for the attempt's own process even if it lost the lead: the truth is kept.
    pub fn finish_attempt(
        &mut self,
        id: AttemptId,
        outcome: &Outcome,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let _ = (id, outcome, now);
        todo!()
    }
    /// Changes where a delivery stands, durably; refused when the fence is not the present one.
    pub fn change_delivery(
        &mut self,
        fence: i64,
        id: DeliveryId,
        change: &DeliveryChange,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let _ = (fence, id, change, now);
        todo!()
    }
    /// Turns what a dead leader left behind into honest states: a publishing delivery with an open attempt whose deadline has
    /// passed becomes unknown; one without an open attempt goes back to waiting. Returns how many changed.
    pub fn recover(&mut self, fence: i64, now: DateTime<Utc>) -> Result<usize> {
        let _ = (fence, now);
        todo!()
    }
    /// Says that the leader lives; once a minute.
    pub fn tick(&mut self, fence: i64, now: DateTime<Utc>) -> Result<()> {
        let _ = (fence, now);
        todo!()
    }
    /// Returns who leads, or led last.
    pub fn leader(&mut self) -> Result<Option<Leader>> {
        todo!()
    }

    // drafts of the editor ------------------------------------------------------------------------
    /// Keeps what is being typed; one row per author and post.
    pub fn save_draft(&mut self, author: &Author, draft: &EditorDraft) -> Result<()> {
        let _ = (author, draft);
        todo!()
    }
    /// Returns the author's latest draft.
    pub fn draft(&mut self, author: &Author) -> Result<Option<EditorDraft>> {
        let _ = author;
        todo!()
    }
    /// Forgets a draft once it is saved to the post, or given up.
    pub fn drop_draft(&mut self, author: &Author, post: Option<PostId>) -> Result<()> {
        let _ = (author, post);
        todo!()
    }

    // settings and change ---------------------------------------------------------------------------
    /// Returns a small setting that the program itself remembers (`author`, `welcomed`).
    pub fn setting(&mut self, key: &str) -> Result<Option<String>> {
        let _ = key;
        todo!()
    }
    /// Stores one.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<()> {
        let _ = (key, value);
        todo!()
    }
    /// Returns a number that changes when another connection changed the database.
    pub fn data_version(&mut self) -> Result<i64> {
        todo!()
    }
}
