//! The loop: leads where nobody else does, sleeps until something is due, and hands it to `send.rs`.
//!
//! Wakes at most once a second while nothing happens. Deliveries run side by side, one at a time on each
//! channel, so that one channel's trouble holds nothing else up.

use super::plan::{self, Decision};
use super::send::{self, Ended};
use super::{ClockState, Outlet, PublisherEvent, Reach, Settled, Setup, Shared, prepare};
use crate::domain::{ChannelName, DeliveryState, PostId};
use crate::store::{DeliveryChange, Due, Lease, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

/// How often other processes' changes are looked for.
const POLL: Duration = Duration::from_secs(1);

/// How often the leader says that it lives.
const TICK: Duration = Duration::from_secs(60);

/// How many deliveries run at once.
const MOST_AT_ONCE: usize = 16;

/// How many due deliveries are looked at in one go.
const MOST_DUE: usize = 200;

/// When a delivery is looked at again whose channel this process cannot use.
const BLOCKED: TimeDelta = TimeDelta::seconds(60);

/// The running publisher, for whoever started it.
#[derive(Debug)]
pub struct Handle {
    stop: watch::Sender<bool>,
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Handle {
    /// Makes it look at once: something was saved that may be due.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Stops claiming, waits for the calls in flight, and gives up the lead.
    pub async fn stop(self) {
        self.stop_claiming();
        let _ = self.task.await;
    }

    /// Stops claiming at once, without waiting; `stop` waits as well.
    pub fn stop_claiming(&self) {
        let _ = self.stop.send(true);
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

/// Starts the publisher in the present runtime. Its events arrive on the receiver.
pub fn start(setup: Setup) -> (Handle, mpsc::UnboundedReceiver<PublisherEvent>) {
    let (events, receiver) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let wake = Arc::new(Notify::new());
    let shared = Shared::new(setup, events);
    let control = Control {
        stopped,
        wake: Arc::clone(&wake),
    };
    let task = tokio::spawn(async move {
        // A panic in there must be on screen, not silence.
        let ended = tokio::spawn(run(Arc::clone(&shared), control)).await;
        let reason = ended
            .unwrap_or_else(|_| Err("the publisher stumbled; restart masthead".to_owned()))
            .err();
        shared.say(PublisherEvent::Stopped { reason });
    });
    (Handle { stop, wake, task }, receiver)
}

struct Control {
    stopped: watch::Receiver<bool>,
    wake: Arc<Notify>,
}

impl Control {
    fn is_stopped(&self) -> bool {
        *self.stopped.borrow() || self.stopped.has_changed().is_err()
    }

    /// Returns when something was saved, a stop was asked for, or the time is over.
    async fn pause(&mut self, length: Duration) {
        if self.is_stopped() {
            return;
        }
        tokio::select! {
            _ = self.stopped.changed() => {}
            () = self.wake.notified() => {}
            () = sleep(length) => {}
        }
    }
}

/// Why leading ended.
enum LeadEnded {
    Stopped,
    Lost,
    /// A newer version has migrated the database: this one must not touch it any more.
    Outdated(String),
}

/// Leads whenever nobody else does, until it is stopped; the error is why it ended by itself.
async fn run(shared: Arc<Shared>, mut control: Control) -> Result<(), String> {
    let mut news = News::default();
    while !control.is_stopped() {
        match try_lead(&shared).await {
            Ok(Some(lease)) => {
                news.holder = None;
                shared.say(PublisherEvent::Leading);
                news.trouble(&shared, None);
                let mut lead = Lead::new(Arc::clone(&shared), lease.fence, None);
                let ended = lead.serve(&mut control, &mut news).await;
                lead.finish().await;
                drop(lease);
                match ended {
                    LeadEnded::Stopped => return Ok(()),
                    LeadEnded::Outdated(reason) => return Err(reason),
                    LeadEnded::Lost => tracing::warn!("the lead was lost"),
                }
            }
            Ok(None) => {
                news.changed(&shared).await;
                news.other_leader(&shared).await;
            }
            Err(StoreError::Newer(reason)) => return Err(reason),
            Err(error) => news.trouble(&shared, Some(error.to_string())),
        }
        control.pause(POLL).await;
    }
    Ok(())
}

async fn try_lead(shared: &Arc<Shared>) -> Result<Option<Lease>, StoreError> {
    let shared = Arc::clone(shared);
    // Taking the lock touches the disk.
    tokio::task::spawn_blocking(move || {
        shared
            .store()
            .try_lead(&shared.setup.holder, shared.real_now())
    })
    .await
    .unwrap_or_else(|_| Err(StoreError::Other("taking the lead failed".to_owned())))
}

/// What was said last, so that it is said once.
#[derive(Default)]
struct News {
    version: Option<i64>,
    holder: Option<String>,
    trouble: Option<String>,
}

impl News {
    fn version(&mut self, shared: &Shared, version: i64) {
        if self
            .version
            .replace(version)
            .is_some_and(|old| old != version)
        {
            shared.say(PublisherEvent::Changed);
        }
    }

    async fn changed(&mut self, shared: &Shared) {
        match shared.store().call(|db| db.data_version()).await {
            Ok(version) => {
                self.trouble(shared, None);
                self.version(shared, version);
            }
            Err(error) => self.trouble(shared, Some(error.to_string())),
        }
    }

    async fn other_leader(&mut self, shared: &Shared) {
        let leader = shared.store().call(|db| db.leader()).await;
        if let Ok(Some(leader)) = leader
            && self.holder.as_ref() != Some(&leader.holder)
        {
            self.holder = Some(leader.holder.clone());
            shared.say(PublisherEvent::NotLeading {
                holder: leader.holder,
            });
        }
    }

    fn trouble(&mut self, shared: &Shared, trouble: Option<String>) {
        if self.trouble != trouble {
            shared.say(PublisherEvent::Trouble(trouble.clone().unwrap_or_default()));
            if let Some(said) = &trouble {
                tracing::error!("{said}");
            }
            self.trouble = trouble;
        }
    }
}

/// The time of leading.
struct Lead {
    shared: Arc<Shared>,
    fence: i64,
    only: Option<PostId>,
    running: JoinSet<(Due, Ended)>,
    warming: JoinSet<()>,
    busy: HashSet<ChannelName>,
    last_left: HashMap<ChannelName, DateTime<Utc>>,
    /// Claimed deliveries whose end could not be written; they go back to waiting once the database answers.
    stuck: Vec<Due>,
    /// Where deliveries of one run stand; a daemon that runs for months does not collect them.
    settled: Option<Vec<Settled>>,
    lost: bool,
}

impl Lead {
    fn new(shared: Arc<Shared>, fence: i64, only: Option<PostId>) -> Self {
        Self {
            shared,
            fence,
            only,
            running: JoinSet::new(),
            warming: JoinSet::new(),
            busy: HashSet::new(),
            last_left: HashMap::new(),
            stuck: Vec::new(),
            settled: None,
            lost: false,
        }
    }

    async fn serve(&mut self, control: &mut Control, news: &mut News) -> LeadEnded {
        let mut ticked: Option<Instant> = None;
        loop {
            if control.is_stopped() {
                return LeadEnded::Stopped;
            }
            let looked = async {
                if ticked.is_none_or(|at| at.elapsed() >= TICK) {
                    self.tick().await?;
                    ticked = Some(Instant::now());
                }
                self.release_stuck().await?;
                let (version, next) = self
                    .shared
                    .store()
                    .call(|db| Ok((db.data_version()?, db.next_due()?)))
                    .await?;
                news.version(&self.shared, version);
                if next.is_some_and(|at| at <= self.shared.plan_now()) {
                    self.look().await?;
                }
                Ok::<_, StoreError>(next)
            };
            let next = match looked.await {
                Ok(next) => {
                    news.trouble(&self.shared, None);
                    next
                }
                Err(StoreError::NotLeader) => {
                    self.lost = true;
                    None
                }
                Err(StoreError::Newer(reason)) => return LeadEnded::Outdated(reason),
                Err(error) => {
                    news.trouble(&self.shared, Some(error.to_string()));
                    None
                }
            };
            if self.lost {
                return LeadEnded::Lost;
            }
            let now = self.shared.plan_now();
            let until_due = next
                .filter(|at| *at > now)
                .and_then(|at| (at - now).to_std().ok())
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
            while self.warming.try_join_next().is_some() {}
            if self.lost {
                return LeadEnded::Lost;
            }
        }
    }

    /// Says that the leader lives, and puts right what a dead one left behind.
    async fn tick(&mut self) -> Result<(), StoreError> {
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
            self.warm();
        }
        Ok(())
    }

    /// Verifies accounts and fetches limits ahead of the first send, each channel by itself.
    fn warm(&mut self) {
        if !self.warming.is_empty() {
            return;
        }
        for outlet in self.shared.setup.outlets.values() {
            if blocked(&self.shared, outlet).is_some() {
                continue;
            }
            let Ok(platform) = outlet.platform.clone() else {
                continue;
            };
            let (shared, outlet) = (Arc::clone(&self.shared), outlet.clone());
            self.warming.spawn(async move {
                let ready = prepare::ready(&shared, &outlet, platform.as_ref()).await;
                if let Err(stop) = ready {
                    let reason = stop.to_string();
                    tracing::warn!(channel = %outlet.channel.name, reason, "not ready");
                    shared.say(PublisherEvent::ChannelTrouble {
                        channel: outlet.channel.name,
                        reason,
                    });
                }
            });
        }
    }

    /// Looks at everything that is due, and starts what may leave.
    async fn look(&mut self) -> Result<usize, StoreError> {
        let now = self.shared.plan_now();
        let all = self
            .shared
            .store()
            .call(move |db| db.due(now, MOST_DUE))
            .await?;
        let mut started = 0;
        for due in all {
            if self.only.is_some_and(|only| only != due.post.id)
                || self.busy.contains(&due.delivery.channel)
                || self
                    .stuck
                    .iter()
                    .any(|stuck| stuck.delivery.id == due.delivery.id)
            {
                continue;
            }
            let last_left = self.last_left.get(&due.delivery.channel).copied();
            let decision = plan::decide(
                &due.delivery,
                &due.post,
                &self.shared.setup.late,
                last_left,
                now,
            );
            let change = match decision {
                Decision::Hold => continue,
                Decision::Send => {
                    if self.busy.len() >= MOST_AT_ONCE {
                        continue;
                    }
                    match self.begin(&due, now) {
                        Ok(()) => {
                            started += 1;
                            continue;
                        }
                        Err(reason) => waiting(now + BLOCKED, reason),
                    }
                }
                Decision::Wait { until, reason } => waiting(until, reason),
                Decision::Missed(reason) => standing(DeliveryState::Missed, reason),
                Decision::Failed(reason) => standing(DeliveryState::Failed, reason),
            };
            let ended = send::write(&self.shared, self.fence, &due, change).await;
            self.note(due, ended);
            if self.lost {
                return Err(StoreError::NotLeader);
            }
        }
        Ok(started)
    }

    /// Starts the sending of a delivery; the error says why its channel cannot be used.
    fn begin(&mut self, due: &Due, now: DateTime<Utc>) -> Result<(), String> {
        let channel = &due.delivery.channel;
        let Some(outlet) = self.shared.setup.outlets.get(channel) else {
            return Err(format!("{channel} is not in the configuration any more"));
        };
        if let Some(reason) = blocked(&self.shared, outlet) {
            return Err(reason);
        }
        let platform = outlet.platform.clone()?;
        self.busy.insert(channel.clone());
        self.last_left.insert(channel.clone(), now);
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
                Ended::Trouble("the program stumbled over this delivery".to_owned())
            });
            (due, ended)
        });
        Ok(())
    }

    fn ended(&mut self, ended: Option<(Due, Ended)>) {
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
            Ended::LostLead => self.lost = true,
            Ended::Trouble(reason) => {
                tracing::error!(delivery = due.delivery.id.0, reason, "stuck");
                self.shared.say(PublisherEvent::Trouble(reason));
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
            if changed == Err(StoreError::NotLeader) {
                self.lost = true;
            }
            changed?;
            self.stuck.pop();
        }
        Ok(())
    }

    /// Waits for everything in flight.
    async fn finish(&mut self) {
        while let Some(ended) = self.running.join_next().await {
            self.ended(ended.ok());
        }
        self.warming.detach_all();
        if let Err(error) = self.release_stuck().await {
            tracing::error!(%error, "a delivery stays marked as publishing");
        }
    }
}

