//! One run that sends what is due and gives the lead up again: `daemon --once`, and `publish` where nobody leads.

use super::lead::Lead;
use super::running::try_lead;
use super::watching;
use super::{PublisherEvent, Settled, Setup, Shared};
use crate::domain::PostId;
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

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
    // A slow look holds up nothing that leaves.
    let watched = async {
        match scope {
            Scope::Everything => watching::look(&shared, fence).await,
            Scope::Post(..) => Ok(Vec::new()),
        }
    };
    let (watched, worked) = tokio::join!(watched, lead.work_off(end, stopped));
    lead.finish().await;
    drop(lease);
    worked?;
    let mut settled = watched?;
    settled.extend(lead.last_settled());
    Ok(settled)
}

impl Lead {
    async fn work_off(
        &mut self,
        end: Instant,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        while !*stopped.borrow() {
            self.round(|| *stopped.borrow()).await?;
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
