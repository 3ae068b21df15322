//! Doing what `update` asked for: one worker takes the effects in order, so that a draft is never dropped before it is kept.
//!
//! The screen's own effects (quit, suspend, redraw, pauses) are `screen.rs`. Replies go back as messages.

use super::cards::Cards;
use super::perform_connections::Assemble;
use super::perform_outbox::Known;
use crate::app::msg::{Rank, Save};
use crate::app::state::{Alarm, NextLeaving};
use crate::app::{Effect, Msg, Note, Reply, Request, Turn};
use crate::domain::calendar::plus_days;
use crate::domain::freeze::{by_post, count_posts};
use crate::domain::schedule::LatePolicy;
use crate::domain::{Author, ChannelName, Clock, Glance, LocalTime, ScreenName};
use crate::media;
use crate::publisher::foresee;
use crate::store::{Store, StoreError, Turned};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// How many rows of the queue are read.
const QUEUE_ROWS: usize = 200;
/// How many changes and messages of the history are read.
const HISTORY_ROWS: usize = 500;

/// Adds a sandbox channel to the configuration and returns its name; the error is one plain sentence.
pub type AddSandbox = Arc<dyn Fn() -> Result<ChannelName, String> + Send + Sync>;

/// What the worker works with.
#[derive(Clone)]
pub struct Hands {
    /// The database.
    pub store: Store,
    /// The zone in which days begin.
    pub zone: Tz,
    /// The person at the keyboard.
    pub author: Author,
    /// How this screen is called among those at its database.
    pub screen: ScreenName,
    /// Folder of the stored pictures.
    pub media: PathBuf,
    /// The user's home folder, for paths that begin with `~`.
    pub home: Option<PathBuf>,
    /// Adds a sandbox channel.
    pub add_sandbox: AddSandbox,
    /// Puts together how the channels are connected.
    pub assemble: Assemble,
    /// How late a delivery may still leave.
    pub late: LatePolicy,
    /// The real clock, for when things were saved.
    pub clock: Arc<dyn Clock>,
    /// The plan's clock, for what is due now.
    pub plan_clock: Arc<dyn Clock>,
    /// Asks pages for their cards; `None` where none are asked.
    pub cards: Option<Cards>,
    /// The channels as they are connected.
    pub known: Known,
    /// Called after everything that may make a delivery due.
    pub changed: Arc<dyn Fn(Change) + Send + Sync>,
}

/// What a performed effect changed for the publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Posts: something may be due.
    Posts,
    /// Channels: there is one more.
    Channels,
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hands")
            .field("media", &self.media)
            .finish_non_exhaustive()
    }
}

/// Takes effects in order until there are no more, and answers them.
pub async fn work(
    hands: Hands,
    mut effects: UnboundedReceiver<Effect>,
    replies: UnboundedSender<Msg>,
) {
    while let Some(effect) = effects.recv().await {
        if may_take_long(&effect) {
            let (hands, replies) = (hands.clone(), replies.clone());
            tokio::spawn(async move {
                if let Some(msg) = hands.perform(effect).await {
                    let _ = replies.send(msg);
                }
            });
            continue;
        }
        if let Some(msg) = hands.perform(effect).await {
            // Nobody listens any more while the program ends; what was kept is kept.
            let _ = replies.send(msg);
        }
    }
}

/// Whether an effect asks the network, or works out much: nothing that is typed waits behind it.
fn may_take_long(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::MarkThere(..)
            | Effect::LoadCalls(..)
            | Effect::LoadConnections(..)
            | Effect::LoadTopics(..)
            | Effect::LoadPlaces(..)
            | Effect::AskPage(..)
    )
}

pub(super) fn reply(request: Request, reply: Reply) -> Option<Msg> {
    Some(Msg::Reply(request, Box::new(reply)))
}

pub(super) fn answer<T>(
    request: Request,
    result: Result<T, StoreError>,
    ok: impl FnOnce(T) -> Reply,
) -> Option<Msg> {
    reply(request, result.map_or_else(|error| trouble(error, ""), ok))
}

/// Says why something typed was not written; what the disk or the lock forbids leaves it on the screen.
fn unwritten(error: StoreError, kept: &str) -> Reply {
    let why = match &error {
        StoreError::DiskFull(_) => "the disk is full",
        StoreError::Locked(_) => "another program locks the database",
        StoreError::ReadOnly(_) => "the database is read-only",
        _ => return trouble(error, kept),
    };
    Reply::CannotSave(why.to_owned())
}

