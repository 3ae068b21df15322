//! What whoever leads does beside publishing: notices to people, and the copy of the day.
//!
//! A task of its own, woken by the publisher's events; nothing it does holds publishing up. How notices are worded and
//! paced is in `notice.rs`, how copies are made and kept in `store`.

use super::logins::LoginEnd;
use super::notice::{self, Pace};
use crate::domain::{Clock, DeliveryState};
use crate::publisher::PublisherEvent;
use crate::store::{self, Ailing, Store, StoreError};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The copy of the day waits this long after the lead was taken: a start has better things to do.
const SETTLED_IN: Duration = Duration::from_secs(5);
/// How often it is asked whether a new day has begun.
const NEW_DAY: Duration = Duration::from_secs(60 * 60);

/// The setting that remembers which logins were told of, and at which stage.
const TOLD_LOGINS: &str = "told_logins";

/// What there is to care for.
#[derive(Clone)]
pub struct Duties {
    /// The database.
    pub store: Store,
    /// The machine's clock, for the names of copies.
    pub real_clock: Arc<dyn Clock>,
    /// The program that carries notices; `None` gives none.
    pub notify_command: Option<Vec<String>>,
    /// Variables that the program is not to inherit: those that hold tokens.
    pub hidden: Vec<String>,
    /// Reads which logins end by themselves.
    pub logins: Arc<dyn Fn() -> Vec<LoginEnd> + Send + Sync>,
    /// From how many days before that it is told; 0 tells nothing.
    pub login_notice_days: u32,
    /// Folder of the daily copies.
    pub backups: PathBuf,
}

impl fmt::Debug for Duties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Duties")
            .field("backups", &self.backups)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Leading,
    NotLeading,
    Changed,
}

/// The task that cares, for whoever hears the publisher's events.
#[derive(Debug)]
pub struct Caretaker {
    heard: UnboundedSender<Heard>,
    task: JoinHandle<()>,
}

impl Caretaker {
    /// Starts in the present runtime; does nothing before it hears that this process leads.
    pub fn start(duties: Duties) -> Self {
        let (heard, listening) = mpsc::unbounded_channel();
        let task = tokio::spawn(care(duties, listening));
        Self { heard, task }
    }

    /// Takes notice of what the publisher says.
    pub fn hear(&self, event: &PublisherEvent) {
        let heard = match event {
            PublisherEvent::Leading => Heard::Leading,
            PublisherEvent::NotLeading { .. } | PublisherEvent::Stopped { .. } => Heard::NotLeading,
            PublisherEvent::Changed | PublisherEvent::Settled(_) => Heard::Changed,
            PublisherEvent::Sending { .. }
            | PublisherEvent::ChannelTrouble { .. }
            | PublisherEvent::LeaderSilent { .. }
            | PublisherEvent::Trouble(_)
            | PublisherEvent::TroubleOver => return,
        };
        // The task ends only with this handle, or with the program.
        let _ = self.heard.send(heard);
    }

    /// Waits for what is under way: a copy, a command (ten seconds at most).
    pub async fn stop(self) {
        drop(self.heard);
        let _ = self.task.await;
    }
}

/// Does at once all that there is to do; for a process that leads only for a moment.
pub async fn care_once(duties: &Duties) {
    let untold = untold(duties).await;
    for kind in kinds(&untold) {
        tell(duties, kind, &untold).await;
    }
    warn_of_logins(duties).await;
    copy(duties).await;
}

async fn care(duties: Duties, mut listening: UnboundedReceiver<Heard>) {
    let mut pace = Pace::default();
    let mut copy_at: Option<Instant> = None;
    loop {
        let wake = [pace.next(), copy_at].into_iter().flatten().min();
        tokio::select! {
            heard = listening.recv() => match heard {
                None => return,
                Some(Heard::Leading) => {
                    copy_at = Some(Instant::now() + SETTLED_IN);
                    look(&duties, &mut pace).await;
                }
                Some(Heard::NotLeading) => {
                    copy_at = None;
                    pace = Pace::default();
                }
                // Many changes in a row are one look.
                Some(Heard::Changed) if copy_at.is_some() => look(&duties, &mut pace).await,
                Some(Heard::Changed) => {}
            },
            () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
        }
        let due = pace.due(Instant::now());
        if !due.is_empty() {
            let untold = untold(&duties).await;
            for kind in due {
                tell(&duties, kind, &untold).await;
                pace.given(kind, Instant::now());
            }
        }
        if copy_at.is_some_and(|at| at <= Instant::now()) {
            warn_of_logins(&duties).await;
            copy(&duties).await;
            copy_at = Some(Instant::now() + NEW_DAY);
        }
    }
}

