//! The time of leading: sleeps until something is due, decides what becomes of it, and hands it to `send.rs`.
//!
//! Wakes at most once a second while nothing happens. Deliveries run side by side, one at a time on each
//! channel, so that one channel's trouble holds nothing else up.

use super::plan::{self, Decision};
use super::running::{Control, News};
use super::send::{self, Ended};
use super::warming::Warming;
use super::watching::Watching;
use super::{
    ClockState, Outlet, PublisherEvent, Reach, Settled, Shared, Trouble, look_up, parts, prepare,
    tasks,
};
use crate::domain::clock::clock_off;
use crate::domain::{ChannelName, DeliveryId, DeliveryState, PostId};
use crate::store::{DeliveryChange, Due, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often other processes' changes are looked for.
pub(super) const POLL: Duration = Duration::from_secs(1);

/// How often the leader says that it lives.
const TICK: Duration = Duration::from_secs(60);

/// How many deliveries run at once.
const MOST_AT_ONCE: usize = 16;

/// How many due deliveries of a channel are looked at in one go: the oldest; when that one cannot leave, the next.
const EACH: usize = 1;

/// How many deliveries of unknown outcome are looked at in one go.
const MOST_UNKNOWN: usize = 200;

/// When a delivery is looked at again whose channel this process cannot use.
const BLOCKED: TimeDelta = TimeDelta::seconds(60);

/// A clock that is off by so many seconds more or less than before is noted anew.
const CLOCK_STEP: i64 = 30;

/// Why leading ended.
pub(super) enum LeadEnded {
    /// It was asked to stop.
    Stopped,
    /// Another process publishes now.
    Lost,
    /// A newer version has migrated the database: this one must not touch it any more.
    Outdated(String),
}

/// What a round of the leader reads.
struct Seen {
    due: Vec<Due>,
    unknown: Vec<Due>,
    ahead: Ahead,
}

/// What a round found beyond what is due.
pub(super) struct Ahead {
    /// Changes when another process has written.
    version: i64,
    /// When the next delivery is due or to be tried again.
    next: Option<DateTime<Utc>>,
}

/// The time of leading.
pub(super) struct Lead {
    pub(super) shared: Arc<Shared>,
    fence: i64,
    only: Option<PostId>,
    pub(super) running: JoinSet<(Due, Ended)>,
    warming: Warming,
    watching: Watching,
    busy: HashSet<ChannelName>,
    /// Claimed deliveries whose end could not be written; they go back to waiting once the database answers.
    stuck: Vec<Due>,
    /// What was said of them.
    trouble: Option<Trouble>,
    /// Deliveries whose looks could not be kept; left alone until the next tick.
    not_looked: HashSet<DeliveryId>,
    /// How far the clock was off when that was last noted, in steps of what matters.
    clock: Option<i64>,
    /// Where deliveries of one run stand; a daemon that runs for months does not collect them.
    pub(super) settled: Option<Vec<Settled>>,
    pub(super) lost: bool,
}

impl Lead {
    pub(super) fn new(shared: Arc<Shared>, fence: i64, only: Option<PostId>) -> Self {
        Self {
            shared,
            fence,
            only,
            running: JoinSet::new(),
            warming: Warming::default(),
            watching: Watching::default(),
            busy: HashSet::new(),
            stuck: Vec::new(),
            trouble: None,
            not_looked: HashSet::new(),
            clock: None,
            settled: None,
            lost: false,
        }
    }

    pub(super) async fn serve(&mut self, control: &mut Control, news: &mut News) -> LeadEnded {
        let mut ticked: Option<Instant> = None;
        loop {
            self.shared.turned();
            if control.is_stopped() {
                return LeadEnded::Stopped;
            }
            let looked = async {
                if ticked.is_none_or(|at| at.elapsed() >= TICK) {
                    self.tick().await?;
                    ticked = Some(Instant::now());
                }
                self.release_stuck().await?;
                self.note_clock().await?;
                let ahead = self.round(|| control.is_stopped()).await?;
                news.version(&self.shared, ahead.version);
                Ok::<_, StoreError>(ahead.next)
            };
            let next = match looked.await {
                Ok(next) => {
                    news.over(&self.shared, self.trouble.take());
                    next
                }
                Err(StoreError::NotLeader) => {
                    self.lost = true;
                    None
                }
                Err(StoreError::Newer(reason)) => return LeadEnded::Outdated(reason),
                Err(error) => {
                    news.trouble(&self.shared, &error);
                    None
                }
            };
            if self.lost {
                return LeadEnded::Lost;
            }
            let now = self.shared.plan_now();
            let until_due = next
                .map(|at| (at - now).to_std().unwrap_or_default())
                .map_or(POLL, |wait| wait.min(POLL));
            tokio::select! {
                () = control.pause(until_due) => {}
                Some(ended) = self.running.join_next(), if !self.running.is_empty() => {
                    self.ended(ended.ok());
                }
            }
            while let Some(ended) = self.running.try_join_next() {
                self.ended(ended.ok());
            }
            self.warming.reap();
            if self.lost {
                return LeadEnded::Lost;
            }
        }
    }

    /// Says that the leader lives, and puts right what a dead one left behind.
    async fn tick(&mut self) -> Result<(), StoreError> {
        self.not_looked.clear();
        let (fence, now) = (self.fence, self.shared.real_now());
        let recovered = self
            .shared
            .store()
            .call(move |db| {
                db.tick(fence, now)?;
                db.recover(fence, now)
            })
            .await;
        match recovered {
            Ok(0) => {}
            Ok(_) => self.shared.say(PublisherEvent::Changed),
            Err(StoreError::NotLeader) => {
                self.lost = true;
                return Err(StoreError::NotLeader);
            }
            Err(error) => return Err(error),
        }
        if self.only.is_none() {
            self.warming.start(&self.shared);
            self.watching.start(&self.shared, fence);
        }
        Ok(())
    }

    /// Notes how far the machine's clock is off, once an answer said something else than before.
    async fn note_clock(&mut self) -> Result<(), StoreError> {
        let Some(ahead) = self.shared.setup.real_clock.ahead() else {
            return Ok(());
        };
        // Answers differ by the time they were on their way; a clock that is right is written down as such once.
        let step = match clock_off(ahead) {
            None => 0,
            Some(_) => ahead.num_seconds() / CLOCK_STEP,
        };
        if self.clock.replace(step) == Some(step) {
            return Ok(());
        }
        let fence = self.fence;
        let told = if step == 0 { TimeDelta::zero() } else { ahead };
        let noted = self
            .shared
            .store()
            .call(move |db| db.note_clock(fence, told));
        if noted.await? {
            self.shared.say(PublisherEvent::Changed);
        }
        Ok(())
    }

    /// Starts what may leave on channels that are not busy, and the looks at what is unknown. Returns what lies ahead, and early
    /// when it is asked to stop: after a long downtime there is much to decide.
    pub(super) async fn round(
        &mut self,
        is_stopped: impl Fn() -> bool,
    ) -> Result<Ahead, StoreError> {
        loop {
            self.shared.turned();
            // Taken before the look: what becomes due during it is then seen at once.
            let now = self.shared.plan_now();
            let seen = self.see(now).await?;
            // What was too late or has to wait is out of the way: there may be more behind it.
            let decided = self.start_due(seen.due, now).await?;
            if is_stopped() {
                return Ok(seen.ahead);
            }
            if decided == 0 {
                self.start_looks(seen.unknown);
                return Ok(seen.ahead);
            }
        }
    }

    /// Reads all that a round needs in one go: while many leave at once, the database is what they wait for.
    async fn see(&self, now: DateTime<Utc>) -> Result<Seen, StoreError> {
        let (only, busy) = (self.only, self.busy.iter().cloned().collect::<Vec<_>>());
        let full = busy.len() >= MOST_AT_ONCE;
        self.shared
            .store()
            .call(move |db| {
                let due = match only {
                    _ if full => Vec::new(),
                    Some(post) => db.due_of(post, now)?,
                    None => db.due(now, &busy, EACH)?,
                };
                Ok(Seen {
                    due,
                    unknown: db.unknown_due(now, MOST_UNKNOWN)?,
                    ahead: Ahead {
                        version: db.data_version()?,
                        next: db.next_due(now)?,
                    },
                })
            })
            .await
    }

    /// Starts what may leave. Returns how many deliveries were decided otherwise.
    async fn start_due(&mut self, all: Vec<Due>, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut settled = 0;
        for due in all {
            let stuck = |other: &Due| other.delivery.id == due.delivery.id;
            if self.busy.contains(&due.delivery.channel) || self.stuck.iter().any(stuck) {
                continue;
            }
            let decision = plan::decide(&due, &self.shared.setup.late, now);
            let change = match decision {
                Decision::Hold => continue,
                Decision::Send => {
                    if self.busy.len() >= MOST_AT_ONCE {
                        continue;
                    }
                    match self.begin(&due) {
                        Ok(()) => continue,
                        Err(reason) => waiting(now + BLOCKED, reason),
                    }
                }
                Decision::Wait {
                    until,
                    reason,
                    waits,
                } => DeliveryChange {
                    waits,
                    ..waiting(until, reason)
                },
                Decision::Ask { until } => tasks::ask(&self.shared, &due, until).await?,
                Decision::Missed(reason) => DeliveryChange::to(DeliveryState::Missed, reason),
                Decision::Failed(reason) => self
                    .complete(&due)
                    .await?
                    .unwrap_or_else(|| DeliveryChange::to(DeliveryState::Failed, reason)),
            };
            let ended = send::decide(&self.shared, self.fence, &due, change).await;
            settled += usize::from(matches!(ended, Ended::Settled(_)));
            self.note(due, ended);
            if self.lost {
                return Err(StoreError::NotLeader);
            }
        }
        Ok(settled)
    }

    /// Says that a delivery is published after all whose parts are all there: the process ended before it wrote that down.
    async fn complete(&self, due: &Due) -> Result<Option<DeliveryChange>, StoreError> {
        let Some(outlet) = self.shared.setup.outlets.get(&due.delivery.channel) else {
            return Ok(None);
        };
        let id = due.delivery.id;
        let attempts = self.shared.store().call(move |db| db.attempts(id)).await?;
        let parts = prepare::parts(&self.shared, outlet, &due.post).await?;
        Ok(parts::complete(parts, &attempts))
    }

    /// Starts looking up deliveries of unknown outcome whose time has come.
    fn start_looks(&mut self, all: Vec<Due>) {
        for due in all {
            let channel = &due.delivery.channel;
            if self.only.is_some_and(|only| only != due.post.id)
                || self.busy.contains(channel)
                || self.busy.len() >= MOST_AT_ONCE
                || self.not_looked.contains(&due.delivery.id)
            {
                continue;
            }
            let Some(outlet) = self.shared.setup.outlets.get(channel).cloned() else {
                continue;
            };
            if blocked(&self.shared, &outlet).is_some() {
                continue;
            }
            let Ok(platform) = outlet.platform.clone() else {
                continue;
            };
            self.busy.insert(channel.clone());
            let task = look_up::look_up(
                Arc::clone(&self.shared),
                self.fence,
                due.clone(),
                outlet,
                platform,
            );
            self.running.spawn(async move {
                let ended = tokio::spawn(task).await.unwrap_or(Ended::NotLooked);
                (due, ended)
            });
        }
    }

    /// Starts the sending of a delivery; the error says why its channel cannot be used.
    fn begin(&mut self, due: &Due) -> Result<(), String> {
        let channel = &due.delivery.channel;
        let Some(outlet) = self.shared.setup.outlets.get(channel) else {
            return Err(format!("{channel} is not in the configuration any more"));
        };
        if let Some(reason) = blocked(&self.shared, outlet) {
            return Err(reason);
        }
        let platform = outlet.platform.clone()?;
        self.busy.insert(channel.clone());
        let task = send::deliver(
            Arc::clone(&self.shared),
            self.fence,
            due.clone(),
            outlet.clone(),
            platform,
        );
        let due = due.clone();
        self.running.spawn(async move {
            // In a task of its own: a panic must not take the knowledge away which delivery it was.
            let ended = tokio::spawn(task).await.unwrap_or_else(|_| {
                let stumbled = "the program stumbled over this delivery; the log has more";
                Ended::Trouble(Trouble::Other(stumbled.to_owned()))
            });
            (due, ended)
        });
        Ok(())
    }

    pub(super) fn ended(&mut self, ended: Option<(Due, Ended)>) {
        if let Some((due, ended)) = ended {
            self.busy.remove(&due.delivery.channel);
            self.note(due, ended);
        }
    }

    fn note(&mut self, due: Due, ended: Ended) {
        match ended {
            Ended::Settled(settled) => {
                if let Some(all) = &mut self.settled {
                    all.push(settled);
                }
            }
            Ended::NotClaimed => {}
            Ended::NotLooked => {
                self.not_looked.insert(due.delivery.id);
            }
            Ended::LostLead => self.lost = true,
            Ended::Trouble(trouble) => {
                tracing::error!(delivery = due.delivery.id.0, %trouble, "stuck");
                self.trouble = Some(trouble.clone());
                self.shared.say(PublisherEvent::Trouble(trouble));
                self.stuck.push(due);
            }
        }
    }

    /// Puts deliveries back to waiting; the attempts on record decide whether anything may still be sent.
    async fn release_stuck(&mut self) -> Result<(), StoreError> {
        while let Some(due) = self.stuck.last() {
            let (fence, id, now) = (self.fence, due.delivery.id, self.shared.plan_now());
            let change = waiting(
                now + TimeDelta::seconds(5),
                "the database did not answer in the middle of it".to_owned(),
            );
            let changed = self
                .shared
                .store()
                .call(move |db| db.change_delivery(fence, id, &change, now))
                .await;
            match changed {
                Ok(()) | Err(StoreError::CalledBack) => {}
                Err(error) => {
                    self.lost |= error == StoreError::NotLeader;
                    return Err(error);
                }
            }
            self.stuck.pop();
        }
        Ok(())
    }

    /// Waits for everything in flight.
    pub(super) async fn finish(&mut self) {
        self.shared.ending.send_replace(true);
        while !self.running.is_empty() {
            tokio::select! {
                Some(ended) = self.running.join_next() => self.ended(ended.ok()),
                // A call in flight may take minutes; whoever watches over the process must not end it for that.
                () = tokio::time::sleep(POLL) => {}
            }
            self.shared.turned();
        }
        self.warming.let_go();
        self.watching.let_go();
        if let Err(error) = self.release_stuck().await {
            tracing::error!(%error, "a delivery stays marked as publishing");
        }
    }
}

fn waiting(until: DateTime<Utc>, reason: String) -> DeliveryChange {
    DeliveryChange {
        next_try: Some(until),
        ..DeliveryChange::to(DeliveryState::Waiting, reason)
    }
}

/// Says why this process must not use a channel.
pub(super) fn blocked(shared: &Shared, outlet: &Outlet) -> Option<String> {
    if shared.setup.clock_state == ClockState::Set && outlet.reach == Reach::Network {
        return Some(
            "the clock is set (MASTHEAD_NOW), so only what stays on this machine leaves".to_owned(),
        );
    }
    outlet.platform.as_ref().err().cloned()
}