pub(super) fn trouble(error: StoreError, kept: &str) -> Reply {
    match error {
        StoreError::Newer(_) => Reply::Alarm(Alarm::Restart),
        StoreError::Conflict(theirs) => Reply::Conflict(*theirs),
        other => Reply::Failed(format!("{other}{kept}")),
    }
}

fn turned_to(turn: Turn, turned: Turned) -> Reply {
    match turned {
        Turned::Done(it) => Reply::Turned {
            turn,
            post: it.post,
            label: it.label,
            changes: it.changes,
            stayed: it.stayed,
        },
        Turned::Stuck { posts, why } => Reply::Stuck { turn, posts, why },
    }
}

impl Hands {
    async fn perform(&self, effect: Effect) -> Option<Msg> {
        let now = self.clock.now();
        match effect {
            Effect::LoadPosts(request, from, to) => self.load_posts(request, from, to).await,
            Effect::Glance(request, from, to, each) => self.glance(request, from, to, each).await,
            Effect::LoadQueue(request) => {
                let read = self
                    .store
                    .call(|db| Ok((db.queue(QUEUE_ROWS)?, db.next_leaving()?, db.frozen()?)));
                answer(request, read.await, |(queue, next, frozen)| {
                    let next = next.map(|(at, channels)| NextLeaving { at, channels });
                    Reply::Queue(queue, next, frozen)
                })
            }
            Effect::LoadPost(request, id) => {
                let screen = self.screen.clone();
                let read = move |db: &mut crate::store::Db| {
                    let mut view = db.post(id)?;
                    view.open_by = db.open_by(id, &screen)?;
                    Ok(view)
                };
                let view = self.store.call(read).await;
                answer(request, view, Reply::Post)
            }
            Effect::LoadChannels(request) => self.load_channels(request).await,
            Effect::LoadPlaces(request, channel) => self.load_places(request, channel).await,
            Effect::LoadTopics(request, channels, asked) => {
                self.load_topics(request, channels, asked).await
            }
            Effect::LoadConnections(request, asked) => self.load_connections(request, asked).await,
            Effect::LoadDrafts(request) => {
                let author = self.author.clone();
                let screen = self.screen.clone();
                let drafts = self.store.call(move |db| db.drafts(&author, &screen)).await;
                answer(request, drafts, Reply::Drafts)
            }
            Effect::Save(request, save) => self.save(request, *save, now).await,
            Effect::KeepDraft(request, draft) => {
                let (author, screen) = (self.author.clone(), self.screen.clone());
                let kept = self
                    .store
                    .call(move |db| db.save_draft(&author, &screen, &draft))
                    .await;
                let kept = kept.map_or_else(
                    |error| unwritten(error, "; the text is only on this screen, do not close it"),
                    |()| Reply::DraftKept,
                );
                reply(request, kept)
            }
            Effect::DropDrafts(keys) => {
                let dropped = self.store.call(move |db| db.drop_drafts(&keys)).await;
                dropped.err().and_then(told)
            }
            Effect::Opened(post) => {
                let (author, screen) = (self.author.clone(), self.screen.clone());
                let opened =
                    move |db: &mut crate::store::Db| db.opened(&screen, &author, post, now);
                if let Err(error) = self.store.call(opened).await {
                    // Others see less; nothing of the person's own is lost.
                    tracing::warn!(%error, "others cannot be told which post is open here");
                }
                None
            }
            Effect::Turn(request, turn, passing) => {
                let author = self.author.clone();
                let turned = self.store.call(move |db| match turn {
                    Turn::Undo => db.undo(&author, &passing, now),
                    Turn::Redo => db.redo(&author, &passing, now),
                });
                let turned = turned.await;
                (self.changed)(Change::Posts);
                answer(request, turned, |it| turned_to(turn, it))
            }
            Effect::UndoTo(request, target) => {
                let author = self.author.clone();
                let undone = self.store.call(move |db| db.undo_to(&author, target, now));
                let undone = undone.await;
                (self.changed)(Change::Posts);
                answer(request, undone, |it| turned_to(Turn::Undo, it))
            }
            Effect::ChangeSeveral(request, posts, action) => {
                let (author, plan_now) = (self.author.clone(), self.plan_clock.now());
                let changed = self
                    .store
                    .call(move |db| db.change_several(&author, &posts, &action, plan_now, now));
                let changed = changed.await;
                (self.changed)(Change::Posts);
                answer(request, changed, |it| Reply::ChangedSeveral {
                    action,
                    posts: it.posts,
                    label: it.label,
                    stayed: it.stayed,
                })
            }
            Effect::LoadHistory(request) => {
                let author = self.author.clone();
                let read = self.store.call(move |db| db.history(&author, HISTORY_ROWS));
                answer(request, read.await, Reply::History)
            }
            Effect::KeepMessages(messages) => {
                let author = self.author.clone();
                let keep =
                    move |db: &mut crate::store::Db| db.keep_messages(&author, &messages, now);
                if let Err(error) = self.store.call(keep).await {
                    // Said on the screen it would be a message again.
                    tracing::warn!(%error, "a message cannot be kept");
                }
                None
            }
            Effect::ForgetFile(file) => {
                let removed = tokio::task::spawn_blocking(move || std::fs::remove_file(file));
                if let Ok(Err(error)) = removed.await {
                    tracing::warn!(%error, "the file of an outer editor cannot be removed");
                }
                None
            }
            Effect::MakeDue(request, id, channels) => {
                let author = self.author.clone();
                // Due is a matter of the plan's clock.
                let due = self.plan_clock.now();
                let made =
                    move |db: &mut crate::store::Db| db.make_due(&author, id, &channels, due);
                let made = self.store.call(made).await;
                (self.changed)(Change::Posts);
                answer(request, made, |count| Reply::MadeDue(id, count))
            }
            Effect::Freeze(request, reason) => {
                let (author, now) = (self.author.clone(), self.plan_clock.now());
                let frozen = self.store.call(move |db| db.freeze(&author, &reason, now));
                answer(request, frozen.await, Reply::Frozen)
            }
            Effect::LoadHeld(request, choices) => {
                let (late, now) = (self.late, self.plan_clock.now());
                let held = self.store.call(move |db| match db.frozen()? {
                    Some(freeze) => foresee::held(db, &freeze, &late, &choices, now),
                    None => Ok(Vec::new()),
                });
                answer(request, held.await, |held| Reply::Held(by_post(&held)))
            }
            Effect::Thaw(request, choices) => {
                let (author, late) = (self.author.clone(), self.late);
                let now = self.plan_clock.now();
                let thaw = move |db: &mut crate::store::Db| {
                    foresee::thaw(db, &author, &late, &choices, now)
                };
                let thawed = self.store.call(thaw).await;
                (self.changed)(Change::Posts);
                answer(request, thawed, |fates| {
                    let (leaving, others): (Vec<_>, Vec<_>) = by_post(&fates)
                        .into_iter()
                        .partition(|row| row.fate.leaves_at().is_some());
                    Reply::Thawed {
                        leaving: count_posts(&leaving),
                        missed: count_posts(&others),
                    }
                })
            }
            Effect::Search(request, typed, filter) => {
                let found = self.store.call(move |db| db.search(&typed, &filter)).await;
                answer(request, found, Reply::Found)
            }
            Effect::LoadMatching(request, filter) => {
                let next = move |db: &mut crate::store::Db| db.next_matching(&filter, QUEUE_ROWS);
                let next = self.store.call(next).await;
                answer(request, next, |(next, total)| Reply::Matching(next, total))
            }
            Effect::LoadChoices(request) => {
                let author = self.author.clone();
                let choices = self.store.call(move |db| db.choices(&author)).await;
                answer(request, choices, Reply::Offered)
            }
            Effect::SaveFilter(name, filter) => {
                let author = self.author.clone();
                let save =
                    move |db: &mut crate::store::Db| db.save_filter(&author, &name, &filter, now);
                self.store.call(save).await.err().and_then(told)
            }
            Effect::DropFilter(name) => {
                let author = self.author.clone();
                let dropped = self.store.call(move |db| db.drop_filter(&author, &name));
                dropped.await.err().and_then(told)
            }
            Effect::Attach(request, path) => self.attach(request, path).await,
            Effect::AskPage(request, url, age) => self.ask_page(request, url, age).await,
            Effect::LoadThumb(request, hash, wanted) => {
                let (folder, name) = (self.media.clone(), hash.clone());
                let read =
                    tokio::task::spawn_blocking(move || media::thumb(&folder, &name, wanted));
                let thumb = read.await.ok().and_then(Result::ok);
                reply(request, Reply::Thumb(hash, thumb))
            }
            Effect::AddSandbox(request) => {
                let add = Arc::clone(&self.add_sandbox);
                let added = tokio::task::spawn_blocking(move || add()).await;
                let added =
                    added.unwrap_or_else(|_| Err("the channel could not be added".to_owned()));
                (self.changed)(Change::Channels);
                reply(
                    request,
                    added.map_or_else(Reply::Failed, Reply::SandboxAdded),
                )
            }
            Effect::Welcomed => {
                let stored = self
                    .store
                    .call(|db| db.set_setting("welcomed", "yes"))
                    .await;
                stored.err().and_then(told)
            }
            Effect::Settle(_)
            | Effect::ReadAhead(_)
            | Effect::LinkRests(_)
            | Effect::EditOutside(..)
            | Effect::StartDaemon(_)
            | Effect::Reconnect
            | Effect::Pipe(..)
            | Effect::StopPipe
            | Effect::TryAgain(_)
            | Effect::Suspend
            | Effect::Redraw
            | Effect::CopyText(_)
            | Effect::ShowBare(_)
            | Effect::Quit => None,
            of_review @ (Effect::LoadReview(_) | Effect::Approve(..) | Effect::Remark(..)) => {
                self.perform_review(of_review).await
            }
            of_people @ (Effect::LoadPeople(_) | Effect::ChangePeople(..)) => {
                self.perform_people(of_people).await
            }
            of_a_task @ (Effect::LoadTask(..)
            | Effect::PostedByHand(..)
            | Effect::PutOff(..)
            | Effect::NotPostedByHand(..)) => self.perform_by_hand(of_a_task).await,
            of_the_outbox => self.perform_outbox(of_the_outbox).await,
        }
    }