async fn look(duties: &Duties, pace: &mut Pace) {
    for kind in kinds(&untold(duties).await) {
        pace.seen(kind, Instant::now());
    }
}

fn kinds(untold: &[Ailing]) -> Vec<DeliveryState> {
    let mut kinds: Vec<DeliveryState> = untold.iter().map(|one| one.state).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

async fn untold(duties: &Duties) -> Vec<Ailing> {
    if duties.notify_command.is_none() {
        return Vec::new();
    }
    match duties.store.call(|db| db.untold()).await {
        Ok(untold) => untold,
        Err(error) => {
            tracing::warn!(%error, "what needs a person cannot be read");
            Vec::new()
        }
    }
}

/// Gives one notice. One that could not be carried is not given again: the log and `masthead status` have it.
async fn tell(duties: &Duties, kind: DeliveryState, untold: &[Ailing]) {
    let of: Vec<Ailing> = untold
        .iter()
        .filter(|one| one.state == kind)
        .cloned()
        .collect();
    if of.is_empty() || duties.notify_command.is_none() {
        return;
    }
    carry(duties, notice::words(kind, &of)).await;
    if let Err(error) = duties.store.call(move |db| db.tell(&of)).await {
        tracing::warn!(%error, "a notice may be given twice");
    }
}

async fn carry(duties: &Duties, text: String) {
    let Some(command) = duties.notify_command.clone() else {
        return;
    };
    let hidden = duties.hidden.clone();
    let carried = tokio::task::spawn_blocking(move || {
        notice::carry(&command, &text, &hidden, notice::COMMAND_TIME)
    });
    if let Ok(Err(reason)) = carried.await {
        tracing::warn!(reason, "a notice was not carried");
    }
}

/// Tells, once for each stage, of logins that end soon.
async fn warn_of_logins(duties: &Duties) {
    if duties.notify_command.is_none() || duties.login_notice_days == 0 {
        return;
    }
    let read = Arc::clone(&duties.logins);
    let Ok(ends) = tokio::task::spawn_blocking(move || read()).await else {
        return;
    };
    let now = duties.real_clock.now();
    let near: Vec<LoginEnd> = ends
        .into_iter()
        .filter(|end| end.is_near(now, duties.login_notice_days))
        .collect();
    let stages: Vec<(String, i64, u8)> = near
        .iter()
        .map(|end| (end.channel.to_string(), end.at.timestamp(), end.stage(now)))
        .collect();
    let told = duties.store.call(|db| db.setting(TOLD_LOGINS)).await;
    let told = match told {
        Ok(told) => {
            told.and_then(|text| serde_json::from_str::<Vec<(String, i64, u8)>>(&text).ok())
        }
        Err(error) => {
            tracing::warn!(%error, "which logins were told of cannot be read");
            return;
        }
    };
    let told = told.unwrap_or_default();
    let fresh: Vec<&LoginEnd> = near
        .iter()
        .zip(&stages)
        .filter(|(_, stage)| !told.contains(stage))
        .map(|(end, _)| end)
        .collect();
    if fresh.is_empty() {
        return;
    }
    let lines: Vec<String> = fresh.iter().map(|end| end.words(now)).collect();
    carry(duties, notice::of_logins(&lines)).await;
    let Ok(kept) = serde_json::to_string(&stages) else {
        return;
    };
    let kept = duties
        .store
        .call(move |db| db.set_setting(TOLD_LOGINS, &kept))
        .await;
    if let Err(error) = kept {
        tracing::warn!(%error, "a notice may be given twice");
    }
}

async fn copy(duties: &Duties) {
    let duties = duties.clone();
    let copied = tokio::task::spawn_blocking(move || -> Result<_, StoreError> {
        store::daily_copy(
            duties.store.path(),
            &duties.backups,
            duties.real_clock.now(),
        )
    });
    match copied.await {
        Ok(Ok(Some(path))) => tracing::info!(path = %path.display(), "the copy of the day"),
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::error!(%error, "there is no copy of the day"),
        Err(_) => tracing::error!("the copy of the day stumbled"),
    }
}