fn waiting(until: DateTime<Utc>, reason: String) -> DeliveryChange {
    DeliveryChange {
        next_try: Some(until),
        ..standing(DeliveryState::Waiting, reason)
    }
}

fn standing(state: DeliveryState, reason: String) -> DeliveryChange {
    DeliveryChange {
        state,
        reason,
        next_try: None,
        permalink: None,
    }
}

/// Says why this process must not use a channel.
fn blocked(shared: &Shared, outlet: &Outlet) -> Option<String> {
    if shared.setup.clock_state == ClockState::Set && outlet.reach == Reach::Network {
        return Some(
            "the clock is set (MASTHEAD_NOW), so only what stays on this machine leaves".to_owned(),
        );
    }
    outlet.platform.as_ref().err().cloned()
}

/// What `once` sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whatever is due; what has to be tried again later is left to the next run.
    Everything,
    /// One post, trying again for at most this long.
    Post(PostId, Duration),
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnceError {
    /// Another process publishes from this database.
    #[error("{0} publishes from this database")]
    OtherLeader(String),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Leads, sends what is due now, and gives the lead up again. Returns how each delivery ended.
///
/// # Errors
/// While another process leads, or when the database fails.
pub async fn once(
    setup: Setup,
    scope: Scope,
    events: mpsc::UnboundedSender<PublisherEvent>,
    stopped: watch::Receiver<bool>,
) -> Result<Vec<Settled>, OnceError> {
    let shared = Shared::new(setup, events);
    let Some(lease) = try_lead(&shared).await? else {
        let leader = shared.store().call(|db| db.leader()).await?;
        return Err(OnceError::OtherLeader(leader.map_or_else(
            || "another process".to_owned(),
            |leader| leader.holder,
        )));
    };
    let (only, patience) = match scope {
        Scope::Everything => (None, Duration::ZERO),
        Scope::Post(post, patience) => (Some(post), patience),
    };
    let end = Instant::now() + patience;
    let mut lead = Lead::new(Arc::clone(&shared), lease.fence, only);
    lead.settled = Some(Vec::new());
    let (fence, now) = (lease.fence, shared.real_now());
    shared
        .store()
        .call(move |db| {
            db.tick(fence, now)?;
            db.recover(fence, now)
        })
        .await?;
    let worked = lead.work_off(end, stopped).await;
    lead.finish().await;
    drop(lease);
    worked?;
    Ok(lead.last_settled())
}

impl Lead {
    async fn work_off(
        &mut self,
        end: Instant,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        while !*stopped.borrow() {
            self.look().await?;
            if self.lost {
                return Err(StoreError::NotLeader);
            }
            if self.running.is_empty() {
                let pending = self.next_try();
                let Some(wait) = pending.filter(|wait| Instant::now() + *wait < end) else {
                    return Ok(());
                };
                tokio::select! {
                    () = sleep(wait) => {}
                    _ = stopped.changed() => {}
                }
                continue;
            }
            if let Some(ended) = self.running.join_next().await {
                self.ended(ended.ok());
            }
        }
        Ok(())
    }

    /// Returns how long it is until something of this run is tried again.
    fn next_try(&self) -> Option<Duration> {
        let now = self.shared.plan_now();
        self.last_settled()
            .iter()
            .filter_map(|settled| settled.next_try)
            .map(|next| (next - now).to_std().unwrap_or_default())
            .map(|wait| wait.max(Duration::from_millis(20)))
            .min()
    }

    /// Returns where each delivery stood last.
    fn last_settled(&self) -> Vec<Settled> {
        let mut last: Vec<Settled> = Vec::new();
        for settled in self.settled.iter().flatten() {
            let same =
                |other: &Settled| other.post == settled.post && other.channel == settled.channel;
            match last.iter_mut().find(|other| same(other)) {
                Some(found) => found.clone_from(settled),
                None => last.push(settled.clone()),
            }
        }
        last
    }
}