    async fn glance(
        &self,
        request: Request,
        from: NaiveDate,
        to: NaiveDate,
        each: usize,
    ) -> Option<Msg> {
        let days: Vec<_> = from.iter_days().take_while(|day| *day < to).collect();
        let span = |day: &NaiveDate| (self.begins(*day), self.begins(plus_days(*day, 1)));
        let spans: Vec<_> = days.iter().map(span).collect();
        let read = self.store.call(move |db| db.first_posts(&spans, each));
        answer(request, read.await, |first| {
            let days = days.into_iter().zip(first);
            let glances = days.map(|(day, (posts, more))| Glance { day, posts, more });
            Reply::Glances(glances.collect())
        })
    }

    /// When a day begins here.
    fn begins(&self, day: NaiveDate) -> DateTime<Utc> {
        LocalTime::new(day.and_time(chrono::NaiveTime::MIN), self.zone).instant()
    }

    async fn load_posts(&self, request: Request, from: NaiveDate, to: NaiveDate) -> Option<Msg> {
        let (start, end) = (self.begins(from), self.begins(to));
        let posts = self
            .store
            .call(move |db| db.posts_between(start, end))
            .await;
        answer(request, posts, |posts| Reply::Posts { from, to, posts })
    }

    async fn load_channels(&self, request: Request) -> Option<Msg> {
        let read = self
            .store
            .call(|db| Ok((db.channels()?, db.facts()?)))
            .await;
        answer(request, read, |(channels, facts)| {
            Reply::Channels(channels, facts)
        })
    }

