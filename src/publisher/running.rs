//! The running publisher: leads whenever nobody else does, until it is stopped.
//!
//! Everything that happens while it leads is in `lead.rs`.

use super::lead::{Lead, LeadEnded, POLL};
use super::{PublisherEvent, Setup, Shared, Trouble};
use crate::store::{Leader, Lease, StoreError};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// A leader that does not say once a minute that it lives, and not for so long, does not publish.
const SILENT: Duration = Duration::from_secs(150);

/// The running publisher, for whoever started it.
#[derive(Debug)]
pub struct Handle {
    stop: watch::Sender<bool>,
    wake: Arc<Notify>,
    task: JoinHandle<()>,
    turns: Arc<AtomicU64>,
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

    /// Returns a number that grows while the publisher's loop turns, at least once a second when the database answers.
    pub fn turns(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.turns)
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
    let turns = Arc::clone(&shared.turns);
    let control = Control {
        stopped,
        wake: Arc::clone(&wake),
        beat: beat(),
    };
    let task = tokio::spawn(async move {
        // A panic in there must be on screen, not silence.
        let ended = tokio::spawn(run(Arc::clone(&shared), control)).await;
        let reason = ended
            .unwrap_or_else(|_| Err("the publisher stumbled; restart masthead".to_owned()))
            .err();
        shared.say(PublisherEvent::Stopped { reason });
    });
    let handle = Handle {
        stop,
        wake,
        task,
        turns,
    };
    (handle, receiver)
}

/// What reaches the publisher from outside.
pub(super) struct Control {
    stopped: watch::Receiver<bool>,
    wake: Arc<Notify>,
    beat: Option<Arc<Notify>>,
}

/// Beats every `POLL` for as long as somebody listens.
///
/// A timer of the runtime wakes an idle machine twice for each second, the first time only to see that it is too early.
fn beat() -> Option<Arc<Notify>> {
    let beat = Arc::new(Notify::new());
    let listener = Arc::downgrade(&beat);
    let beating = move || loop {
        std::thread::sleep(POLL);
        match listener.upgrade() {
            Some(beat) => beat.notify_one(),
            None => return,
        }
    };
    let thread = std::thread::Builder::new().name("beat".to_owned());
    thread.spawn(beating).is_ok().then_some(beat)
}

impl Control {
    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.borrow() || self.stopped.has_changed().is_err()
    }

    /// Returns when something was saved, a stop was asked for, or the time is over.
    pub(super) async fn pause(&mut self, length: Duration) {
        if self.is_stopped() {
            return;
        }
        let over = async {
            match &self.beat {
                Some(beat) if length >= POLL => beat.notified().await,
                _ => sleep(length).await,
            }
        };
        tokio::select! {
            _ = self.stopped.changed() => {}
            () = self.wake.notified() => {}
            () = over => {}
        }
    }
}

/// Leads whenever nobody else does, until it is stopped; the error is why it ended by itself.
async fn run(shared: Arc<Shared>, mut control: Control) -> Result<(), String> {
    let mut news = News::default();
    while !control.is_stopped() {
        shared.turned();
        match try_lead(&shared).await {
            Ok(Some(lease)) => {
                news.leads();
                shared.say(PublisherEvent::Leading);
                news.over(&shared, None);
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
            Err(error) => news.trouble(&shared, &error),
        }
        control.pause(POLL).await;
    }
    Ok(())
}

/// Takes the lead, unless somebody else has it.
pub(super) async fn try_lead(shared: &Arc<Shared>) -> Result<Option<Lease>, StoreError> {
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
pub(super) struct News {
    version: Option<i64>,
    other: Option<Other>,
    trouble: Option<Trouble>,
}

impl News {
    pub(super) fn version(&mut self, shared: &Shared, version: i64) {
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
                self.over(shared, None);
                self.version(shared, version);
            }
            Err(error) => self.trouble(shared, &error),
        }
    }

    /// Forgets what was known of another leader.
    fn leads(&mut self) {
        self.other = None;
    }

    async fn other_leader(&mut self, shared: &Shared) {
        let Ok(Some(leader)) = shared.store().call(|db| db.leader()).await else {
            return;
        };
        let known = self.other.as_ref();
        if known.is_none_or(|other| other.leader.holder != leader.holder) {
            shared.say(PublisherEvent::NotLeading {
                holder: leader.holder.clone(),
            });
            self.other = Some(Other::seen(leader));
        } else if known.is_some_and(|other| other.leader.tick_at != leader.tick_at) {
            if known.is_some_and(|other| other.silent) {
                shared.say(PublisherEvent::NotLeading {
                    holder: leader.holder.clone(),
                });
            }
            self.other = Some(Other::seen(leader));
        } else if let Some(other) = &mut self.other
            && !other.silent
            && other.since.elapsed() > SILENT
        {
            other.silent = true;
            shared.say(PublisherEvent::LeaderSilent {
                holder: leader.holder,
                since: leader.tick_at,
            });
        }
    }

    /// The database failed.
    pub(super) fn trouble(&mut self, shared: &Shared, error: &StoreError) {
        let trouble = Trouble::from(error);
        if self.trouble.as_ref() != Some(&trouble) {
            tracing::error!("{trouble}");
            shared.say(PublisherEvent::Trouble(trouble.clone()));
            self.trouble = Some(trouble);
        }
    }

    /// The database answers; `said` is what a delivery ran into meanwhile and has said itself.
    pub(super) fn over(&mut self, shared: &Shared, said: Option<Trouble>) {
        if self.trouble.take().or(said).is_some() {
            shared.say(PublisherEvent::TroubleOver);
        }
    }
}

/// Another process that leads.
struct Other {
    leader: Leader,
    /// Since when this process sees it so.
    since: Instant,
    silent: bool,
}

impl Other {
    fn seen(leader: Leader) -> Self {
        Self {
            leader,
            since: Instant::now(),
            silent: false,
        }
    }
}