    async fn save(&self, request: Request, save: Save, now: DateTime<Utc>) -> Option<Msg> {
        let Save {
            author,
            post,
            base_revision,
            parent,
            content,
            label,
        } = save;
        let saved = self.store.call(move |db| match post {
            None => db.add_post(&author, &content, parent, now),
            Some(id) => db.save_post(&author, id, base_revision, &content, &label, now),
        });
        let saved = saved.await;
        (self.changed)(Change::Posts);
        let saved = saved.map_or_else(|error| unwritten(error, ""), Reply::Saved);
        reply(request, saved)
    }

    async fn attach(&self, request: Request, path: PathBuf) -> Option<Msg> {
        let path = expand(&path, self.home.as_deref());
        let folder = self.media.clone();
        let read = tokio::task::spawn_blocking(move || media::import(&path, &folder)).await;
        let attached = match read {
            Ok(Ok(picture)) => {
                let stored = picture.clone();
                let now = self.clock.now();
                let stored = self.store.call(move |db| db.save_media(&stored, now)).await;
                stored.map_or_else(|error| trouble(error, ""), |()| Reply::Attached(picture))
            }
            Ok(Err(error)) => Reply::NotAttached(error.to_string()),
            Err(_) => Reply::NotAttached("The picture could not be read".to_owned()),
        };
        reply(request, attached)
    }
}

fn told(error: StoreError) -> Option<Msg> {
    Some(Msg::Told(Note {
        rank: Rank::Bad,
        text: error.to_string(),
    }))
}

/// A path that begins with `~/` is in the user's home folder.
fn expand(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
